import { CATALOG_ITEMS, type CatalogOption, type CatalogSkuItem } from '../contract';
import { imageOf, type Product, type Sku } from './product';

/**
 * What others read of a SKU.
 *
 * @param sold false for one that its product has no more
 */
export function skuRecord(product: Product, sku: Sku, sold = true): CatalogSkuItem {
  const translations = translationsOf(product, sku);
  return {
    kind: CATALOG_ITEMS.SKU_KIND,
    schemaVersion: 1,
    sku: sku.sku,
    productId: product.id,
    name: product.name,
    ...(sku.options.length > 0 ? { options: sku.options } : {}),
    image: sku.image ?? imageOf(product),
    price: sku.price,
    active: sold && product.active && sku.active,
    ...(sku.openingStock === undefined ? {} : { openingStock: sku.openingStock }),
    ...(translations ? { translations } : {}),
  };
}

/** Names and options alone: an order must not grow with its products' descriptions. */
function translationsOf(product: Product, sku: Sku): CatalogSkuItem['translations'] {
  const texts: Record<string, { name?: string; options?: readonly CatalogOption[] }> = {};
  for (const [language, { name }] of Object.entries(product.translations ?? {})) if (name) texts[language] = { name };
  for (const [language, { options }] of Object.entries(sku.translations ?? {})) {
    texts[language] = { ...texts[language], options };
  }
  return Object.keys(texts).length > 0 ? texts : undefined;
}
