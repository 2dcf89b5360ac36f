import type { Clock } from '../../runtime/clock';
import type { Objects } from '../../runtime/objects';
import { CATALOG_KEYS, IMPORT_LIMITS } from '../contract';
import { isTooLarge, type PlannedSize } from './catalog-size';
import { checkSize, readImportFile } from './import-file';
import { failed, type ImportResult, isLater, NOTHING_IMPORTED, type Outcome, resultKeyOf } from './import-result';
import { checkRows } from './product-row';
import type { ProductWriter } from './product-writer';
import type { Publisher } from './publisher';
import { BrokenFile } from './row';

/** A file that was put into the bucket. */
export interface ImportRequest {
  readonly key: string;
  /** Grows with each change of the object; in hexadecimal. */
  readonly sequencer: string;
  /** Of the file, in bytes. */
  readonly size?: number;
  /** It was asked for before, and may have failed then. */
  readonly repeated: boolean;
}

/**
 * What became of a request: its result, or none when there was nothing to do; or why it failed, and whether it is given
 * up.
 */
export type Imported = { readonly result?: ImportResult } | { readonly error: unknown; readonly givenUp: boolean };

/** How often a file is tried again that fails, or whose function dies. */
export const MOST_REPETITIONS = 3;

/** A request on its way: what became of it but for the version that shows it, or why it failed. */
interface Prepared {
  readonly request: ImportRequest;
  readonly repetitions: number;
  readonly outcome?: Outcome;
  /** Products to publish. */
  readonly ids?: readonly string[];
  readonly error?: unknown;
}

/**
 * Imports the products of files: those in them are added or replaced, all others stay.
 *
 * Safe to repeat at any point: what is written is decided by the files and the table alone, and a file whose result is
 * there is not imported again, since a later file may have changed its products.
 */
export class Importer {
  constructor(
    private readonly writer: ProductWriter,
    private readonly objects: Objects,
    private readonly publisher: Publisher,
    private readonly clock: Clock,
    private readonly currency: string,
  ) {}

  /**
   * Imports files in their order and publishes once for all of them. One that comes again may be what cut off the call
   * before, so it is imported by itself: it takes none with it that is not to blame.
   *
   * @returns what became of each, up to the first that must be tried again: those after it wait for it
   */
  async import(requests: readonly ImportRequest[]): Promise<Imported[]> {
    const imported: Imported[] = [];
    for (const together of runsOf(requests)) {
      const outcomes = await this.importTogether(together);
      imported.push(...outcomes);
      if (outcomes.length < together.length || outcomes.some((it) => 'error' in it && !it.givenUp)) break;
    }
    return imported;
  }

  private async importTogether(requests: readonly ImportRequest[]): Promise<Imported[]> {
    const prepared: Prepared[] = [];
    const plan = once(() => this.publisher.plan());
    for (const request of requests) {
      const file = await this.prepare(request, plan);
      prepared.push(file);
      if (file.error !== undefined && !isGivenUp(file)) break;
    }
    return this.conclude(await this.publish(prepared));
  }

  private async prepare(request: ImportRequest, plan: () => Promise<PlannedSize>): Promise<Prepared> {
    let repetitions = 0;
    try {
      const before = await this.resultOf(request.key);
      const sameChange = before?.sequencer === request.sequencer;
      const unfinished = sameChange && (before.status === 'running' || before.error?.givenUp);
      if (before && !unfinished && !isLater(request.sequencer, before.sequencer)) return { request, repetitions };
      if (request.repeated) {
        repetitions = (sameChange ? (before.repetitions ?? 0) : 0) + 1;
        if (repetitions > MOST_REPETITIONS) throw new Error('The function was cut off each time.');
        // A process that dies leaves no word, so this is said before: it counts how often it was tried.
        await this.putResult({ request, repetitions, outcome: { ...NOTHING_IMPORTED, status: 'running' } });
      }
      return { request, repetitions, ...(await this.importFile(request, plan)) };
    } catch (error) {
      if (error instanceof BrokenFile) return { request, repetitions, outcome: failed(error.message, error.line) };
      if (isTooLarge(error)) return { request, repetitions, outcome: failed(error.detail) };
      return { request, repetitions, error };
    }
  }

