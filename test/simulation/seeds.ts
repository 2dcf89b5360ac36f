/**
 * The seeds that a test of simulated mishaps tries: a few; many where THOROUGH is set, as `npm test` does; or those of
 * `SEEDS=1000-2000`.
 */
export function seeds(few: string, many: string): number[] {
  const [first, last] = (process.env.SEEDS ?? (process.env.THOROUGH ? many : few)).split('-').map(Number);
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
