import type { Product } from './product';
import { termsOf } from './words';

/** Where a term may stand, the best first, and what a word is worth there: whole numbers, which a cursor can compare. */
export const FIELDS = [
  { field: 'name', score: 1000 },
  { field: 'category', score: 500 },
  { field: 'style', score: 200 },
  { field: 'description', score: 100 },
] as const;

/** Each term of a product with the place of the best field it stands in. */
export function fieldsByTerm({ name, category, style, description, skus, translations = {} }: Product) {
  const others = Object.values(translations);
  const options = skus.flatMap((sku) =>
    [sku, ...Object.values(sku.translations ?? {})].flatMap((texts) => texts.options),
  );
  const texts = [
    [name, ...others.map((other) => other.name)],
    [category, ...others.map((other) => other.category)],
    [style, ...new Set(options.map(({ value }) => value))],
    [description, ...others.map((other) => other.description)],
  ];
  const fields = new Map<string, number>();
  texts.forEach((ofField, field) => {
    for (const text of ofField) {
      for (const term of text ? termsOf(text) : []) if (!fields.has(term)) fields.set(term, field);
    }
  });
  return fields;
}
