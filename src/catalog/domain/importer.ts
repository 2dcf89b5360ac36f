import { type BudgetLimits, remainingMs, withBudget } from '../../runtime/budget';
import type { Clock } from '../../runtime/clock';
import type { Objects } from '../../runtime/objects';
import { Refusal } from '../../runtime/refusal';
import { isPassing } from '../../runtime/retry';
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

/** With less time than this no further file is begun: it would be cut off, which counts as its fault. */
export const TIME_OF_A_FILE_MS = 120_000;

/** A wait and the call after it, at their longest: whoever has less was cut off, and not turned away. */
const TIME_OF_A_RETRY_MS = 15_000;

/** Of a word in the result that the work's own budget may have nothing left for. */
const OF_A_WORD: BudgetLimits = { milliseconds: 1000, retries: 3 };

/** A request on its way: what became of it but for the version that shows it, or why it failed. */
interface Prepared {
  readonly request: ImportRequest;
  readonly repetitions: number;
  readonly outcome?: Outcome;
  /** Products to publish. */
  readonly ids?: readonly string[];
  readonly error?: unknown;
  /** The error is not the file's, and not counted. */
  readonly postponed?: true;
}

/** Products of a file that were written, and how far that has come. */
interface Progress {
  readonly ids: string[];
  /** Something was written, of which a repetition has no more to do. */
  advanced: boolean;
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
   * @returns what became of each, up to the first that must be tried again, for which those after it wait, or to the
   * last for which there was time
   */
  async import(requests: readonly ImportRequest[]): Promise<Imported[]> {
    const imported: Imported[] = [];
    for (const together of runsOf(requests)) {
      if (imported.length > 0 && remainingMs() < TIME_OF_A_FILE_MS) break;
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
      if (prepared.length > 0 && remainingMs() < TIME_OF_A_FILE_MS) break;
      const file = await this.prepare(request, plan);
      prepared.push(file);
      if (file.error !== undefined && !isGivenUp(file)) break;
    }
    return this.conclude(await this.publish(prepared));
  }

  private async prepare(request: ImportRequest, plan: () => Promise<PlannedSize>): Promise<Prepared> {
    let repetitions = 0;
    const progress: Progress = { ids: [], advanced: false };
    try {
      const before = await this.resultOf(request.key);
      const sameChange = before?.sequencer === request.sequencer;
      const unfinished = sameChange && (before.status === 'running' || before.error?.givenUp);
      if (before && !unfinished && !isLater(request.sequencer, before.sequencer)) return { request, repetitions };
      if (request.repeated) {
        repetitions = sameChange ? (before.repetitions ?? 0) : 0;
        if (!sameChange || !before.postponed) repetitions++;
        if (repetitions > MOST_REPETITIONS) throw new Error('The function was cut off each time.');
        // A process that dies leaves no word, so this is said before: it counts how often it was tried.
        await this.putResult({ request, repetitions, outcome: { ...NOTHING_IMPORTED, status: 'running' } });
      }
      return { request, repetitions, ...(await this.importFile(request, plan, progress)) };
    } catch (error) {
      if (error instanceof BrokenFile) return { request, repetitions, outcome: failed(error.message, error.line) };
      if (isTooLarge(error)) return { request, repetitions, outcome: failed(error.detail) };
      return { request, repetitions, error, ...(isPostponed(error, progress.advanced) && { postponed: true }) };
    }
  }

  /**
   * Imports what is in the file at the end: one that is replaced meanwhile is imported again, so that nothing of what
   * it was before is written over what it is by then.
   */
  private async importFile(
    { key, size = 0 }: ImportRequest,
    plan: () => Promise<PlannedSize>,
    progress: Progress,
  ): Promise<Pick<Prepared, 'outcome' | 'ids'>> {
    if (key === CATALOG_KEYS.REPUBLISH) return { outcome: REPUBLISHED, ids: [] };
    checkSize(size);
    let file = await this.objects.get(key);
    while (file) {
      const outcome = await this.importRows(key, file.body, await plan(), progress);
      const now = await this.objects.getIfChanged(key, file.etag);
      if (now === undefined || now === 'unchanged') return { outcome, ids: progress.ids };
      file = now;
    }
    return {};
  }

  /** @param progress is given the products that must be published */
  private async importRows(key: string, bytes: Uint8Array, plan: PlannedSize, progress: Progress): Promise<Outcome> {
    const { products, rejected, ignoredColumns } = checkRows(readImportFile(key, bytes), this.currency);
    const report = {
      ...NOTHING_IMPORTED,
      rejectedCount: rejected.length,
      rejected: rejected.slice(0, IMPORT_LIMITS.REJECTED_LISTED),
      ignoredColumns,
    };
    if (products.length === 0) return { ...report, status: 'failed', error: { reason: 'Every row was rejected.' } };
    plan.add(products);
    for await (const written of this.writer.write(products)) {
      progress.ids.push(...written);
      progress.advanced = true;
    }
    // Also what was as it shall be: an attempt before may have written it.
    progress.ids.push(...products.map(({ id }) => id));
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
      const postponed = isPostponed(error, false) && ({ postponed: true } as const);
      return prepared.map((file) => (file.ids ? { ...file, error, ...postponed } : file));
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
    if (file.postponed) await this.notePostponed(file);
    return { error: file.error, givenUp };
  }

  private async resultOf(key: string): Promise<ImportResult | undefined> {
    const found = await this.objects.get(resultKeyOf(key));
    return found && (JSON.parse(Buffer.from(found.body).toString('utf8')) as ImportResult);
  }

  /** Without it the attempt counts. */
  private async notePostponed(file: Prepared): Promise<void> {
    const running = { ...file, outcome: { ...NOTHING_IMPORTED, status: 'running' } as const };
    await withBudget(OF_A_WORD, () => this.putResult(running)).catch(() => undefined);
  }

  private async putResult({ request, repetitions, outcome, postponed }: Prepared): Promise<ImportResult> {
    const { key: file, sequencer } = request;
    const at = this.clock.now().toISOString();
    const result = {
      ...(outcome as Outcome),
      file,
      at,
      sequencer,
      ...(repetitions > 0 ? { repetitions } : {}),
      ...(postponed && { postponed }),
    };
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

function isGivenUp({ error, repetitions, postponed }: Prepared): boolean {
  return error !== undefined && !postponed && repetitions >= MOST_REPETITIONS;
}

/**
 * Whether a service was busy. Running out of time looks the same, and would come again for ever where a file takes too
 * long: it is no excuse for an attempt that has not advanced.
 */
function isPostponed(error: unknown, advanced: boolean): boolean {
  const isBusy = isPassing(error) || (error instanceof Refusal && error.retryAfter !== undefined);
  return isBusy && (advanced || remainingMs() > TIME_OF_A_RETRY_MS);
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
