/** Names that the catalogue's constructs, its functions and other capabilities agree on. Literals only. */

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
  /** `imports/<name>` is answered by `import-results/<name>.json`. */
  IMPORT_RESULTS: 'import-results/',
  /** Everything that readers may see: the pointer, and one folder per version. */
  PUBLISHED: 'published/',
  /** JSON `{version, sequence, snapshotKey, stockKey, sha256, publishedAt}`; written last, read first. */
  POINTER: 'published/current.json',
} as const;

/** Items of the catalogue's table. */
export const CATALOG_ITEMS = {
  /** `pk = PRODUCT#<id>`, `sk = PRODUCT`: `{id, sku, name, description, category, style?, price, image, active, ...}`. */
  PRODUCT_PREFIX: 'PRODUCT#',
  PRODUCT: 'PRODUCT',
  /** `pk = PUBLICATION`, `sk = <version>`: that version's event was handed to the outbox. */
  PUBLICATION: 'PUBLICATION',
} as const;

/** Limits of an import file, stated to the user in the result of a file that breaks them. */
export const IMPORT_LIMITS = {
  BYTES: 32 * 1024 * 1024,
  ROWS: 20_000,
  /** Faulty rows listed in the result; the others are only counted. */
  REJECTED_LISTED: 1000,
} as const;
