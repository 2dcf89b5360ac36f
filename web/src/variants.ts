import type { Variant } from './api/client';

/** One thing to choose about a product, such as its size. */
export interface Question {
  /** Place among the options of each variant. */
  readonly place: number;
  readonly name: string;
  readonly answers: readonly Answer[];
}

export interface Answer {
  readonly value: string;
  readonly chosen: boolean;
  /** What the visitor has after choosing it: as near to what they have as there is. */
  readonly variant: Variant;
  /** Whether it can be had without another answer to another question. */
  readonly fits: boolean;
}

/** The variant that an address names by its SKU; the first where it names none of the product's. */
export function variantOf(variants: readonly Variant[], sku: string | null): Variant {
  return variants.find((it) => it.sku === sku) ?? variants[0];
}

/**
 * What there is to choose, given what is chosen. Not every combination need exist; an answer that does not go with the
 * others can be chosen all the same and changes as few of them as possible, so every variant can be reached.
 */
export function questionsOf(variants: readonly Variant[], chosen: Variant): Question[] {
  return chosen.options.map(({ name, value: current }, place) => {
    const values = new Set(variants.map((it) => it.options[place].value));
    const answers = [...values].map((value) => {
      const variant = nearest(variants, chosen, place, value);
      return { value, chosen: value === current, variant, fits: differences(variant, chosen) <= 1 };
    });
    return { place, name, answers };
  });
}

/** Of the variants that have a value in a place, the first of those that share most with what is chosen. */
function nearest(variants: readonly Variant[], chosen: Variant, place: number, value: string): Variant {
  const having = variants.filter((it) => it.options[place].value === value);
  return having.reduce((best, it) => (differences(it, chosen) < differences(best, chosen) ? it : best));
}

/** In how many places two variants differ. */
function differences(one: Variant, other: Variant): number {
  return one.options.filter(({ value }, place) => value !== other.options[place].value).length;
}
