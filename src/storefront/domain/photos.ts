import { inParallel } from '../../runtime/parallel';
import type { components } from '../functions/api.generated';

export type Photo = components['schemas']['Photo'];
type PhotoVariant = Photo['variants'][number];

/** What the image pipeline knows of its images. */
export interface Summaries {
  /** The summary of an image as it is written; undefined when there is none. */
  find(id: string): Promise<unknown>;
}

const FORMATS: readonly string[] = ['webp', 'avif', 'jpeg', 'png'] satisfies PhotoVariant['format'][];

/** A small function opens a connection for each at first. */
const READ_AT_ONCE = 12;

/** Where photos are, in the order of their ids. What is not there, or not ready, has no variants. */
export function photosOf(summaries: Summaries, ids: readonly string[]): Promise<Photo[]> {
  return inParallel(ids, READ_AT_ONCE, async (id) => ({ id, variants: variantsIn(await summaries.find(id)) }));
}

/** The ids of a list whose entries are percent-encoded; one that encodes no text stays as it is, the id of nothing. */
export function decodedIds(entries: readonly string[]): string[] {
  return entries.map((entry) => {
    try {
      return decodeURIComponent(entry);
    } catch {
      return entry;
    }
  });
}

/** What can be shown now: while a photo is being replaced, that is what was there before. */
function variantsIn(summary: unknown): PhotoVariant[] {
  const { variants } = (summary ?? {}) as { readonly variants?: unknown };
  if (!Array.isArray(variants)) return [];
  return variants
    .filter(isVariant)
    .map(({ key, width, format }) => ({ address: addressOf(key), width, format }))
    .sort((a, b) => a.width - b.width);
}

function isVariant(entry: unknown): entry is { key: string; width: number; format: PhotoVariant['format'] } {
  const { key, width, format } = (entry ?? {}) as { key?: unknown; width?: unknown; format?: unknown };
  return typeof key === 'string' && typeof width === 'number' && width > 0 && FORMATS.includes(String(format));
}

/** Folders in a key stay folders in its address. */
function addressOf(key: string): string {
  return `/${key.split('/').map(encodeURIComponent).join('/')}`;
}
