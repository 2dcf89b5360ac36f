import type { components } from '../functions/api.generated';
import { imageOf, type Product, prices, type Sku } from './product';

type Schemas = components['schemas'];

/** A product as lists show it. */
export function summaryOf(product: Product): Schemas['ProductSummary'] {
  const { id, name, category, style, skus } = product;
  const { lowest, highest } = prices(product);
  return {
    id,
    skus: skus.map(({ sku }) => sku),
    name,
    category,
    style,
    price: lowest,
    priceTo: highest.amount > lowest.amount ? highest : undefined,
    image: imageOf(product),
    translations: translationsOf(product, false),
  };
}

/** A product with all its texts and variants. What only the shop needs to know, such as opening stock, stays inside. */
export function detailsOf(product: Product): Schemas['Product'] {
  return {
    ...summaryOf(product),
    description: product.description,
    translations: translationsOf(product, true),
    variants: product.skus.map((sku) => variantOf(product, sku)),
  };
}

function variantOf(product: Product, { sku, price, image, options, translations }: Sku): Schemas['Variant'] {
  return {
    sku,
    price,
    image: image ?? imageOf(product),
    options: [...options],
    translations:
      translations &&
      Object.fromEntries(
        Object.entries(translations).map(([language, texts]) => [language, { options: [...texts.options] }]),
      ),
  };
}

function translationsOf({ translations }: Product, withDescription: boolean): Schemas['Translations'] | undefined {
  if (!translations) return undefined;
  return Object.fromEntries(
    Object.entries(translations).map(([language, { name, description }]) => [
      language,
      { name, ...(withDescription ? { description } : {}) },
    ]),
  );
}
