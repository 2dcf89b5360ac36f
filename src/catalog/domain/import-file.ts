import { CsvError, type InfoRecord, parse as parseCsv } from 'csv-parse/sync';
import {
  type Alias,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type ParsedNode,
  parseDocument,
  visit,
  type YAMLMap,
} from 'yaml';
import { IMPORT_LIMITS } from '../contract';
import { isColumn, REQUIRED_COLUMNS } from './columns';

/** One product of a file, every value as it was written. */
export interface Row {
  /** Line on which it begins, counted from 1. */
  readonly line: number;
  /** Values by column. Absent and empty are the same: not here. */
  readonly fields: ReadonlyMap<string, string>;
  /** What keeps it from being read as a row. */
  readonly faults: readonly string[];
}

/** A file that cannot be read at all. */
export class BrokenFile extends Error {
  constructor(
    message: string,
    readonly line?: number,
  ) {
    super(message);
    this.name = 'BrokenFile';
  }
}

/**
 * Reads the rows of an import file; its name tells the form.
 *
 * @throws BrokenFile
 */
export function readImportFile(name: string, bytes: Uint8Array): Row[] {
  const read = readerOf(name);
  checkSize(bytes.byteLength);
  const rows = read(decode(bytes));
  if (rows.length === 0) throw new BrokenFile('The file has no products.');
  if (rows.length > IMPORT_LIMITS.ROWS) {
    throw new BrokenFile(`The file has more than ${IMPORT_LIMITS.ROWS} products. Split it.`);
  }
  return rows;
}

/** @throws BrokenFile when a file has too many bytes to be read */
export function checkSize(bytes: number): void {
  if (bytes <= IMPORT_LIMITS.BYTES) return;
  throw new BrokenFile(`The file has ${bytes} bytes; an import may have ${IMPORT_LIMITS.BYTES}. Split it.`);
}

function readerOf(name: string): (text: string) => Row[] {
  if (/\.csv$/i.test(name)) return readCsv;
  if (/\.ya?ml$/i.test(name)) return readYaml;
  throw new BrokenFile('The name must end in .csv, .yaml or .yml.');
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new BrokenFile('The file is not UTF-8. Save it again in that encoding.', firstUndecodableLine(bytes));
  }
}

/** A line feed is never part of a longer UTF-8 sequence, so each line can be decoded by itself. */
function firstUndecodableLine(bytes: Uint8Array): number {
  let line = 1;
  for (let start = 0; ; line++) {
    const end = bytes.indexOf(0x0a, start);
    try {
      new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(start, end < 0 ? undefined : end));
    } catch {
      return line;
    }
    if (end < 0) return line;
    start = end + 1;
  }
}

function readCsv(text: string): Row[] {
  const [header, ...records] = csvRecords(text);
  if (!header) throw new BrokenFile('The file is empty.');
  const columns = header.values.map((column) => column.trim());
  const missing = REQUIRED_COLUMNS.filter((column) => !columns.includes(column));
  if (missing.length > 0) {
    throw new BrokenFile(
      `The first line must name the columns, separated by commas; ${missing.join(', ')} missing.`,
      header.line,
    );
  }
  const repeated = columns.filter((column, index) => column && columns.indexOf(column) !== index);
  if (repeated.length > 0) throw new BrokenFile(`Columns are named twice: ${repeated.join(', ')}.`, header.line);
  return records.map(({ line, values }) => ({
    line,
    fields: present(columns.map((column, index) => [column, values[index] ?? ''])),
    faults:
      values.length === columns.length
        ? []
        : [`has ${values.length} values, but there are ${columns.length} columns; quote values that contain commas`],
  }));
}

