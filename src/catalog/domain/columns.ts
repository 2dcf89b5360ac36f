/** The columns of an import file that mean something to the catalogue; the others are ignored. */
const COLUMNS = new Set([
  'id',
  'sku',
  'name',
  'description',
  'category',
  'style',
  'price',
  'image',
  'stock',
  'current_stock',
  'active',
  'variants',
]);

const LANGUAGE = '[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}';

/** Columns of texts in another language, such as `name_zh`. */
const TRANSLATED = new RegExp(`^(name|description|category)_(${LANGUAGE})$`);

/** `options`, and the same in another language, such as `options_zh`. */
const OPTIONS = new RegExp(`^options(?:_(${LANGUAGE}))?$`);

export const REQUIRED_COLUMNS = ['id', 'name', 'category', 'price'];

/** Columns of a product that are the same for all its variants. */
const OF_PRODUCTS = new Set(['id', 'name', 'description', 'category', 'style', 'variants']);

export interface TranslatedColumn {
  readonly text: 'name' | 'description' | 'category';
  readonly language: string;
}

export function isColumn(column: string): boolean {
  return COLUMNS.has(column) || TRANSLATED.test(column) || OPTIONS.test(column);
}

/** Whether a column is about the product, and not about one of its variants. */
export function isOfProduct(column: string): boolean {
  return OF_PRODUCTS.has(column) || TRANSLATED.test(column);
}

export function translatedColumn(column: string): TranslatedColumn | undefined {
  const [, text, language] = TRANSLATED.exec(column) ?? [];
  return text ? { text: text as TranslatedColumn['text'], language } : undefined;
}

/** The language of a column of options; empty for the catalogue's own, undefined when it is another column. */
export function languageOfOptions(column: string): string | undefined {
  const [matches, language = ''] = OPTIONS.exec(column) ?? [];
  return matches === undefined ? undefined : language;
}
