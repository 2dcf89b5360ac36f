/** The seeds that a test of simulated mishaps tries: a few, or those of `SEEDS=1000-2000`. */
export function seeds(usual: string): number[] {
  const [first, last] = (process.env.SEEDS ?? usual).split('-').map(Number);
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
