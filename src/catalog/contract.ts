/** Names and shapes that the catalogue's constructs, its functions and other capabilities agree on. Literals and types only. */

export const CATALOG_CONTEXT = 'catalog';

/** Environment variables of the catalogue's functions. Others that read products or the snapshot use the same names. */
export const CATALOG_ENV = {
  TABLE: 'CATALOG_TABLE_NAME',
  BUCKET: 'CATALOG_BUCKET_NAME',
  CURRENCY: 'CATALOG_CURRENCY',
} as const;

/** Keys in the catalogue's bucket. */
export const CATALOG_KEYS = {
  /** Files put under it are imported. */
  IMPORTS: 'imports/',
  /** Put, whatever is in it, it has the catalogue published anew from its table. */
  REPUBLISH: 'imports/republish',
  /** `imports/<name>` is answered by `import-results/<name>.json`. */
  IMPORT_RESULTS: 'import-results/',
  /** Everything that readers may see: the pointer, and one folder per version. */
  PUBLISHED: 'published/',
  /** JSON, a `CatalogPointer`; written last, read first. */
  POINTER: 'published/current.json',
} as const;

/** An object that belongs to a version, and what its content is once it is decompressed. */
export interface CatalogArtefact {
  readonly key: string;
  /** In hexadecimal. */
  readonly sha256: string;
  readonly bytes: number;
}

/** Which version is the current one, and what it is made of. Artefacts may be added. */
export interface CatalogPointer {
  readonly schemaVersion: 1;
  readonly version: string;
  /** Goes up with each version. */
  readonly sequence: number;
  readonly artefacts: {
    /** Gzipped lines of JSON, by id: the products that are sold. */
    readonly products: CatalogArtefact;
    /** Gzipped; orders, categories and search terms of those products. */
    readonly search: CatalogArtefact;
    /** Gzipped JSON, a list of `CatalogOpeningStock`. */
    readonly stock: CatalogArtefact;
  };
  /** ISO 8601 in UTC. */
  readonly publishedAt: string;
}

/** What a SKU that is new in a version has in stock to begin with. */
export interface CatalogOpeningStock {
  readonly sku: string;
  readonly openingStock: number;
}

/** Items of the catalogue's table. */
export const CATALOG_ITEMS = {
  /** `pk = PRODUCT#<id>`, `sk = PRODUCT`, `kind = product`: a product with its SKUs. The catalogue's own business. */
  PRODUCT_PREFIX: 'PRODUCT#',
  PRODUCT: 'PRODUCT',
  PRODUCT_KIND: 'product',
  /** `pk = SKU#<sku>`, `sk = SKU`: a `CatalogSkuItem`. */
  SKU_PREFIX: 'SKU#',
  SKU: 'SKU',
  SKU_KIND: 'sku',
  /** `pk = PUBLICATION`, `sk = <version>`, `kind = publication`: that version's event was handed to the outbox. */
  PUBLICATION: 'PUBLICATION',
  PUBLICATION_KIND: 'publication',
  /** `pk = UNPUBLISHED`, `sk = <random>`, `kind = unpublished`: `ids` of products that no version may show yet. */
  UNPUBLISHED: 'UNPUBLISHED',
  UNPUBLISHED_KIND: 'unpublished',
} as const;

/**
 * Generic index keys of products. The index holds the keys and one map, `listed`: `{id, name, category, image, price,
 * priceTo?, skuCount, active}`.
 */
export const CATALOG_INDEXES = {
  /** `gsi1pk = CATEGORY#<category>`, `gsi1sk = <id>`. */
  BY_CATEGORY: 'GSI1',
  CATEGORY_PREFIX: 'CATEGORY#',
  /** `gsi2pk = CHANGED#<shard>`, `gsi2sk = <ISO 8601 time>#<id>`. */
  BY_CHANGE: 'GSI2',
  CHANGE_PREFIX: 'CHANGED#',
  /** An import writes thousands of products a second, and one partition of an index takes a thousand. */
  CHANGE_SHARDS: 8,
} as const;

/** What is sold, as others read it by its SKU: all that a cart line needs, and no more. */
export interface CatalogSkuItem {
  readonly kind: typeof CATALOG_ITEMS.SKU_KIND;
  readonly schemaVersion: 1;
  readonly sku: string;
  readonly productId: string;
  /** The product's. */
  readonly name: string;
  /** What tells it from the product's other SKUs, such as size M; absent when there are no others. */
  readonly options?: readonly CatalogOption[];
  /** Id of its photo, or null. */
  readonly image: string | null;
  readonly price: { readonly amount: number; readonly currency: string };
  /** Whether it is sold. An item is kept when its SKU is not sold any more. */
  readonly active: boolean;
  /** Stock to begin with; absent when none was given. What is on hand later is known to ordering alone. */
  readonly openingStock?: number;
  /** By language tag; what is not here is shown as it stands. */
  readonly translations?: Readonly<
    Record<string, { readonly name?: string; readonly options?: readonly CatalogOption[] }>
  >;
}

export interface CatalogOption {
  readonly name: string;
  readonly value: string;
}

/** The attributes of a `CatalogSkuItem`, for reading no others. */
export const CATALOG_SKU_ATTRIBUTES = [
  'kind',
  'schemaVersion',
  'sku',
  'productId',
  'name',
  'options',
  'image',
  'price',
  'active',
  'openingStock',
  'translations',
] as const satisfies readonly (keyof CatalogSkuItem)[];

/** Limits of an import file, stated to the user in the result of a file that breaks them. */
export const IMPORT_LIMITS = {
  BYTES: 32 * 1024 * 1024,
  /** Products and variants together. */
  ROWS: 20_000,
  VARIANTS: 100,
  OPTIONS: 5,
  LANGUAGES: 20,
  /** Of a product in the table; DynamoDB takes 400 KiB. */
  PRODUCT_BYTES: 256 * 1024,
  /** Faulty rows listed in the result; the others are only counted. */
  REJECTED_LISTED: 1000,
} as const;

/**
 * Limits of what is on sale, which readers hold in memory: some 60,000 products in two languages, whose replacement by
 * the next version takes half of the query function's memory (docs/decisions/published-snapshot.md has the figures).
 */
export const CATALOG_LIMITS = {
  PRODUCTS: 100_000,
  /** Of the products artefact, decompressed. */
  BYTES: 64 * 1024 * 1024,
  /** Of the search artefact, decompressed. */
  INDEX_BYTES: 48 * 1024 * 1024,
} as const;
