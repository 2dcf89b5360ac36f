import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { CATALOG_ITEMS, CATALOG_SKU_ATTRIBUTES, type CatalogSkuItem } from '../../catalog/contract';
import { batchGet } from './batch-get';
import type { Product } from './model';
import type { ProductSource } from './order-store';
import type { Clock } from './retry';

/**
 * The products of the catalogue's table, as they are at this moment. One that still has its price in another currency
 * is not sold: the catalogue's currency has changed since it was imported, and amounts of two do not add up.
 */
export class CatalogProducts implements ProductSource {
  constructor(
    private readonly client: DynamoDBDocumentClient,
    private readonly table: string,
    private readonly clock: Clock,
    private readonly currency: string,
  ) {}

  async find(skus: readonly string[]): Promise<ReadonlyMap<string, Product>> {
    const items = await batchGet(this.client, this.clock, {
      table: this.table,
      keys: skus.map((sku) => ({ pk: CATALOG_ITEMS.SKU_PREFIX + sku, sk: CATALOG_ITEMS.SKU })),
      attributes: [...CATALOG_SKU_ATTRIBUTES],
    });
    const products = (items as unknown as CatalogSkuItem[]).filter(({ active }) => active).map(productOf);
    const sold = products.filter(({ price }) => price.currency === this.currency);
    return new Map(sold.map((product) => [product.sku, product]));
  }
}

function productOf({ kind, sku, name, image, price, translations }: CatalogSkuItem): Product {
  if (kind !== CATALOG_ITEMS.SKU_KIND) throw new Error(`${sku} is of kind ${kind}, which is no SKU.`);
  const names = namesOf(translations);
  return { sku, name, image, price, ...(names && { translations: names }) };
}

function namesOf(translations: CatalogSkuItem['translations']): Product['translations'] {
  const names = Object.entries(translations ?? {}).flatMap(([language, { name }]) =>
    name ? [[language, { name }]] : [],
  );
  return names.length > 0 ? Object.fromEntries(names) : undefined;
}
