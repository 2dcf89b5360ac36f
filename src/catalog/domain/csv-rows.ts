import { CsvError, type InfoRecord, parse as parseCsv } from 'csv-parse/sync';
import { type CatalogOption, IMPORT_LIMITS } from '../contract';
import { languageOfOptions, REQUIRED_COLUMNS } from './columns';
import { BrokenFile, present, type Row } from './row';

/**
 * Rows of a file with a line for each product or variant.
 *
 * @throws BrokenFile
 */
export function readCsv(text: string): Row[] {
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
  return records.map(({ line, values }) => {
    const faults =
      values.length === columns.length
        ? []
        : [`has ${values.length} values, but there are ${columns.length} columns; quote values that contain commas`];
    const fields = present(columns.map((column, index) => [column, values[index] ?? '']));
    return { line, fields, options: readOptions(fields, faults), faults };
  });
}

/** Takes the columns of options out of the fields. */
function readOptions(fields: Map<string, string>, faults: string[]): Map<string, CatalogOption[]> {
  const options = new Map<string, CatalogOption[]>();
  for (const [column, text] of [...fields]) {
    const language = languageOfOptions(column);
    if (language === undefined) continue;
    fields.delete(column);
    const pairs = text.split(';').filter((pair) => pair.trim() !== '');
    if (pairs.some((pair) => !pair.includes('='))) {
      faults.push(`${column} "${text.slice(0, 40)}" must be written as Size=M; Colour=Red`);
      continue;
    }
    options.set(
      language,
      pairs.map((pair) => {
        const [name, ...value] = pair.split('=');
        return { name: name.trim(), value: value.join('=').trim() };
      }),
    );
  }
  return options;
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