  /**
   * Imports what is in the file at the end: one that is replaced meanwhile is imported again, so that nothing of what
   * it was before is written over what it is by then.
   */
  private async importFile({ key, size = 0 }: ImportRequest, plan: () => Promise<PlannedSize>) {
    if (key === CATALOG_KEYS.REPUBLISH) return { outcome: REPUBLISHED, ids: [] };
    checkSize(size);
    const ids: string[] = [];
    let file = await this.objects.get(key);
    while (file) {
      const outcome = await this.importRows(key, file.body, await plan(), ids);
      const now = await this.objects.getIfChanged(key, file.etag);
      if (now === undefined || now === 'unchanged') return { outcome, ids };
      file = now;
    }
    return {};
  }

  /** @param ids is given those of the products that must be published */
  private async importRows(key: string, bytes: Uint8Array, plan: PlannedSize, ids: string[]): Promise<Outcome> {
    const { products, rejected, ignoredColumns } = checkRows(readImportFile(key, bytes), this.currency);
    const report = {
      ...NOTHING_IMPORTED,
      rejectedCount: rejected.length,
      rejected: rejected.slice(0, IMPORT_LIMITS.REJECTED_LISTED),
      ignoredColumns,
    };
    if (products.length === 0) return { ...report, status: 'failed', error: { reason: 'Every row was rejected.' } };
    plan.add(products);
    ids.push(...(await this.writer.write(products)));
    return { ...report, status: rejected.length === 0 ? 'imported' : 'partly_imported', imported: products.length };
  }

  /** Publishes the products of all files at once. */
  private async publish(prepared: readonly Prepared[]): Promise<Prepared[]> {
    const ids = prepared.flatMap((file) => file.ids ?? []);
    const anew = prepared.some(({ outcome }) => outcome === REPUBLISHED);
    if (ids.length === 0 && !anew) return [...prepared];
    try {
      const version = await this.publisher.publish([...new Set(ids)], anew);
      return prepared.map((file) => withOutcome(file, (outcome) => ({ ...outcome, version })));
    } catch (error) {
      if (isTooLarge(error)) return prepared.map((file) => withOutcome(file, () => failed(error.detail)));
      return prepared.map((file) => (file.ids ? { ...file, error } : file));
    }
  }

  private async conclude(prepared: readonly Prepared[]): Promise<Imported[]> {
    const imported: Imported[] = [];
    for (const file of prepared) {
      try {
        imported.push(await this.concludeOne(file));
      } catch (error) {
        return [...imported, { error, givenUp: false }];
      }
    }
    return imported;
  }

  private async concludeOne(file: Prepared): Promise<Imported> {
    if (file.error === undefined) return file.outcome ? { result: await this.putResult(file) } : {};
    const givenUp = isGivenUp(file);
    if (givenUp) await this.putResult({ ...file, outcome: GIVEN_UP });
    return { error: file.error, givenUp };
  }

  private async resultOf(key: string): Promise<ImportResult | undefined> {
    const found = await this.objects.get(resultKeyOf(key));
    return found && (JSON.parse(Buffer.from(found.body).toString('utf8')) as ImportResult);
  }

  private async putResult({ request, repetitions, outcome }: Prepared): Promise<ImportResult> {
    const { key: file, sequencer } = request;
    const at = this.clock.now().toISOString();
    const result = { ...(outcome as Outcome), file, at, sequencer, ...(repetitions > 0 ? { repetitions } : {}) };
    const body = `${JSON.stringify(result, null, 2)}\n`;
    await this.objects.put(resultKeyOf(file), body, { contentType: 'application/json' });
    return result;
  }
}

/** Each that comes again by itself, and what is between two of them together. */
function runsOf(requests: readonly ImportRequest[]): ImportRequest[][] {
  const runs: ImportRequest[][] = [];
  requests.forEach((request, index) => {
    if (index === 0 || request.repeated || requests[index - 1].repeated) runs.push([]);
    runs[runs.length - 1].push(request);
  });
  return runs;
}

const REPUBLISHED: Outcome = { ...NOTHING_IMPORTED, status: 'imported' };

const GIVEN_UP: Outcome = {
  ...NOTHING_IMPORTED,
  status: 'failed',
  error: {
    reason:
      'The import failed again and again through no fault of the file; the log of its function tells why. ' +
      'Its message is in the dead-letter queue: redrive it, or put the file again.',
    givenUp: true,
  },
};

function isGivenUp({ error, repetitions }: Prepared): boolean {
  return error !== undefined && repetitions >= MOST_REPETITIONS;
}

function withOutcome(file: Prepared, change: (outcome: Outcome) => Outcome): Prepared {
  return file.ids && file.outcome ? { ...file, outcome: change(file.outcome) } : file;
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
