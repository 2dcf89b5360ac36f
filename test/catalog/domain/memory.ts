import { createHash } from 'node:crypto';
import { setImmediate as pause } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import type { CatalogStore } from '../../../src/catalog/domain/catalog-store';
import { Importer } from '../../../src/catalog/domain/importer';
import type { Objects, StoredObject } from '../../../src/catalog/domain/objects';
import type { Product } from '../../../src/catalog/domain/product';
import { SnapshotPublisher } from '../../../src/catalog/domain/publisher';
import { parsePointer, readSnapshot } from '../../../src/catalog/domain/snapshot';
import type { DomainEvent } from '../../../src/runtime/events';

/** Numbers that look random and are the same in every run (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A process that dies: nothing after it happens. */
export class Death extends Error {}

/** A table and a bucket in memory. Before and after each call others may run, and a process may die. */
export class Backend {
  readonly table = new Map<string, Product>();
  readonly bucket = new Map<string, StoredObject>();
  readonly announced: DomainEvent[] = [];
  calls = 0;

  constructor(private readonly random = () => 0) {}

  /** A process with its own clients; it dies around the call of that number: before it when even, after it when odd. */
  process(diesAt = Number.POSITIVE_INFINITY) {
    let point = 0;
    const around = async <T>(call: () => T): Promise<T> => {
      this.calls++;
      await this.interleave();
      if (point++ === diesAt) throw new Death();
      const result = call();
      if (point++ === diesAt) throw new Death();
      await this.interleave();
      return result;
    };
    const objects: Objects = {
      get: (key) => around(() => this.bucket.get(key)),
      getIfChanged: (key, etag) =>
        around(() => (this.bucket.get(key)?.etag === etag ? 'unchanged' : this.bucket.get(key))),
      put: (key, body) => around(() => this.put(key, body)),
      swap: (key, body, _type, expected) =>
        around(() => {
          if (this.bucket.get(key)?.etag !== expected) return false;
          this.put(key, body);
          return true;
        }),
    };
    const store: CatalogStore = {
      read: (ids) => around(() => ids.flatMap((id) => this.table.get(id) ?? [])),
      // One after the other, as batches arrive, so that others see half of it.
      write: async (products) => {
        for (const product of products) await around(() => this.table.set(product.id, product));
      },
      announce: (version, event) =>
        around(() => {
          if (!this.announced.some(({ id }) => id.endsWith(version))) this.announced.push(event);
        }),
    };
    const clock = { now: () => new Date('2026-01-02T03:04:05Z'), sleep: () => this.interleave() };
    const publisher = new SnapshotPublisher(store, objects, clock);
    return { store, objects, publisher, importer: new Importer(store, objects, publisher, clock, 'USD') };
  }

  put(key: string, body: Uint8Array | string): void {
    const bytes = Buffer.from(body);
    this.bucket.set(key, { body: bytes, etag: createHash('md5').update(bytes).digest('hex') });
  }

  /** Parses an object that is JSON, gzipped or not. */
  // biome-ignore lint/suspicious/noExplicitAny: what is in it is what a test asserts
  json(key: string): any {
    const body = Buffer.from(this.bucket.get(key)?.body ?? 'null');
    return JSON.parse(String(key.endsWith('.gz') ? gunzipSync(body) : body));
  }

  async published(): Promise<readonly Product[]> {
    const pointer = this.bucket.get('published/current.json');
    if (!pointer) return [];
    return (await readSnapshot(this.process().objects, parsePointer(pointer.body))).products;
  }

  /** Mostly short waits and now and then a long one, so that processes do not walk in step. */
  private async interleave(): Promise<void> {
    const longest = this.random() < 0.2 ? 60 : 3;
    for (let turns = Math.floor(this.random() * longest); turns > 0; turns--) await pause();
  }
}
