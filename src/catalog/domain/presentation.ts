import type { components } from '../functions/api.generated';
import type { Product } from './product';

type Schemas = components['schemas'];

/** A product as lists show it. */
export function summaryOf(product: Product): Schemas['ProductSummary'] {
  const { id, sku, name, category, style, price, image } = product;
  const translations = translationsOf(product, false);
  return { id, sku, name, category, style, price, image, translations };
}

/** A product with all its texts. What only the shop needs to know, such as opening stock, stays inside. */
export function detailsOf(product: Product): Schemas['Product'] {
  const translations = translationsOf(product, true);
  return { ...summaryOf(product), description: product.description, translations };
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
