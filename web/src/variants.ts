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
  /** Whether there is none left: of that variant, or with any other answers where it has to change them. */
  readonly soldOut: boolean;
}

/** The variant that an address names by its SKU; the first where it names none of the product's. */
export function variantOf(variants: readonly Variant[], sku: string | null): Variant {
  return variants.find((it) => it.sku === sku) ?? variants[0];
}

/**
 * What there is to choose, given what is chosen. Not every combination need exist; an answer that does not go with the
 * others can be chosen all the same and changes as few of them as possible, so every variant can be reached.
 *
 * @param isSoldOut what is known to be sold out
 */
export function questionsOf(
  variants: readonly Variant[],
  chosen: Variant,
  isSoldOut: (variant: Variant) => boolean,
): Question[] {
  return chosen.options.map(({ name, value: current }, place) => {
    const values = new Set(variants.map((it) => it.options[place].value));
    const answers = [...values].map((value) => {
      const having = variants.filter((it) => it.options[place].value === value);
      const variant = nearest(having, chosen, isSoldOut);
      const fits = differences(variant, chosen) <= 1;
      const soldOut = fits ? isSoldOut(variant) : having.every(isSoldOut);
      return { value, chosen: value === current, variant, fits, soldOut };
    });
    return { place, name, answers };
  });
}

/** The first of those that share most with what is chosen; of equals, one that is left. */
function nearest(variants: readonly Variant[], chosen: Variant, isSoldOut: (variant: Variant) => boolean): Variant {
  const distance = (it: Variant) => differences(it, chosen) + (isSoldOut(it) ? 0.5 : 0);
  return variants.reduce((best, it) => (distance(it) < distance(best) ? it : best));
}

/** In how many places two variants differ. */
function differences(one: Variant, other: Variant): number {
  return one.options.filter(({ value }, place) => value !== other.options[place].value).length;
}
