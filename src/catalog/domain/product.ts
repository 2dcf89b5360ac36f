import type { components } from '../functions/api.generated';

export type Money = components['schemas']['Money'];

/** A product's texts in one other language. */
export interface Translation {
  readonly name?: string;
  readonly description?: string;
  readonly category?: string;
}

/** A product as the table and the snapshot hold it. */
export interface Product {
  readonly id: string;
  /** Equal to the id while a product has one variant. */
  readonly sku: string;
  readonly name: string;
  readonly description: string;
  readonly category: string;
  readonly style?: string;
  readonly price: Money;
  /** Id of its photo, or null. */
  readonly image: string | null;
  /** Whether it is sold. */
  readonly active: boolean;
  /** Stock to begin with; what is on hand later is known to ordering alone. */
  readonly openingStock?: number;
  /** By language tag. */
  readonly translations?: Readonly<Record<string, Translation>>;
}

/** The same product, its members in one fixed order, so that equal products have equal JSON. */
export function canonical(product: Product): Product {
  const { id, sku, name, description, category, style, price, image, active, openingStock, translations } = product;
  return {
    id,
    sku,
    name,
    description,
    category,
    ...(style === undefined ? {} : { style }),
    price: { amount: price.amount, currency: price.currency },
    image,
    active,
    ...(openingStock === undefined ? {} : { openingStock }),
    ...(translations === undefined ? {} : { translations: canonicalTranslations(translations) }),
  };
}

export function equal(a: Product, b: Product): boolean {
  return JSON.stringify(canonical(a)) === JSON.stringify(canonical(b));
}

function canonicalTranslations(translations: Readonly<Record<string, Translation>>): Record<string, Translation> {
  return Object.fromEntries(
    Object.keys(translations)
      .sort()
      .map((language) => {
        const { name, description, category } = translations[language];
        return [
          language,
          {
            ...(name === undefined ? {} : { name }),
            ...(description === undefined ? {} : { description }),
            ...(category === undefined ? {} : { category }),
          },
        ];
      }),
  );
}
