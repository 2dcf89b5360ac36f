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

/** Runs the two in turns and gives the smallest figure of each. */
export async function interleaved(
  ours: () => Promise<number> | number,
  baseline: () => Promise<number> | number,
  runs = RUNS,
): Promise<{ ours: number; baseline: number }> {
  const figures = { ours: Number.POSITIVE_INFINITY, baseline: Number.POSITIVE_INFINITY };
  for (let run = 0; run < runs; run++) {
    figures.ours = Math.min(figures.ours, await ours());
    figures.baseline = Math.min(figures.baseline, await baseline());
  }
  return figures;
}

export function printTable(title: string, comparisons: Comparison[]): void {
  const rows = comparisons.map(({ what, ours, baseline, against, unit, target }) => ({
    what,
    ours: `${format(ours)} ${unit}`,
    baseline: `${format(baseline)} ${unit}`,
    ratio: `${(ours / baseline).toFixed(2)}x`,
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

function format(figure: number): string {
  return figure >= 100 ? String(Math.round(figure)) : figure.toPrecision(3);
}
