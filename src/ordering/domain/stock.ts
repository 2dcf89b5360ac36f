import type { Availability, CartLine, Product, Shortfall } from './model';
import type { ProductSource, StockStore } from './ports';

/** What is sold, and how much of it there is: null while that is not known yet. */
export interface Supply {
  readonly products: ReadonlyMap<string, Product>;
  readonly available: ReadonlyMap<string, number | null>;
}

/** What there is of some SKUs at this moment. */
export async function supplyOf(
  stock: Pick<StockStore, 'available'>,
  source: ProductSource,
  skus: readonly string[],
): Promise<Supply> {
  const [products, known] = await Promise.all([source.find(skus), stock.available(skus)]);
  return { products, available: new Map(skus.map((sku) => [sku, availableOf(known.get(sku), products.get(sku))])) };
}

/** Stock of SKUs in the order asked for. The catalogue is asked about those alone that have no stock yet. */
export async function availabilityOf(
  stock: Pick<StockStore, 'available'>,
  source: ProductSource,
  skus: readonly string[],
): Promise<Availability[]> {
  const known = await stock.available(skus);
  const products = await source.find(skus.filter((sku) => !known.has(sku)));
  return skus.map((sku) => {
    const available = known.get(sku) ?? availableOf(undefined, products.get(sku));
    return { sku, available, status: available === null ? 'pending' : 'known' };
  });
}

/**
 * The lines that ask for more than there is; of what is no longer sold, there is nothing. What is not known yet may be
 * enough.
 */
export function shortfallsOf(wanted: readonly CartLine[], { products, available }: Supply): Shortfall[] {
  return wanted.flatMap(({ sku, quantity }) => {
    const there = products.has(sku) ? (available.get(sku) ?? null) : 0;
    return there === null || there >= quantity ? [] : [{ sku, requested: quantity, available: there }];
  });
}

/** Between the publication of a product and its opening stock, the stock is not known; without the latter, it is none. */
export function availableOf(known: number | undefined, product: Product | undefined): number | null {
  if (known !== undefined) return known;
  return product?.stocked ? null : 0;
}
