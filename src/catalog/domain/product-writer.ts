import type { Clock } from '../../runtime/clock';
import type { CatalogSkuItem } from '../contract';
import type { CatalogStore } from './catalog-store';
import { equal, type Product, type Sku } from './product';
import { skuRecord } from './sku-record';

/** A product as it was, if it was, and as it will be. */
interface Change {
  readonly before?: Product;
  readonly after: Product;
}

/**
 * Writes products and their SKUs.
 *
 * The writes are not one transaction: thousands would have to be. So they are in an order in which the product comes
 * last. As long as it is not what it shall be, repeating the same import writes everything of it again.
 */
export class ProductWriter {
  constructor(
    private readonly store: CatalogStore,
    private readonly clock: Clock,
  ) {}

  /** @returns ids of all products that may be others now: who writes a product publishes it */
  async write(products: readonly Product[]): Promise<string[]> {
    const changes = await this.changesTo(products);
    const losing = await this.losingSkus(changes);
    const now = this.clock.now();
    // While a SKU still stands at the product that had it, a repetition finds it there; so that product goes first.
    await this.store.write(losing, now);
    await this.store.writeSkus(skuRecords(changes));
    await this.store.write(
      changes.map(({ after }) => after),
      now,
    );
    return [...products, ...losing].map(({ id }) => id);
  }

  private async changesTo(products: readonly Product[]): Promise<Change[]> {
    const known = new Map(
      (await this.store.read(products.map(({ id }) => id))).map((product) => [product.id, product]),
    );
    return products
      .map((after): Change => ({ before: known.get(after.id), after }))
      .filter(({ before, after }) => !before || !equal(before, after));
  }

  /** The products that are not in the file and have SKUs which go to those that are: without them. */
  private async losingSkus(changes: readonly Change[]): Promise<Product[]> {
    const moving = new Set(changes.flatMap(({ before, after }) => missing(after, before).map(({ sku }) => sku)));
    const owners = new Set((await this.store.owners([...moving])).values());
    for (const { after } of changes) owners.delete(after.id);
    return (await this.store.read([...owners]))
      .filter(({ skus }) => skus.some(({ sku }) => moving.has(sku)))
      .map((product) => ({ ...product, skus: product.skus.filter(({ sku }) => !moving.has(sku)) }));
  }
}

/** The records that become others; those of SKUs that no product has any more say that they are not sold. */
function skuRecords(changes: readonly Change[]): CatalogSkuItem[] {
  const kept = new Set(changes.flatMap(({ after }) => after.skus.map(({ sku }) => sku)));
  return changes.flatMap(({ before, after }) => {
    const known = new Map(before?.skus.map((sku) => [sku.sku, JSON.stringify(skuRecord(before, sku))]));
    const records = after.skus.map((sku) => skuRecord(after, sku));
    const dropped = before ? missing(before, after).filter(({ sku }) => !kept.has(sku)) : [];
    return [
      ...records.filter((record) => known.get(record.sku) !== JSON.stringify(record)),
      ...dropped.map((sku) => skuRecord(before as Product, sku, false)),
    ];
  });
}

/** The SKUs that a product has and the other has not. */
function missing({ skus }: Product, other: Product | undefined): Sku[] {
  const there = new Set(other?.skus.map(({ sku }) => sku));
  return skus.filter(({ sku }) => !there.has(sku));
}
