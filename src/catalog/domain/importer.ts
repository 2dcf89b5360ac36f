import { CATALOG_KEYS, IMPORT_LIMITS } from '../contract';
import type { CatalogStore } from './catalog-store';
import { BrokenFile, checkSize, readImportFile } from './import-file';
import type { Objects } from './objects';
import { equal, type Product } from './product';
import { checkRows, type Rejection } from './product-row';
import type { Clock, SnapshotPublisher } from './publisher';

/** A file that was put into the bucket. */
export interface ImportRequest {
  readonly key: string;
  /** Grows with each change of the object; in hexadecimal. */
  readonly sequencer: string;
  /** Of the file, in bytes. */
  readonly size?: number;
}

/** What the importer writes beside a file. */
export interface ImportResult {
  /** `imported` when every row was, `partly_imported` when some were rejected, `failed` when nothing was imported. */
  readonly status: 'imported' | 'partly_imported' | 'failed';
  /** Key of the file. */
  readonly file: string;
  /** Rows that are now in the catalogue, whether they changed it or not. */
  readonly imported: number;
  readonly rejectedCount: number;
  /** The first rejected rows, in the order of the file. */
  readonly rejected: readonly Rejection[];
  /** Columns that mean nothing to the catalogue. */
  readonly ignoredColumns: readonly string[];
  /** Why the whole file failed. */
  readonly error?: { readonly line?: number; readonly reason: string };
  /** Version of the catalogue that shows the rows; null when there is none. */
  readonly version: string | null;
  /** When it was done; ISO 8601 in UTC. */
  readonly at: string;
  /** Which change of the file this is about. */
  readonly sequencer: string;
}

/**
 * Imports the products of a file: those in it are added or replaced, all others stay.
 *
 * Safe to repeat at any point: what is written is decided by the file and the table alone, and a file whose result is
 * there is not imported again, since a later file may have changed its products.
 */
export class Importer {
  constructor(
    private readonly store: CatalogStore,
    private readonly objects: Objects,
    private readonly publisher: SnapshotPublisher,
    private readonly clock: Clock,
    private readonly currency: string,
  ) {}

  /** Returns the result it wrote; nothing when the file was deleted or imported before. */
  async import({ key, sequencer, size }: ImportRequest): Promise<ImportResult | undefined> {
    const resultKey = resultKeyOf(key);
    const done = await this.objects.get(resultKey);
    if (done && !isLater(sequencer, sequencerOf(done.body))) return undefined;

    const outcome = await this.importFile(key, size).catch(failed);
    if (!outcome) return undefined;
    const result: ImportResult = { ...outcome, file: key, at: this.clock.now().toISOString(), sequencer };
    await this.objects.put(resultKey, `${JSON.stringify(result, null, 2)}\n`, 'application/json');
    return result;
  }

  /**
   * Imports what is in the file at the end: one that is replaced meanwhile is imported again, so that nothing of what
   * it was before is written over what it is by then.
   */
  private async importFile(key: string, size = 0): Promise<Outcome | undefined> {
    checkSize(size);
    let file = await this.objects.get(key);
    if (!file) return undefined;
    for (;;) {
      const outcome = await this.importRows(key, file.body);
      const now = await this.objects.getIfChanged(key, file.etag);
      if (now === undefined || now === 'unchanged') return outcome;
      file = now;
    }
  }

  private async importRows(key: string, bytes: Uint8Array): Promise<Outcome> {
    const { products, rejected, ignoredColumns } = checkRows(readImportFile(key, bytes), this.currency);
    const report = {
      rejectedCount: rejected.length,
      rejected: rejected.slice(0, IMPORT_LIMITS.REJECTED_LISTED),
      ignoredColumns,
    };
    if (products.length === 0) {
      return { ...NOTHING, ...report, status: 'failed', error: { reason: 'Every row was rejected.' } };
    }
    await this.store.write(await this.changed(products));
    const version = await this.publisher.publish(products.map(({ id }) => id));
    const status = rejected.length === 0 ? 'imported' : 'partly_imported';
    return { status, imported: products.length, ...report, version };
  }

  private async changed(products: readonly Product[]): Promise<Product[]> {
    const known = new Map(
      (await this.store.read(products.map(({ id }) => id))).map((product) => [product.id, product]),
    );
    return products.filter((product) => {
      const before = known.get(product.id);
      return !before || !equal(before, product);
    });
  }
}

type Outcome = Omit<ImportResult, 'file' | 'at' | 'sequencer'>;

/** The outcome for a file that cannot be read. */
function failed(error: unknown): Outcome {
  if (!(error instanceof BrokenFile)) throw error;
  const reason = { ...(error.line === undefined ? {} : { line: error.line }), reason: error.message };
  return { ...NOTHING, status: 'failed', error: reason };
}

const NOTHING = { imported: 0, rejectedCount: 0, rejected: [], ignoredColumns: [], version: null } as const;

/** `imports/<name>` is answered by `import-results/<name>.json`. */
export function resultKeyOf(key: string): string {
  return `${CATALOG_KEYS.IMPORT_RESULTS}${key.slice(CATALOG_KEYS.IMPORTS.length)}.json`;
}

function sequencerOf(result: Uint8Array): string {
  return (JSON.parse(Buffer.from(result).toString('utf8')) as ImportResult).sequencer;
}

/** Sequencers of one key are compared as hexadecimal numbers. */
function isLater(a: string, b: string): boolean {
  const length = Math.max(a.length, b.length);
  return a.padStart(length, '0') > b.padStart(length, '0');
}
