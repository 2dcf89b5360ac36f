import type { ShopProblem } from '../api/client';
import type { Texts } from './en';

/** What went wrong, in words for the visitor; how many the shop sells at once, where that is it. */
export function problemWords(texts: Texts, { code, document: { limit } }: ShopProblem): string {
  const ofLimit = texts.limits[code as keyof Texts['limits']];
  if (limit !== undefined && ofLimit) return ofLimit(limit);
  return texts.problems[code] ?? texts.problems.unavailable;
}
