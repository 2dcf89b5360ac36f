import type { ListedObject } from '../../runtime/objects';
import { CATALOG_KEYS, type CatalogPointer } from '../contract';

const DAY_MS = 24 * 60 * 60 * 1000;

/** A reader may have read the pointer just before it moved, and still be loading what it pointed to. */
const SUPERSEDED_KEPT_MS = DAY_MS;

/** Its stock is read by who hears of a version, which may wait 4 days in a queue and 14 among the dead letters. */
const STOCK_KEPT_MS = 30 * DAY_MS;

interface VersionedObject extends ListedObject {
  readonly version: string;
  readonly sequence: number;
}

/**
 * Objects of versions that nobody reads any more: those replaced long ago, however long they were on sale before. The
 * current version stays.
 */
export async function expiredKeys(
  published: AsyncIterable<ListedObject>,
  { version: current, sequence }: CatalogPointer,
  now: Date,
): Promise<string[]> {
  const objects: VersionedObject[] = [];
  for await (const object of published) {
    const version = versionOf(object.key);
    if (version) objects.push({ ...object, version, sequence: sequenceOf(version) });
  }
  const replacedAt = replacements(objects);
  return objects
    .filter(({ version }) => version !== current)
    .filter((object) => {
      const keptMs = object.key.includes('/stock.') ? STOCK_KEPT_MS : SUPERSEDED_KEPT_MS;
      // One that lost against the current one was never read; it counts from its writing.
      const since = object.sequence < sequence ? replacedAt(object.sequence) : object.changedAt;
      return now.getTime() - since.getTime() > keptMs;
    })
    .map(({ key }) => key);
}

/**
 * When the version of a number was replaced: once the next one was written, and of several with that number the last,
 * since an earlier one may have been given up before the pointer moved to it.
 */
function replacements(objects: readonly VersionedObject[]): (sequence: number) => Date {
  const written = new Map<number, Date>();
  for (const { sequence, changedAt } of objects) {
    if (changedAt > (written.get(sequence) ?? new Date(0))) written.set(sequence, changedAt);
  }
  const sequences = [...written.keys()].sort((a, b) => a - b);
  return (sequence) => {
    const next = sequences.find((other) => other > sequence);
    return (next !== undefined && written.get(next)) || new Date(0);
  };
}

/** Of `published/<version>/<file>`. */
function versionOf(key: string): string | undefined {
  const [version, file] = key.slice(CATALOG_KEYS.PUBLISHED.length).split('/');
  return file === undefined ? undefined : version;
}

/** The number that a version begins with. */
function sequenceOf(version: string): number {
  return Number.parseInt(version, 10);
}
