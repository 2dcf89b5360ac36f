import type { Money } from '../../runtime/money';
import type { CatalogOption } from '../contract';

/** A product's texts in one other language. */
export interface Translation {
  readonly name?: string;
  readonly description?: string;
  readonly category?: string;
}

/** What is bought: a product as such, or one of its variants. */
export interface Sku {
  /** Unique among all products. */
  readonly sku: string;
  /** What tells it from the product's other SKUs; none when there are no others. */
  readonly options: readonly CatalogOption[];
  readonly price: Money;
  /** Id of its own photo, or null when the product's serves. */
  readonly image: string | null;
  /** Whether it is sold. */
  readonly active: boolean;
  /** Stock to begin with; what is on hand later is known to ordering alone. */
  readonly openingStock?: number;
  /** The options by language tag. */
  readonly translations?: Readonly<Record<string, { readonly options: readonly CatalogOption[] }>>;
}

/** A product as the table and the snapshot hold it. */
export interface Product {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly category: string;
  readonly style?: string;
  /** Id of its photo, or null. */
  readonly image: string | null;
  /** Whether it is sold. */
  readonly active: boolean;
  /** At least one but for a product whose SKUs all went to others. Without variants, one whose code is the product's id. */
  readonly skus: readonly Sku[];
  /** By language tag. */
  readonly translations?: Readonly<Record<string, Translation>>;
}

/** The same product, its members in one fixed order, so that equal products have equal JSON. */
export function canonical(product: Product): Product {
  const { id, name, description, category, style, image, active, skus, translations } = product;
  return {
    id,
    name,
    description,
    category,
    ...(style === undefined ? {} : { style }),
    image,
    active,
    skus: skus.map(canonicalSku),
    ...(translations === undefined ? {} : { translations: byLanguage(translations, canonicalTranslation) }),
  };
}

export function equal(a: Product, b: Product): boolean {
  return JSON.stringify(canonical(a)) === JSON.stringify(canonical(b));
}

/** What of a product is sold: itself with those of its SKUs that are; undefined when there is nothing. */
export function soldPart(product: Product): Product | undefined {
  const skus = product.active ? product.skus.filter(({ active }) => active) : [];
  return skus.length === 0 ? undefined : { ...product, skus };
}

/** The lowest and the highest price of a product's SKUs. */
export function prices({ skus }: Product): { lowest: Money; highest: Money } {
  const sorted = skus.map(({ price }) => price).sort((a, b) => a.amount - b.amount);
  return { lowest: sorted[0], highest: sorted[sorted.length - 1] };
}

/** The photo that stands for a product: its own, or the first that one of its SKUs has. */
export function imageOf({ image, skus }: Product): string | null {
  return image ?? skus.find((sku) => sku.image !== null)?.image ?? null;
}

function canonicalSku({ sku, options, price, image, active, openingStock, translations }: Sku): Sku {
  return {
    sku,
    options: options.map(canonicalOption),
    price: { amount: price.amount, currency: price.currency },
    image,
    active,
    ...(openingStock === undefined ? {} : { openingStock }),
    ...(translations === undefined
      ? {}
      : {
          translations: byLanguage(translations, (translation) => ({
            options: translation.options.map(canonicalOption),
          })),
        }),
  };
}

function canonicalOption({ name, value }: CatalogOption): CatalogOption {
  return { name, value };
}

function canonicalTranslation({ name, description, category }: Translation): Translation {
  return {
    ...(name === undefined ? {} : { name }),
    ...(description === undefined ? {} : { description }),
    ...(category === undefined ? {} : { category }),
  };
}

function byLanguage<T>(texts: Readonly<Record<string, T>>, member: (text: T) => T): Record<string, T> {
  return Object.fromEntries(
    Object.keys(texts)
      .sort()
      .map((language) => [language, member(texts[language])]),
  );
}
