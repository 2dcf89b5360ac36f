import { createHash, randomUUID } from 'node:crypto';
import type { Clock } from '../../runtime/clock';
import type { DomainEvent } from '../../runtime/events';
import { outboxItem } from '../../runtime/outbox';
import { chunksOf } from '../../runtime/parallel';
import { AGAIN, retry } from '../../runtime/retry';
import type { Item, Key, Table } from '../../runtime/table';
import { CATALOG_INDEXES, CATALOG_ITEMS, type CatalogSkuItem } from '../contract';
import type { CatalogStore, Unpublished } from '../domain/catalog-store';
import { canonical, imageOf, type Product, prices } from '../domain/product';

const { PRODUCT, PRODUCT_KIND, PRODUCT_PREFIX, PUBLICATION, PUBLICATION_KIND, SKU, SKU_PREFIX } = CATALOG_ITEMS;
const { UNPUBLISHED, UNPUBLISHED_KIND } = CATALOG_ITEMS;
const { BY_CHANGE, CATEGORY_PREFIX, CHANGE_PREFIX, CHANGE_SHARDS } = CATALOG_INDEXES;

/** Ids have up to 64 bytes, an item 400 KiB. */
const IDS_IN_A_NOTE = 4000;

/** Products and SKUs in DynamoDB. */
export class CatalogTable implements CatalogStore {
  constructor(
    private readonly table: Table,
    private readonly clock: Clock,
  ) {}

  async read(ids: readonly string[]): Promise<Product[]> {
    return (await this.table.getAll(ids.map(productKey))).map(productOf);
  }

  async ids(): Promise<string[]> {
    const shards = Array.from({ length: CHANGE_SHARDS }, (_, shard) => this.idsOfShard(shard));
    return (await Promise.all(shards)).flat();
  }

  async records(skus: readonly string[]): Promise<ReadonlyMap<string, CatalogSkuItem>> {
    const items = await this.table.getAll(skus.map(skuKey));
    return new Map(
      items.map(({ pk: _pk, sk: _sk, ...record }) => [record.sku as string, record as unknown as CatalogSkuItem]),
    );
  }

  async write(products: readonly Product[], changedAt: Date): Promise<void> {
    const ids = products.map(({ id }) => id);
    await this.table.putAll(chunksOf(ids, IDS_IN_A_NOTE).map(noteOf));
    await this.table.putAll(products.map((product) => productItem(product, changedAt)));
  }

  async unpublished(): Promise<Unpublished[]> {
    const notes: Unpublished[] = [];
    const items = this.table.queryAll({ where: 'pk = :unpublished', values: { ':unpublished': UNPUBLISHED } });
    for await (const { sk, ids } of items) notes.push({ note: sk as string, ids: ids as string[] });
    return notes;
  }

  markPublished(products: readonly Unpublished[]): Promise<void> {
    return this.table.removeAll(products.map(({ note }) => ({ pk: UNPUBLISHED, sk: note })));
  }

  writeSkus(records: readonly CatalogSkuItem[]): Promise<void> {
    return this.table.putAll(records.map((record) => ({ ...skuKey(record.sku), ...record })));
  }

  async announce(version: string, event: DomainEvent): Promise<void> {
    const marker = {
      pk: PUBLICATION,
      sk: version,
      kind: PUBLICATION_KIND,
      schemaVersion: 1,
      publishedAt: event.time,
    };
    await retry(this.clock, async () => {
      const told = await this.table.transact([
        { put: marker, condition: 'attribute_not_exists(pk)' },
        { put: outboxItem(event) },
      ]);
      if (told.done || told.reasons[0].refused) return;
      // Another importer tells of the same version at this moment.
      if (told.reasons.some(({ passing }) => passing)) return AGAIN;
      throw new Error(`Version ${version} could not be announced.`);
    });
  }

  async lastSequence(): Promise<number> {
    const { items } = await this.table.query({
      where: 'pk = :publication',
      values: { ':publication': PUBLICATION },
      newestFirst: true,
      limit: 1,
    });
    return items.length === 0 ? 0 : Number.parseInt(items[0].sk as string, 10);
  }

  private async idsOfShard(shard: number): Promise<string[]> {
    const ids: string[] = [];
    const items = this.table.queryAll({
      index: BY_CHANGE,
      where: 'gsi2pk = :shard',
      values: { ':shard': `${CHANGE_PREFIX}${shard}` },
      attributes: ['pk'],
    });
    for await (const { pk } of items) ids.push((pk as string).slice(PRODUCT_PREFIX.length));
    return ids;
  }
}

function productKey(id: string): Key {
  return { pk: PRODUCT_PREFIX + id, sk: PRODUCT };
}

function skuKey(sku: string): Key {
  return { pk: SKU_PREFIX + sku, sk: SKU };
}

function productItem(product: Product, changedAt: Date): Item {
  const { id, category } = product;
  return {
    ...productKey(id),
    kind: PRODUCT_KIND,
    schemaVersion: 1,
    ...canonical(product),
    gsi1pk: CATEGORY_PREFIX + category,
    gsi1sk: id,
    gsi2pk: `${CHANGE_PREFIX}${shardOf(id)}`,
    gsi2sk: `${changedAt.toISOString()}#${id}`,
    listed: listedOf(product),
  };
}

/** No two have the same key: a removal that arrives late, sent again because its reply was lost, takes no other's. */
function noteOf(ids: readonly string[]): Item {
  return { pk: UNPUBLISHED, sk: randomUUID(), kind: UNPUBLISHED_KIND, schemaVersion: 1, ids };
}

/** What lists of the back office show of a product. */
function listedOf(product: Product): Item {
  const { id, name, category, active, skus } = product;
  const common = { id, name, category, image: imageOf(product), skuCount: skus.length, active };
  if (skus.length === 0) return common;
  const { lowest, highest } = prices(product);
  return { ...common, price: lowest, ...(highest.amount > lowest.amount ? { priceTo: highest } : {}) };
}

function productOf(item: Item): Product {
  if (item.kind !== PRODUCT_KIND || item.schemaVersion !== 1) {
    throw new Error(
      `${item.pk} is of kind ${item.kind} in version ${item.schemaVersion}, which this code does not know.`,
    );
  }
  return canonical(item as unknown as Product);
}

function shardOf(id: string): number {
  return createHash('sha256').update(id).digest()[0] % CHANGE_SHARDS;
}
