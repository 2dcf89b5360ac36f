import { domainEvent } from '../../runtime/events';
import { CATALOG_KEYS } from '../contract';
import { CATALOG_PUBLISHED } from '../events.generated';
import type { CatalogStore } from './catalog-store';
import type { Objects } from './objects';
import { type Pointer, parsePointer, publicationOf, readSnapshot } from './snapshot';

const ATTEMPTS = 20;

export interface Clock {
  now(): Date;
  sleep(milliseconds: number): Promise<void>;
}

/**
 * Shows readers what the table holds.
 *
 * Several may publish at once. Each reads the pointer, then the table, and swaps the pointer only if it is still the
 * one it read; otherwise it starts again. So whoever swaps last has read the table after all the others wrote to it,
 * and the snapshot ends up equal to the table.
 */
export class SnapshotPublisher {
  constructor(
    private readonly store: CatalogStore,
    private readonly objects: Objects,
    private readonly clock: Clock,
  ) {}

  /**
   * Publishes the products of these ids together with those already published.
   *
   * @returns the version that shows them
   */
  async publish(ids: readonly string[]): Promise<string> {
    for (let made = 0; made < ATTEMPTS; made++) {
      if (made > 0) await this.clock.sleep(Math.random() * Math.min(2000, 50 * 2 ** made));
      const pointer = await this.attempt(ids);
      if (!pointer) continue;
      await this.announce(pointer);
      return pointer.version;
    }
    throw new Error('Others publish at this moment.');
  }

  private async attempt(ids: readonly string[]): Promise<Pointer | undefined> {
    const current = await this.objects.get(CATALOG_KEYS.POINTER);
    const previous = current && parsePointer(current.body);
    const published = previous ? (await readSnapshot(this.objects, previous)).products.map(({ id }) => id) : [];
    const products = await this.store.read([...new Set([...published, ...ids])]);
    const publication = publicationOf(products, previous, this.clock.now());
    if (!publication) return previous;
    // Whoever published that may have died before telling of it, and once it is not the current one nobody would.
    if (previous) await this.announce(previous);
    const { pointer, snapshot, stock } = publication;
    await this.objects.put(pointer.snapshotKey, snapshot, 'application/gzip');
    await this.objects.put(pointer.stockKey, stock, 'application/gzip');
    const body = JSON.stringify(pointer);
    return (await this.objects.swap(CATALOG_KEYS.POINTER, body, 'application/json', current?.etag))
      ? pointer
      : undefined;
  }

  /** Also for a version that was there already: whoever published it may have died before telling of it. */
  private announce({ version, snapshotKey, stockKey, publishedAt }: Pointer): Promise<void> {
    const data = { version, snapshotKey, stockKey };
    return this.store.announce(version, domainEvent(CATALOG_PUBLISHED, version, publishedAt, data));
  }
}
