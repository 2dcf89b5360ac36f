import type { Money } from '../../runtime/money';
import { firstUnseen } from '../../runtime/text';
import { type CatalogOption, IMPORT_LIMITS } from '../contract';
import { translatedColumn } from './columns';
import { parsePrice } from './price';
import type { Sku, Translation } from './product';
import type { Row } from './row';

/** What a description may have, and other texts not. */
const LINE_BREAKS_AND_TABS = /[\t\n\r]/g;
const ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const LONGEST = { name: 200, description: 10_000, category: 64, style: 64, image: 512, option: 64 } as const;
const MOST_STOCK = 1_000_000_000;

type TextColumn = 'name' | 'description' | 'category' | 'style';

/** What a row says, as far as it could be read; what it does not say is empty or undefined. */
export interface RowValues {
  readonly id: string;
  readonly sku: string | undefined;
  readonly name: string;
  readonly description: string;
  readonly category: string;
  readonly style: string;
  readonly price: Money | undefined;
  readonly image: string | null;
  readonly active: boolean;
  readonly openingStock: number | undefined;
  readonly translations: Record<string, Translation> | undefined;
  readonly options: Pick<Sku, 'options' | 'translations'>;
  readonly faults: string[];
}

/** @param required columns that must have a value */
export function readValues(row: Row, currency: string, required: readonly string[]): RowValues {
  const reader = new ValueReader(row, required);
  return {
    id: reader.id('id') ?? '',
    sku: reader.id('sku'),
    style: reader.text('style'),
    openingStock: reader.openingStock(),
    translations: reader.translations(),
    name: reader.text('name'),
    description: reader.text('description'),
    category: reader.text('category'),
    price: reader.attempt('price', (value) => parsePrice(value, currency)),
    image: reader.attempt('image', readImage) ?? null,
    active: reader.attempt('active', readBoolean) ?? true,
    options: reader.options(),
    faults: reader.faults,
  };
}

class ValueReader {
  readonly faults: string[];

  constructor(
    private readonly row: Row,
    private readonly required: readonly string[],
  ) {
    this.faults = [...row.faults];
    for (const column of ['id', 'sku', 'price']) this.require(column);
  }

  id(column: string): string | undefined {
    return this.attempt(column, readId);
  }

  text(column: string, as = column as TextColumn): string {
    this.require(column);
    const value = this.row.fields.get(column) ?? '';
    const longest = LONGEST[as];
    if (value.length > longest) {
      this.faults.push(`${column} has ${value.length} characters; at most ${longest} are allowed`);
    }
    this.refuseUnseen(column, as === 'description' ? value.replace(LINE_BREAKS_AND_TABS, ' ') : value);
    return value;
  }

  openingStock(): number | undefined {
    const { fields } = this.row;
    if (fields.has('stock') && fields.has('current_stock')) this.faults.push('stock and current_stock are both given');
    return this.attempt(fields.has('stock') ? 'stock' : 'current_stock', readStock);
  }

  translations(): Record<string, Translation> | undefined {
    const translations: Record<string, Record<string, string>> = {};
    for (const column of this.row.fields.keys()) {
      const translated = translatedColumn(column);
      if (!translated) continue;
      translations[translated.language] ??= {};
      translations[translated.language][translated.text] = this.text(column, translated.text);
    }
    const languages = Object.keys(translations).length;
    if (languages > IMPORT_LIMITS.LANGUAGES) {
      this.faults.push(`has texts in ${languages} languages; at most ${IMPORT_LIMITS.LANGUAGES} are allowed`);
    }
    return languages > 0 ? translations : undefined;
  }

  /** The options, with those in other languages: the same in the same order. */
  options(): Pick<Sku, 'options' | 'translations'> {
    const own = this.checkedOptions('options', this.row.options.get('') ?? []);
    const translations: Record<string, { options: readonly CatalogOption[] }> = {};
    for (const [language, options] of this.row.options) {
      if (!language) continue;
      const column = `options_${language}`;
      if (options.length !== own.length) this.faults.push(`${column} must have as many as options, in the same order`);
      translations[language] = { options: this.checkedOptions(column, options) };
    }
    return { options: own, ...(Object.keys(translations).length > 0 ? { translations } : {}) };
  }

  attempt<T>(column: string, read: (value: string) => T): T | undefined {
    const value = this.row.fields.get(column);
    if (value === undefined) return undefined;
    try {
      return read(value);
    } catch (error) {
      this.faults.push(`${column} "${value.slice(0, 40)}" ${(error as Error).message}`);
      return undefined;
    }
  }

  private require(column: string): void {
    if (this.required.includes(column) && !this.row.fields.has(column)) this.faults.push(`${column} is missing`);
  }

  private checkedOptions(column: string, options: readonly CatalogOption[]): readonly CatalogOption[] {
    const texts = options.flatMap(({ name, value }) => [name, value]);
    const names = new Set(options.map(({ name }) => name));
    if (options.length > IMPORT_LIMITS.OPTIONS) {
      this.faults.push(`${column} are ${options.length}; at most ${IMPORT_LIMITS.OPTIONS} are allowed`);
    }
    if (names.size < options.length) this.faults.push(`${column} have a name twice`);
    if (texts.some((text) => text === '' || text.length > LONGEST.option)) {
      this.faults.push(`${column} must have names and values of 1 to ${LONGEST.option} characters`);
    }
    this.refuseUnseen(column, texts.join(' '));
    return options;
  }

  private refuseUnseen(column: string, text: string): void {
    const unseen = firstUnseen(text);
    if (unseen) this.faults.push(`${column} must not have ${unseen}, a character that cannot be seen`);
  }
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
  if (value.length > LONGEST.image || firstUnseen(value) || path.some((part) => /^\.{0,2}$/.test(part))) {
    throw new RangeError('must be the name of an image, such as red-mug.jpg');
  }
  return value;
}

function readBoolean(value: string): boolean {
  if (!/^(true|false)$/i.test(value)) throw new RangeError('must be true or false');
  return value.toLowerCase() === 'true';
}
