import type { CatalogIndex } from './catalog-index';
import { FIELDS } from './indexed-terms';
import { type QueryWord, queryWords } from './words';

/** Percent of a field's score for how well a word fits. */
const EXACT = 100;
const PREFIX = 80;
const TYPO = 50;

/** A word this long may have one typo, and from the other length on two. */
const ONE_TYPO_FROM = 4;
const TWO_TYPOS_FROM = 8;

/** Products by the words that are in them. */
export class Search {
  private readonly count: number;

  constructor(private readonly index: CatalogIndex) {
    this.count = index.categoryOf.length;
  }

  /**
   * Positions of the products that have every word of the query, with their scores. A score depends on the query and
   * the product alone, so it is the same in every version of the catalogue.
   */
  find(query: string): Map<number, number> {
    const words = queryWords(query);
    const total = new Int32Array(this.count);
    const found = new Int32Array(this.count);
    for (const word of words) {
      const scores = this.scoresOf(word);
      for (let position = 0; position < scores.length; position++) {
        if (scores[position] === 0) continue;
        total[position] += scores[position];
        found[position]++;
      }
    }
    const results = new Map<number, number>();
    if (words.length === 0) return results;
    found.forEach((hits, position) => {
      if (hits === words.length) results.set(position, total[position]);
    });
    return results;
  }

  /** Score of one word by product; 0 where it is not found. */
  private scoresOf({ terms, needed }: QueryWord): Int32Array {
    const sum = new Int32Array(this.count);
    const hits = new Int32Array(this.count);
    for (const term of terms) {
      const best = new Int32Array(this.count);
      for (const [index, fit] of this.matches(term)) {
        const { postings, postingStarts } = this.index;
        for (let at = postingStarts[index]; at < postingStarts[index + 1]; at++) {
          const position = Math.floor(postings[at] / FIELDS.length);
          const score = (FIELDS[postings[at] % FIELDS.length].score * fit) / 100;
          if (score > best[position]) best[position] = score;
        }
      }
      for (let position = 0; position < best.length; position++) {
        if (best[position] === 0) continue;
        // The forms of one word (dresses, dress) are the same thing, the pairs of a Chinese run are different ones.
        sum[position] = needed === 1 ? Math.max(sum[position], best[position]) : sum[position] + best[position];
        hits[position]++;
      }
    }
    return sum.map((score, position) => (hits[position] >= needed ? score : 0));
  }

  /** Terms that a query's term means, with how well they fit. Typos are thought of only when nothing else fits. */
  private matches(term: string): [index: number, fit: number][] {
    const matches: [number, number][] = [];
    for (let index = this.firstFrom(term); this.index.terms[index]?.startsWith(term); index++) {
      matches.push([index, this.index.terms[index] === term ? EXACT : PREFIX]);
    }
    return matches.length > 0 ? matches : this.misspelt(term);
  }

  private misspelt(term: string): [number, number][] {
    if (term.length < ONE_TYPO_FROM) return [];
    const allowed = term.length < TWO_TYPOS_FROM ? 1 : 2;
    const matches: [number, number][] = [];
    this.index.terms.forEach((candidate, index) => {
      if (typos(term, candidate, allowed) <= allowed) matches.push([index, TYPO]);
    });
    return matches;
  }

  private firstFrom(term: string): number {
    let low = 0;
    let high = this.index.terms.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.index.terms[middle] < term) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/**
 * Letters to insert, leave out, replace or swap with their neighbour to make `a` of `b` (optimal string alignment);
 * above `most`, some number above it.
 */
export function typos(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) > most) return most + 1;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    let smallest = row;
    for (let column = 1; column <= b.length; column++) {
      const replace = last[column - 1] + (a[row - 1] === b[column - 1] ? 0 : 1);
      let cost = Math.min(replace, last[column] + 1, current[column - 1] + 1);
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        cost = Math.min(cost, beforeLast[column - 2] + 1);
      }
      current.push(cost);
      if (cost < smallest) smallest = cost;
    }
    if (smallest > most) return most + 1;
    [beforeLast, last] = [last, current];
  }
  return last[b.length];
}
