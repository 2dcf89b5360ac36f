/** Two figures of one run, and what the design asks of their ratio. */
export interface Comparison {
  readonly what: string;
  readonly ours: number;
  readonly baseline: number;
  /** What the baseline is. */
  readonly against: string;
  readonly unit: string;
  /** Largest ratio (or, where there is no baseline, figure) that is wanted. */
  readonly target?: number;
}

/** Fewest runs of each side. */
export const RUNS = 9;

export interface Figures {
  readonly ours: number;
  readonly baseline: number;
}

/** Runs the two in turns and gives the smallest figure of each. */
export async function interleaved(
  ours: () => Promise<number> | number,
  baseline: () => Promise<number> | number,
  runs = RUNS,
): Promise<Figures> {
  const figures = await interleavedParts(
    async () => ({ whole: await ours() }),
    async () => ({ whole: await baseline() }),
    runs,
  );
  return figures.whole;
}

/** The same where one run gives several figures, by what they are about. */
export async function interleavedParts<Part extends string>(
  ours: () => Promise<Record<Part, number>>,
  baseline: () => Promise<Record<Part, number>>,
  runs = RUNS,
): Promise<Record<Part, Figures>> {
  const measured: { ours: Record<Part, number>; baseline: Record<Part, number> }[] = [];
  for (let run = 0; run < runs; run++) measured.push({ ours: await ours(), baseline: await baseline() });
  const smallest = (side: keyof Figures, part: Part) => Math.min(...measured.map((run) => run[side][part]));
  const parts = Object.keys(measured[0].ours) as Part[];
  return Object.fromEntries(
    parts.map((part) => [part, { ours: smallest('ours', part), baseline: smallest('baseline', part) }]),
  ) as Record<Part, Figures>;
}

export function printTable(title: string, comparisons: Comparison[]): void {
  const rows = comparisons.map(({ what, ours, baseline, against, unit, target }) => ({
    what,
    ours: `${format(ours)} ${unit}`,
    baseline: `${format(baseline)} ${unit}`,
    ratio: `${ratioOf(ours / baseline)}x`,
    target: target === undefined ? '' : `${target}x`,
    against,
  }));
  const columns = ['what', 'ours', 'baseline', 'ratio', 'target', 'against'] as const;
  const width = (column: (typeof columns)[number]) => Math.max(column.length, ...rows.map((row) => row[column].length));
  const line = (cells: Record<(typeof columns)[number], string>) =>
    columns.map((column) => cells[column].padEnd(width(column))).join('  ');
  console.log(`\n${title}`);
  console.log(line(Object.fromEntries(columns.map((column) => [column, column])) as never));
  for (const row of rows) console.log(line(row));
}

function ratioOf(ratio: number): string {
  return ratio < 0.01 ? ratio.toPrecision(1) : ratio.toFixed(2);
}

function format(figure: number): string {
  return figure >= 100 ? String(Math.round(figure)) : figure.toPrecision(3);
}