function csvRecords(text: string): { line: number; values: string[] }[] {
  try {
    // The parser counts a Windows line end within quotes as two lines.
    const parsed = parseCsv(text.replace(/\r\n?/g, '\n'), {
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      // The header and one row more than allowed tell enough.
      to: IMPORT_LIMITS.ROWS + 2,
    }) as unknown as {
      record: string[];
      info: InfoRecord;
    }[];
    let previous = { lines: 0, empty: 0 };
    return parsed.map(({ record, info }) => {
      // A record tells where it ends. It begins after the one before it and the empty lines between them.
      const line = previous.lines + 1 + info.empty_lines - previous.empty;
      previous = { lines: info.lines, empty: info.empty_lines };
      return { line, values: record };
    });
  } catch (error) {
    if (error instanceof CsvError) {
      throw new BrokenFile(error.message, typeof error.lines === 'number' ? error.lines : undefined);
    }
    throw error;
  }
}

function readYaml(text: string): Row[] {
  const lines = new LineCounter();
  const document = yamlDocument(text, lines);
  const [error] = document.errors;
  if (error) throw new BrokenFile(`${error.message.split(' at line ')[0]}.`, lines.linePos(error.pos[0]).line);
  const { contents } = document;
  if (contents === null) throw new BrokenFile('The file is empty.');
  if (!isSeq(contents)) throw new BrokenFile('The file must be a list of products, each beginning with "- id: ".', 1);
  const texts = new Texts(document);
  return (contents.items as ParsedNode[]).map((item) => {
    const line = item?.range ? lines.linePos(item.range[0]).line : 1;
    if (!isMap(item)) return { line, fields: new Map(), faults: ['must be a map of columns to values'] };
    const faults: string[] = [];
    const fields = present(yamlFields(item, texts, faults));
    return { line, fields, faults };
  });
}

/** In the failsafe schema every value stays the text that was written: a price is never made a float. */
function yamlDocument(text: string, lineCounter: LineCounter) {
  try {
    return parseDocument(text, { schema: 'failsafe', lineCounter, logLevel: 'error' });
  } catch (error) {
    if (error instanceof RangeError) throw new BrokenFile('The file is nested too deeply.');
    throw error;
  }
}

type YamlDocument = ReturnType<typeof parseDocument>;

function yamlFields(map: YAMLMap, texts: Texts, faults: string[]): [string, string][] {
  return map.items.flatMap(({ key, value }) => {
    const column = texts.of(key)?.trim() ?? '';
    if (column === 'translations' && isMap(value)) return translationFields(value, texts, faults);
    const text = texts.of(value);
    if (text === undefined && isColumn(column)) faults.push(`${column} must be a single value`);
    return [[column, text ?? '']];
  });
}

/** `translations: {zh: {name: …}}` says the same as `name_zh: …`. */
function translationFields(translations: YAMLMap, texts: Texts, faults: string[]): [string, string][] {
  return translations.items.flatMap(({ key, value }) => {
    const language = texts.of(key)?.trim() ?? '';
    if (!isMap(value)) {
      faults.push(`translations.${language} must be a map of columns to texts`);
      return [];
    }
    return yamlFields(value, texts, faults).map(([column, text]): [string, string] => [`${column}_${language}`, text]);
  });
}

/** What stands at the nodes of a document, with its aliases resolved in one walk: each by itself would take one. */
class Texts {
  private readonly meant = new Map<Alias, Node | undefined>();

  constructor(document: YamlDocument) {
    const anchored = new Map<string, Node>();
    visit(document, {
      Node: (_, node) => {
        if (isAlias(node)) this.meant.set(node, anchored.get(node.source));
        else if (node.anchor) anchored.set(node.anchor, node);
      },
    });
  }

  /** The text of a single value; undefined when there are several. */
  of(node: unknown): string | undefined {
    const resolved = isAlias(node) ? this.meant.get(node) : node;
    if (resolved === null) return '';
    if (!isScalar(resolved)) return undefined;
    const text = String(resolved.value ?? '');
    return resolved.type === 'PLAIN' && /^(~|null|Null|NULL)$/.test(text) ? '' : text;
  }
}

function present(fields: [string, string][]): Map<string, string> {
  return new Map(
    fields.map(([column, text]): [string, string] => [column, text.trim()]).filter(([column, text]) => column && text),
  );
}
