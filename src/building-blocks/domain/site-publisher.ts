import { inParallel } from '../../runtime/parallel';
import { type SiteFile, type SiteVersion, siteFiles } from './site';

/** The built pages. */
export interface SiteSource {
  /** All files by name. */
  files(): Promise<Readonly<Record<string, Uint8Array>>>;
}

/** Where versions of sites are stored. */
export interface SiteStore {
  put(file: SiteFile): Promise<void>;
  /** Some of the keys below a folder; none when there are no more. */
  keysBelow(folder: string): Promise<readonly string[]>;
  delete(keys: readonly string[]): Promise<void>;
}

const FILES_AT_ONCE = 20;

/**
 * Stores a version of a site.
 *
 * @returns how many files it has
 */
export async function publishSite(source: SiteSource, store: SiteStore, version: SiteVersion): Promise<number> {
  const files = siteFiles(await source.files(), version);
  await inParallel(files, FILES_AT_ONCE, (file) => store.put(file));
  return files.length;
}

/** Takes a version of a site away. */
export async function removeSite(store: SiteStore, folder: string): Promise<void> {
  for (;;) {
    const keys = await store.keysBelow(folder);
    if (keys.length === 0) return;
    await store.delete(keys);
  }
}
