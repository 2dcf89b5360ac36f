import { isColumn, translatedColumn } from './columns';
import type { Row } from './import-file';
import { parsePrice } from './price';
import type { Product, Translation } from './product';

export interface Rejection {
  readonly line: number;
  readonly id?: string;
  readonly reason: string;
}

export interface CheckedRows {
  /** The good ones, each id once. */
  readonly products: readonly Product[];
  readonly rejected: readonly Rejection[];
  /** Columns that mean nothing to the catalogue, sorted. */
  readonly ignoredColumns: readonly string[];
}

/**
 * In texts, characters that cannot be seen are refused, and so are halves of characters, which YAML can write and no
 * database takes; a description may have line breaks and tabs.
 */
const CONTROL_CHARACTERS = /[\p{Cc}\p{Cs}]/u;
const CONTROL_CHARACTERS_BUT_BLANKS = /[^\P{Cc}\t\n\r]|\p{Cs}/u;
const ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const LONGEST = { name: 200, description: 10_000, category: 64, style: 64, image: 512 } as const;
const MOST_STOCK = 1_000_000_000;

/** Turns rows into products; a row with any fault is rejected with all its faults. */
export function checkRows(rows: readonly Row[], currency: string): CheckedRows {
  const lines = new Map<string, number>();
  const products: Product[] = [];
  const rejected: Rejection[] = [];
  const ignored = new Set<string>();
  for (const row of rows) {
    const { product, faults } = checkRow(row, currency);
    const earlier = lines.get(product.id);
    if (earlier !== undefined) faults.push(`id is already on line ${earlier}`);
    else if (product.id) lines.set(product.id, row.line);
    if (faults.length === 0) products.push(product);
    else rejected.push({ line: row.line, ...(product.id ? { id: product.id } : {}), reason: faults.join('; ') });
    for (const column of row.fields.keys()) if (!isColumn(column)) ignored.add(column);
  }
  return { products, rejected, ignoredColumns: [...ignored].sort() };
}

function checkRow({ fields, faults: found }: Row, currency: string): { product: Product; faults: string[] } {
  const faults = [...found];
  const text = (column: string, longest: number, unseen = CONTROL_CHARACTERS): string => {
    const value = fields.get(column) ?? '';
    if (value.length > longest) faults.push(`${column} has ${value.length} characters; at most ${longest} are allowed`);
    if (unseen.test(value)) faults.push(`${column} contains control characters`);
    return value;
  };
  const required = (column: string, longest: number): string => {
    if (!fields.has(column)) faults.push(`${column} is missing`);
    return text(column, longest);
  };
  const attempt = <T>(column: string, read: (value: string) => T): T | undefined => {
    const value = fields.get(column);
    if (value === undefined) return undefined;
    try {
      return read(value);
    } catch (error) {
      faults.push(`${column} "${value.slice(0, 40)}" ${(error as Error).message}`);
      return undefined;
    }
  };

  if (!fields.has('id')) faults.push('id is missing');
  if (!fields.has('price')) faults.push('price is missing');
  if (fields.has('stock') && fields.has('current_stock')) faults.push('stock and current_stock are both given');
  const id = attempt('id', readId) ?? '';
  const style = text('style', LONGEST.style);
  const openingStock = attempt(fields.has('stock') ? 'stock' : 'current_stock', readStock);
  const translations = readTranslations(fields, text);
  const product: Product = {
    id,
    sku: id,
    name: required('name', LONGEST.name),
    description: text('description', LONGEST.description, CONTROL_CHARACTERS_BUT_BLANKS),
    category: required('category', LONGEST.category),
    ...(style ? { style } : {}),
    price: attempt('price', (value) => parsePrice(value, currency)) ?? { amount: 0, currency },
    image: attempt('image', readImage) ?? null,
    active: attempt('active', readBoolean) ?? true,
    ...(openingStock === undefined ? {} : { openingStock }),
    ...(translations ? { translations } : {}),
  };
  return { product, faults };
}

function readId(value: string): string {
  if (!ID.test(value)) {
    throw new RangeError(
      'must have 1 to 64 letters, digits, dots, hyphens or underscores, the first a letter or digit',
    );
  }
  return value;
}

function readStock(value: string): number {
  const stock = /^\d{1,10}$/.test(value) ? Number(value) : Number.NaN;
  if (!(stock <= MOST_STOCK)) throw new RangeError(`must be a whole number from 0 to ${MOST_STOCK}`);
  return stock;
}

function readImage(value: string): string {
  const path = value.split('/');
  if (value.length > LONGEST.image || CONTROL_CHARACTERS.test(value) || path.some((part) => /^\.{0,2}$/.test(part))) {
    throw new RangeError('must be the name of an image, such as red-mug.jpg');
  }
  return value;
}

function readBoolean(value: string): boolean {
  if (!/^(true|false)$/i.test(value)) throw new RangeError('must be true or false');
  return value.toLowerCase() === 'true';
}

function readTranslations(
  fields: ReadonlyMap<string, string>,
  text: (column: string, longest: number, unseen?: RegExp) => string,
): Record<string, Translation> | undefined {
  const translations: Record<string, Record<string, string>> = {};
  for (const column of fields.keys()) {
    const translated = translatedColumn(column);
    if (!translated) continue;
    const unseen = translated.text === 'description' ? CONTROL_CHARACTERS_BUT_BLANKS : CONTROL_CHARACTERS;
    translations[translated.language] ??= {};
    translations[translated.language][translated.text] = text(column, LONGEST[translated.text], unseen);
  }
  return Object.keys(translations).length > 0 ? translations : undefined;
}
