/** The columns of an import file that mean something to the catalogue; the others are ignored. */
const COLUMNS = new Set([
  'id',
  'name',
  'description',
  'category',
  'style',
  'price',
  'image',
  'stock',
  'current_stock',
  'active',
]);

/** Columns of texts in another language, such as `name_zh`. */
const TRANSLATED = /^(name|description|category)_([A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3})$/;

export const REQUIRED_COLUMNS = ['id', 'name', 'category', 'price'];

export interface TranslatedColumn {
  readonly text: 'name' | 'description' | 'category';
  readonly language: string;
}

export function isColumn(column: string): boolean {
  return COLUMNS.has(column) || TRANSLATED.test(column);
}

export function translatedColumn(column: string): TranslatedColumn | undefined {
  const [, text, language] = TRANSLATED.exec(column) ?? [];
  return text ? { text: text as TranslatedColumn['text'], language } : undefined;
}
