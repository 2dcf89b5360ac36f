import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../../runtime/clock';
import { chunksOf } from '../../runtime/parallel';
import type { CatalogSkuItem } from '../contract';
import type { CatalogStore } from './catalog-store';
import { equal, type Product, type Sku } from './product';
import { skuRecord } from './sku-record';

/** A product as it was, if it was, and as it will be. */
interface Change {
  readonly before?: Product;
  readonly after: Product;
}

/** What is known of SKUs, by SKU. */
type Records = ReadonlyMap<string, CatalogSkuItem>;

/** Products of which one is written while the SKUs of another are not. */
const WRITTEN_TOGETHER = 500;

/**
 * Writes products and their SKUs.
 *
 * The writes are not one transaction: thousands would have to be. So they are in an order in which the product comes
 * last. As long as it is not what it shall be, repeating the same import writes everything of it again; and what it is
 * already is not written again, so that repetitions go on where a table that throttles has stopped the one before.
 *
 * Whether a SKU is what it shall be, its own record tells and not its product: an import that was cut off has written
 * the records of products that it has not come to, and customers pay what the record says.
 */
export class ProductWriter {
  constructor(
    private readonly store: CatalogStore,
    private readonly clock: Clock,
  ) {}

  /** @returns ids of products that are others now, as they are written: who writes a product publishes it */
  async *write(products: readonly Product[]): AsyncGenerator<string[]> {
    const kept = new Set(products.flatMap(({ skus }) => skus.map(({ sku }) => sku)));
    const records = await this.store.records([...kept]);
    const changes = await this.changesTo(products, records);
    const losing = await this.losingSkus(changes, records);
    const now = this.clock.now();
    // While a SKU still stands at the product that had it, a repetition finds it there; so that product goes first.
    await this.store.write(losing, now);
    if (losing.length > 0) yield losing.map(({ id }) => id);
    for (const some of chunksOf(changes, WRITTEN_TOGETHER)) {
      const changed = some.flatMap(({ after }) => changedRecords(after, records));
      await this.store.writeSkus([...changed, ...(await this.droppedRecords(some, kept))]);
      await this.store.write(
        some.map(({ after }) => after),
        now,
      );
      yield some.map(({ after }) => after.id);
    }
  }

  private async changesTo(products: readonly Product[], records: Records): Promise<Change[]> {
    const known = new Map(
      (await this.store.read(products.map(({ id }) => id))).map((product) => [product.id, product]),
    );
    return products
      .map((after): Change => ({ before: known.get(after.id), after }))
      .filter(({ before, after }) => !before || !equal(before, after) || changedRecords(after, records).length > 0);
  }

  /** The products that are not in the file and have SKUs which go to those that are: without them. */
  private async losingSkus(changes: readonly Change[], records: Records): Promise<Product[]> {
    const others = changes.flatMap(({ after }) =>
      after.skus.flatMap(({ sku }) => {
        const record = records.get(sku);
        return record && record.productId !== after.id ? record : [];
      }),
    );
    const moving = new Set(others.map(({ sku }) => sku));
    const owners = new Set(others.map(({ productId }) => productId));
    for (const { after } of changes) owners.delete(after.id);
    return (await this.store.read([...owners]))
      .filter(({ skus }) => skus.some(({ sku }) => moving.has(sku)))
      .map((product) => ({ ...product, skus: product.skus.filter(({ sku }) => !moving.has(sku)) }));
  }

  /**
   * Those of SKUs that no product has any more, which say that they are not sold.
   *
   * @param kept SKUs that products of the file have
   */
  private async droppedRecords(changes: readonly Change[], kept: ReadonlySet<string>): Promise<CatalogSkuItem[]> {
    const dropped = changes.flatMap(({ before, after }) =>
      before ? missing(before, after).flatMap((sku) => (kept.has(sku.sku) ? [] : skuRecord(before, sku, false))) : [],
    );
    // An import that was cut off may have given it to another product, and not come to take it from this one.
    const records = await this.store.records(dropped.map(({ sku }) => sku));
    return dropped.filter(({ sku, productId }) => records.get(sku)?.productId === productId);
  }
}

/** Those of a product's SKUs that are not what they shall be. */
function changedRecords(product: Product, records: Records): CatalogSkuItem[] {
  return product.skus
    .map((sku) => skuRecord(product, sku))
    .filter((record) => !isDeepStrictEqual(record, records.get(record.sku)));
}

/** The SKUs that a product has and the other has not. */
function missing({ skus }: Product, other: Product | undefined): Sku[] {
  const there = new Set(other?.skus.map(({ sku }) => sku));
  return skus.filter(({ sku }) => !there.has(sku));
}
