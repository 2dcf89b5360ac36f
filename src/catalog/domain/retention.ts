import type { ListedObject } from '../../runtime/objects';
import { CATALOG_KEYS, type CatalogPointer } from '../contract';

const DAY_MS = 24 * 60 * 60 * 1000;

/** A reader that has just read the pointer may still be loading what it pointed to. */
const SUPERSEDED_KEPT_MS = DAY_MS;

/** Stock is read by who hears of a version, which may wait 4 days in a queue and 14 among the dead letters. */
const STOCK_KEPT_MS = 30 * DAY_MS;

/**
 * Objects of versions that nobody reads any more. The current version and the one before it stay, however old they are;
 * of the others, those written long ago go.
 */
export async function expiredKeys(
  published: AsyncIterable<ListedObject>,
  { version: current }: CatalogPointer,
  now: Date,
): Promise<string[]> {
  const objects: (ListedObject & { version: string })[] = [];
  for await (const object of published) {
    const version = versionOf(object.key);
    if (version) objects.push({ ...object, version });
  }
  const previous = objects
    .map(({ version }) => version)
    .filter((version) => version < current)
    .sort()
    .at(-1);
  return objects
    .filter(({ version }) => version !== current && version !== previous)
    .filter(({ key, changedAt }) => {
      const keptMs = key.includes('/stock.') ? STOCK_KEPT_MS : SUPERSEDED_KEPT_MS;
      return now.getTime() - changedAt.getTime() > keptMs;
    })
    .map(({ key }) => key);
}

/** Of `published/<version>/<file>`. */
function versionOf(key: string): string | undefined {
  const [version, file] = key.slice(CATALOG_KEYS.PUBLISHED.length).split('/');
  return file === undefined ? undefined : version;
}
