import { CATALOG_ITEMS, CATALOG_SKU_ATTRIBUTES, type CatalogSkuItem } from '../../catalog/contract';
import type { Table } from '../../runtime/table';
import type { Product } from '../domain/model';
import type { ProductSource } from '../domain/ports';

/**
 * The products of the catalogue's table, as they are at this moment. One that still has its price in another currency
 * is not sold: the catalogue's currency has changed since it was imported, and amounts of two do not add up.
 */
export class CatalogProducts implements ProductSource {
  constructor(
    private readonly table: Table,
    private readonly currency: string,
  ) {}

  async find(skus: readonly string[]): Promise<ReadonlyMap<string, Product>> {
    const keys = skus.map((sku) => ({ pk: CATALOG_ITEMS.SKU_PREFIX + sku, sk: CATALOG_ITEMS.SKU }));
    const items = await this.table.getAll(keys, CATALOG_SKU_ATTRIBUTES);
    const products = (items as unknown as CatalogSkuItem[]).filter(({ active }) => active).map(productOf);
    const sold = products.filter(({ price }) => price.currency === this.currency);
    return new Map(sold.map((product) => [product.sku, product]));
  }
}

function productOf(item: CatalogSkuItem): Product {
  const { kind, sku, productId, name, options, image, price, openingStock, translations } = item;
  if (kind !== CATALOG_ITEMS.SKU_KIND) throw new Error(`${sku} is of kind ${kind}, which is no SKU.`);
  return {
    sku,
    productId,
    name,
    ...(options && { options }),
    image,
    price,
    stocked: openingStock !== undefined,
    ...(translations && { translations }),
  };
}
