import type { Product } from './product';
import { type QueryWord, queryWords, termsOf } from './words';

/** What a word is worth where it is found; whole numbers, so that scores can be compared in a cursor. */
const FIELD_SCORES = { name: 1000, category: 500, style: 200, description: 100 } as const;

/** Percent of a field's score for how well a word fits. */
const EXACT = 100;
const PREFIX = 80;
const TYPO = 50;

/** A word this long may have one typo, and from the other length on two. */
const ONE_TYPO_FROM = 4;
const TWO_TYPOS_FROM = 8;

type Field = keyof typeof FIELD_SCORES;

/** Words to products, in memory. */
export class SearchIndex {
  /** Sorted, so that all terms with one prefix are neighbours. */
  private readonly terms: readonly string[];
  /** For each term, the products that have it (even positions) and the field's score (odd positions). */
  private readonly postings: readonly (readonly number[])[];

  constructor(private readonly products: readonly Product[]) {
    const index = new Map<string, number[]>();
    products.forEach((product, position) => {
      for (const [term, score] of scoredTerms(product)) {
        const posting = index.get(term);
        if (posting) posting.push(position, score);
        else index.set(term, [position, score]);
      }
    });
    this.terms = [...index.keys()].sort();
    this.postings = this.terms.map((term) => index.get(term) ?? []);
  }

  /**
   * The products that have every word of the query, with their scores. A score depends on the query and the product
   * alone, so it is the same in every version of the catalogue.
   */
  search(query: string): Map<Product, number> {
    const words = queryWords(query);
    const total = new Int32Array(this.products.length);
    const found = new Int32Array(this.products.length);
    for (const word of words) {
      const scores = this.scoresOf(word);
      for (let position = 0; position < scores.length; position++) {
        if (scores[position] === 0) continue;
        total[position] += scores[position];
        found[position]++;
      }
    }
    const results = new Map<Product, number>();
    if (words.length === 0) return results;
    this.products.forEach((product, position) => {
      if (found[position] === words.length) results.set(product, total[position]);
    });
    return results;
  }

  /** Score of one word by product; 0 where it is not found. */
  private scoresOf({ terms, needed }: QueryWord): Int32Array {
    const sum = new Int32Array(this.products.length);
    const hits = new Int32Array(this.products.length);
    for (const term of terms) {
      const best = new Int32Array(this.products.length);
      for (const [index, fit] of this.matches(term)) {
        const posting = this.postings[index];
        for (let at = 0; at < posting.length; at += 2) {
          const score = (posting[at + 1] * fit) / 100;
          if (score > best[posting[at]]) best[posting[at]] = score;
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
    for (let index = this.firstFrom(term); this.terms[index]?.startsWith(term); index++) {
      matches.push([index, this.terms[index] === term ? EXACT : PREFIX]);
    }
    return matches.length > 0 ? matches : this.misspelt(term);
  }

  private misspelt(term: string): [number, number][] {
    if (term.length < ONE_TYPO_FROM) return [];
    const allowed = term.length < TWO_TYPOS_FROM ? 1 : 2;
    const matches: [number, number][] = [];
    this.terms.forEach((candidate, index) => {
      if (typos(term, candidate, allowed) <= allowed) matches.push([index, TYPO]);
    });
    return matches;
  }

  private firstFrom(term: string): number {
    let low = 0;
    let high = this.terms.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.terms[middle] < term) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Each term of a product with the best score of the fields it stands in. */
function scoredTerms({ name, category, style = '', description, translations = {} }: Product): Map<string, number> {
  const scores = new Map<string, number>();
  const add = (field: Field, text: string | undefined) => {
    if (!text) return;
    for (const term of termsOf(text)) {
      if ((scores.get(term) ?? 0) < FIELD_SCORES[field]) scores.set(term, FIELD_SCORES[field]);
    }
  };
  const others = Object.values(translations);
  for (const text of [name, ...others.map((other) => other.name)]) add('name', text);
  for (const text of [category, ...others.map((other) => other.category)]) add('category', text);
  add('style', style);
  for (const text of [description, ...others.map((other) => other.description)]) add('description', text);
  return scores;
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
