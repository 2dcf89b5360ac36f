import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { readImportFile } from '../src/catalog/domain/import-file';
import { BrokenFile } from '../src/catalog/domain/row';
import { DemoError } from './errors';
import { assertFile } from './options';

export interface Picture {
  /** What products call it. */
  readonly name: string;
  readonly file: string;
}

export interface CatalogueFile {
  readonly name: string;
  readonly bytes: Buffer;
  readonly rows: number;
  /** Pictures that products name and that are in the folder `images` beside the file, each once. */
  readonly pictures: readonly Picture[];
}

/**
 * Reads a catalogue file as the import will, so that a broken one is found before anything is started.
 * Faults of single rows are left to the import.
 *
 * @throws DemoError with the line at fault
 */
export function readCatalogue(path: string): CatalogueFile {
  assertFile(path);
  const bytes = readFileSync(path);
  const rows = readRows(path, bytes);
  const all = rows.flatMap((row) => [row, ...(row.variants ?? [])]);
  const named = new Set(all.map(({ fields }) => fields.get('image') ?? '').filter(Boolean));
  const pictures = [...named]
    .filter((name) => !name.split('/').includes('..'))
    .map((name) => ({ name, file: join(dirname(path), 'images', name) }))
    .filter(({ file }) => existsSync(file));
  return { name: basename(path), bytes, rows: rows.length, pictures };
}

function readRows(path: string, bytes: Buffer) {
  try {
    return readImportFile(basename(path), bytes);
  } catch (error) {
    if (!(error instanceof BrokenFile)) throw error;
    throw new DemoError(`${path}${error.line === undefined ? '' : `:${error.line}`}: ${error.message}`);
  }
}
