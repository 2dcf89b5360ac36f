import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { CATALOG_ITEMS } from '../../catalog/contract';
import { batchGet } from './batch-get';
import type { Product } from './model';
import type { ProductSource } from './order-store';
import type { Clock } from './retry';

const ATTRIBUTES = ['sku', 'name', 'image', 'price', 'active', 'translations'];

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
      // A product has one SKU, and that is its id.
      keys: skus.map((sku) => ({ pk: CATALOG_ITEMS.PRODUCT_PREFIX + sku, sk: CATALOG_ITEMS.PRODUCT })),
      attributes: ATTRIBUTES,
    });
    const products = items.filter(({ active }) => active === true).map(productOf);
    const sold = products.filter(({ price }) => price.currency === this.currency);
    return new Map(sold.map((product) => [product.sku, product]));
  }
}

function productOf(item: Record<string, unknown>): Product {
  const { sku, name, image, price, translations } = item as unknown as Product;
  const names = namesOf(translations);
  return { sku, name, image: image ?? null, price, ...(names && { translations: names }) };
}

/** Carts and orders show names alone, and an order must not grow with its products' descriptions. */
function namesOf(translations: Product['translations']): Product['translations'] {
  const names = Object.entries(translations ?? {}).flatMap(([language, { name }]) =>
    name ? [[language, { name }]] : [],
  );
  return names.length > 0 ? Object.fromEntries(names) : undefined;
}
