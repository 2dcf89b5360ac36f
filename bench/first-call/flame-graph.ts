/** Draws CPU profiles of V8 as flame graphs: the wider a box, the longer it took; what it called stands on it. */

export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string };
    readonly children?: readonly number[];
  }[];
  readonly samples: readonly number[];
  /** In microseconds. */
  readonly timeDeltas: readonly number[];
}

export interface Panel {
  readonly title: string;
  readonly profile: CpuProfile;
}

interface Frame {
  readonly name: string;
  readonly url: string;
  milliseconds: number;
  readonly callees: Map<string, Frame>;
}

const WIDTH = 1200;
const MARGIN = 12;
const ROW = 16;
const TITLE = 40;
const NARROWEST = 0.6;
const PIXELS_PER_CHARACTER = 6.2;

/** A sample that stands for longer was not taken in time, because another process had the processor. */
const LONGEST_SAMPLE_MS = 1;

/** Where the profiler found nobody at work. */
const NOBODY = ['(idle)', '(program)', '(root)'];

/** One panel below the other, all in the scale of the longest. */
export function drawFlameGraphs(panels: readonly Panel[]): string {
  const trees = panels.map(({ profile }) => treeOf(profile));
  const scale = (WIDTH - 2 * MARGIN) / Math.max(...trees.map(({ milliseconds }) => milliseconds));
  let top = 0;
  const drawn = panels.map(({ title }, index) => {
    const tree = trees[index];
    const height = TITLE + depthOf(tree, scale) * ROW + MARGIN;
    const heading = `${title}: ${Math.round(tree.milliseconds)} ms`;
    const panel = [
      `<text x="${MARGIN}" y="${top + 26}" class="title">${escapeText(heading)}</text>`,
      ...boxes(tree, MARGIN, top + height - MARGIN - ROW, scale),
    ];
    top += height;
    return panel.join('\n');
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${top + 30}" font-family="sans-serif" font-size="11">`,
    '<title>Flame graphs of processor time</title>',
    '<style>.title{font-size:16px;font-weight:bold}rect{stroke:#fff;stroke-width:.5}</style>',
    `<rect width="${WIDTH}" height="${top + 30}" fill="#fff"/>`,
    ...drawn,
    ...legend(top + 8),
    '</svg>',
    '',
  ].join('\n');
}

function treeOf({ nodes, samples, timeDeltas }: CpuProfile): Frame {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const callers = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)));
  const root: Frame = { name: 'all', url: '', milliseconds: 0, callees: new Map() };
  samples.forEach((sample, index) => {
    if (NOBODY.includes(byId.get(sample)?.callFrame.functionName ?? '')) return;
    const stack: number[] = [];
    for (let id: number | undefined = sample; id !== undefined; id = callers.get(id)) stack.unshift(id);
    const milliseconds = Math.min(timeDeltas[index] / 1000, LONGEST_SAMPLE_MS);
    let frame = root;
    frame.milliseconds += milliseconds;
    for (const id of stack.slice(1)) {
      const { functionName, url } = (byId.get(id) as CpuProfile['nodes'][number]).callFrame;
      const name = functionName || '(anonymous)';
      const key = `${name} ${url}`;
      const callee: Frame = frame.callees.get(key) ?? { name, url, milliseconds: 0, callees: new Map() };
      callee.milliseconds += milliseconds;
      frame.callees.set(key, callee);
      frame = callee;
    }
  });
  return root;
}

function depthOf(frame: Frame, scale: number): number {
  const visible = [...frame.callees.values()].filter(({ milliseconds }) => milliseconds * scale >= NARROWEST);
  return 1 + Math.max(0, ...visible.map((callee) => depthOf(callee, scale)));
}

function boxes(frame: Frame, left: number, top: number, scale: number): string[] {
  const width = frame.milliseconds * scale;
  if (width < NARROWEST) return [];
  const { name, colour } = describe(frame);
  const label = name.slice(0, Math.max(0, Math.floor((width - 4) / PIXELS_PER_CHARACTER)));
  const box = [
    `<g><title>${escapeText(`${name}: ${frame.milliseconds.toFixed(1)} ms`)}</title>`,
    `<rect x="${left.toFixed(1)}" y="${top}" width="${width.toFixed(1)}" height="${ROW}" fill="${colour}"/>`,
    label.length > 2 ? `<text x="${(left + 2).toFixed(1)}" y="${top + 12}">${escapeText(label)}</text></g>` : '</g>',
  ].join('');
  const drawn = [box];
  let offset = left;
  for (const callee of frame.callees.values()) {
    drawn.push(...boxes(callee, offset, top - ROW, scale));
    offset += callee.milliseconds * scale;
  }
  return drawn;
}

const COLOURS = { sdk: '#f4a582', packages: '#f7dc8c', ours: '#92c5a0', node: '#b3cde3', other: '#dddddd' };

/** What a frame is called, and the colour of who wrote it; a bundle tells each package by the name of its module. */
function describe({ name, url }: Frame): { name: string; colour: string } {
  const module = /node_modules\/(.+)$/.exec(name)?.[1];
  if (module) return { name: module, colour: /^@(aws-sdk|smithy)/.test(module) ? COLOURS.sdk : COLOURS.packages };
  if (url.startsWith('node:')) return { name: `${name} ${url}`, colour: COLOURS.node };
  if (url === '') return { name, colour: COLOURS.other };
  return { name, colour: COLOURS.ours };
}

function legend(top: number): string[] {
  const names = {
    sdk: 'modules of the AWS SDK',
    packages: 'other packages',
    ours: 'functions of the bundle',
    node: 'Node.js',
    other: 'V8',
  };
  return Object.entries(names).map(([key, name], index) => {
    const left = MARGIN + index * 180;
    const colour = COLOURS[key as keyof typeof COLOURS];
    return `<rect x="${left}" y="${top}" width="12" height="12" fill="${colour}"/><text x="${left + 18}" y="${top + 10}">${name}</text>`;
  });
}

function escapeText(text: string): string {
  return text.replace(/[<>&"]/g, (char) => `&#${char.charCodeAt(0)};`);
}
