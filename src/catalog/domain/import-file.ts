import { IMPORT_LIMITS } from '../contract';
import { BrokenFile, type Row } from './row';

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
  const count = rows.reduce((sum, { variants = [] }) => sum + 1 + variants.length, 0);
  if (count > IMPORT_LIMITS.ROWS) {
    throw new BrokenFile(`The file has more than ${IMPORT_LIMITS.ROWS} products and variants. Split it.`);
  }
  return rows;
}

/** @throws BrokenFile when a file has too many bytes to be read */
export function checkSize(bytes: number): void {
  if (bytes <= IMPORT_LIMITS.BYTES) return;
  throw new BrokenFile(`The file has ${bytes} bytes; an import may have ${IMPORT_LIMITS.BYTES}. Split it.`);
}

/** A parser is evaluated when a file first needs it: that takes longer than reading many a file. */
function readerOf(name: string): (text: string) => Row[] {
  if (/\.csv$/i.test(name)) return (require('./csv-rows') as typeof import('./csv-rows')).readCsv;
  if (/\.ya?ml$/i.test(name)) return (require('./yaml-rows') as typeof import('./yaml-rows')).readYaml;
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
