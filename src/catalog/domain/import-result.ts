import { CATALOG_KEYS } from '../contract';
import type { Rejection } from './product-row';

/** What the importer writes beside a file. */
export interface ImportResult {
  /**
   * `imported` when every product was, `partly_imported` when some were rejected, `failed` when nothing was imported;
   * `running` while it is tried again after it was interrupted.
   */
  readonly status: 'imported' | 'partly_imported' | 'failed' | 'running';
  /** Key of the file. */
  readonly file: string;
  /** Products of the file that are now in the catalogue, whether they changed it or not. */
  readonly imported: number;
  readonly rejectedCount: number;
  /** The first rejected products, in the order of the file. */
  readonly rejected: readonly Rejection[];
  /** Columns that mean nothing to the catalogue. */
  readonly ignoredColumns: readonly string[];
  /** Why the whole file failed; given up if it was through no fault of the file, so that it may yet be imported. */
  readonly error?: { readonly line?: number; readonly reason: string; readonly givenUp?: true };
  /** Version of the catalogue that shows the products; null when there is none. */
  readonly version: string | null;
  /** When it was done; ISO 8601 in UTC. */
  readonly at: string;
  /** Which change of the file this is about. */
  readonly sequencer: string;
  /** How often it was tried again; absent when the first time did. */
  readonly repetitions?: number;
  /** It waits for a service that is busy, which is no repetition. */
  readonly postponed?: true;
}

export type Outcome = Omit<ImportResult, 'file' | 'at' | 'sequencer' | 'repetitions' | 'postponed'>;

export const NOTHING_IMPORTED = {
  imported: 0,
  rejectedCount: 0,
  rejected: [],
  ignoredColumns: [],
  version: null,
} as const;

export function failed(reason: string, line?: number): Outcome {
  return { ...NOTHING_IMPORTED, status: 'failed', error: { ...(line === undefined ? {} : { line }), reason } };
}

/** `imports/<name>` is answered by `import-results/<name>.json`. */
export function resultKeyOf(key: string): string {
  return `${CATALOG_KEYS.IMPORT_RESULTS}${key.slice(CATALOG_KEYS.IMPORTS.length)}.json`;
}

/** Sequencers of one key are compared as hexadecimal numbers. */
export function isLater(a: string, b: string): boolean {
  const length = Math.max(a.length, b.length);
  return a.padStart(length, '0') > b.padStart(length, '0');
}
