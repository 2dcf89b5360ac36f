import type { ProductSummary } from './api/client';

type Variants = Pick<ProductSummary, 'skus'>;

/** A product with more variants is hardly ever sold out, and a list of such would take a request for each few of them. */
const MOST_VARIANTS = 10;

/** SKUs whose stock tells which products of a list are sold out. */
export function skusToLookUp(products: readonly Variants[]): string[] {
  return products.flatMap(({ skus }) => (skus.length <= MOST_VARIANTS ? skus : []));
}

/** Whether there is nothing left of any variant, as far as is known. */
export function isSoldOut({ skus }: Variants, available: ReadonlyMap<string, number | null> | undefined): boolean {
  return skus.every((sku) => available?.get(sku) === 0);
}
