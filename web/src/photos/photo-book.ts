import type { Photo } from '../api/client';

/** Looks photos up. */
export type LookUp = (ids: readonly string[]) => Promise<readonly Photo[]>;

const MOST_IDS = 50;
/** Of the ids of one request, so that its address stays within what is taken everywhere. */
const MOST_CHARACTERS = 4_000;
/** After which a photo may have been replaced. */
const FRESH_MS = 60_000;

/** What is known of photos. Those that are wanted at one moment are asked for together. */
export class PhotoBook {
  private readonly known = new Map<string, { readonly photo: Photo; readonly at: number }>();
  private readonly listeners = new Set<() => void>();
  private readonly asked = new Set<string>();
  private wanted = new Set<string>();

  constructor(
    private readonly lookUp: LookUp,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Undefined while nobody knows; without variants when there is none. */
  find(id: string): Photo | undefined {
    return this.known.get(id)?.photo;
  }

  /** Finds out about a photo, unless that was done a moment ago. */
  want(id: string): void {
    const { at = Number.NEGATIVE_INFINITY } = this.known.get(id) ?? {};
    if (this.asked.has(id) || this.now() - at < FRESH_MS) return;
    if (this.wanted.size === 0) queueMicrotask(() => this.ask());
    this.wanted.add(id);
    this.asked.add(id);
  }

  /** A file of the photo could not be loaded: it may have been replaced since. */
  renew(id: string): void {
    const found = this.known.get(id);
    if (found) this.known.set(id, { ...found, at: Number.NEGATIVE_INFINITY });
    this.want(id);
  }

  /** @returns how to stop listening */
  listen(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  }

  private ask(): void {
    const ids = [...this.wanted];
    this.wanted = new Set();
    for (const group of groupsOf(ids)) this.askFor(group);
  }

  private async askFor(ids: readonly string[]): Promise<void> {
    // Without an answer a page shows what it shows of products without photos.
    const nothing = ids.map((id) => this.find(id) ?? { id, variants: [] });
    const photos = await this.lookUp(ids).catch(() => nothing);
    for (const photo of photos) this.known.set(photo.id, { photo, at: this.now() });
    for (const id of ids) this.asked.delete(id);
    for (const listener of this.listeners) listener();
  }
}

function groupsOf(ids: readonly string[]): string[][] {
  const groups: string[][] = [];
  let room = 0;
  for (const id of ids) {
    const length = encodeURIComponent(encodeURIComponent(id)).length + 1;
    const last = groups[groups.length - 1];
    if (!last || last.length === MOST_IDS || length > room) {
      groups.push([id]);
      room = MOST_CHARACTERS - length;
    } else {
      last.push(id);
      room -= length;
    }
  }
  return groups;
}
