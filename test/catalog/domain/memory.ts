import { createHash } from 'node:crypto';
import { setImmediate as pause } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import type { CatalogPointer, CatalogSkuItem } from '../../../src/catalog/contract';
import type { CatalogStore } from '../../../src/catalog/domain/catalog-store';
import type { ImportResult } from '../../../src/catalog/domain/import-result';
import { Importer, type ImportRequest } from '../../../src/catalog/domain/importer';
import type { Product } from '../../../src/catalog/domain/product';
import { ProductWriter } from '../../../src/catalog/domain/product-writer';
import { Publisher } from '../../../src/catalog/domain/publisher';
import type { DomainEvent } from '../../../src/runtime/events';
import type { ListedObject, Objects, StoredObject } from '../../../src/runtime/objects';
import { Busy } from '../../../src/runtime/refusal';

/** A process that dies: nothing after it happens. */
export class Death extends Error {}

/** A table and a bucket in memory. Before and after each call others may run, and a process may die. */
export class Backend {
  readonly table = new Map<string, Product>();
  /** Ids of products that are noted as unpublished. */
  readonly notes = new Map<string, readonly string[]>();
  /** Products that were asked for. */
  productsRead = 0;
  /** The index that all ids are in has nothing yet. */
  indexLags = false;
  readonly skus = new Map<string, CatalogSkuItem>();
  readonly bucket = new Map<string, StoredObject & { changedAt: Date }>();
  readonly announced: DomainEvent[] = [];
  /** Errors that a process went on after. */
  readonly overlooked: unknown[] = [];
  calls = 0;
  now = new Date('2026-01-02T03:04:05Z');
  /** Keys of objects that are not given out now. */
  unreadable = (_key: string) => false;
  /** Products and SKUs that may still be written before the table throttles. */
  capacity = Number.POSITIVE_INFINITY;
  /** Keys of objects that kill the process that reads them. */
  deadly = (_key: string) => false;

  constructor(private readonly random = () => 0) {}

  /** A process with its own clients; it dies around the call of that number: before it when even, after it when odd. */
  process(diesAt = Number.POSITIVE_INFINITY) {
    let point = 0;
    let isDead = false;
    const step = () => {
      isDead ||= point++ >= diesAt;
      if (isDead) throw new Death();
    };
    const around = async <T>(call: () => T): Promise<T> => {
      this.calls++;
      await this.interleave();
      step();
      const result = call();
      step();
      await this.interleave();
      return result;
    };
    const objects = this.objects(around, () => {
      isDead = true;
    });
    const store = this.store(around);
    const clock = { now: () => this.now, sleep: () => this.interleave(), random: () => 0.5 };
    const publisher = new Publisher(store, objects, clock, (_, error) => this.overlooked.push(error));
    const importer = new Importer(new ProductWriter(store, clock), objects, publisher, clock, 'USD');
    return { store, objects, clock, publisher, importer, import: importOne };

    async function importOne(request: Omit<ImportRequest, 'repeated'>, repeated = false) {
      const [imported] = await importer.import([{ ...request, repeated }]);
      if ('error' in imported) throw imported.error;
      return imported.result as ImportResult | undefined;
    }
  }

  put(key: string, body: Uint8Array | string): void {
    const bytes = Buffer.from(body);
    const etag = createHash('md5').update(bytes).digest('hex');
    this.bucket.set(key, { body: bytes, etag, changedAt: this.now });
  }

  /** Parses an object that is JSON, gzipped or not. */
  // biome-ignore lint/suspicious/noExplicitAny: what is in it is what a test asserts
  json(key: string): any {
    return JSON.parse(this.text(key));
  }

  get pointer(): CatalogPointer {
    return this.json('published/current.json');
  }

  /** What readers see, by id. */
  published(): readonly Product[] {
    if (!this.bucket.has('published/current.json')) return [];
    const lines = this.text(this.pointer.artefacts.products.key).split('\n');
    return lines.slice(0, -1).map((line) => JSON.parse(line));
  }

  /** Price of each SKU that readers see. */
  prices(): Record<string, number> {
    const skus = this.published().flatMap((product) => product.skus);
    return Object.fromEntries(skus.map(({ sku, price }) => [sku, price.amount]));
  }

  private text(key: string): string {
    const body = Buffer.from(this.bucket.get(key)?.body ?? 'null');
    return String(key.endsWith('.gz') ? gunzipSync(body) : body);
  }

  private objects(around: <T>(call: () => T) => Promise<T>, kill: () => void): Objects {
    const read = (key: string) => {
      if (this.unreadable(key)) throw new Error(`S3 does not give out ${key}.`);
      if (this.deadly(key)) kill();
      return this.bucket.get(key);
    };
    const list = (prefix: string): ListedObject[] =>
      [...this.bucket]
        .filter(([key]) => key.startsWith(prefix))
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, { body, etag, changedAt }]) => ({ key, bytes: body.length, etag, changedAt }));
    return {
      get: (key) => around(() => read(key)),
      getIfChanged: (key, etag) => around(() => (read(key)?.etag === etag ? 'unchanged' : read(key))),
      head: () => Promise.reject(new Error('The catalogue asks for no heads.')),
      put: (key, body) => around(() => this.put(key, body)),
      swap: (key, body, _type, expected) =>
        around(() => {
          if (this.bucket.get(key)?.etag !== expected) return String(this.bucket.get(key)?.body) === String(body);
          this.put(key, body);
          return true;
        }),
      remove: (keys) =>
        around(() => {
          for (const key of keys) this.bucket.delete(key);
        }),
      removeIf: () => Promise.reject(new Error('The catalogue removes nothing on conditions.')),
      list: async function* (prefix) {
        yield* await around(() => list(prefix));
      },
      address: () => Promise.reject(new Error('The catalogue gives out no addresses.')),
    };
  }

  private store(around: <T>(call: () => T) => Promise<T>): CatalogStore {
    const within = (write: () => unknown) => () => {
      if (this.capacity-- <= 0) throw new Busy();
      write();
    };
    return {
      read: (ids) =>
        around(() => {
          this.productsRead += ids.length;
          return ids.flatMap((id) => this.table.get(id) ?? []);
        }),
      ids: () => around(() => (this.indexLags ? [] : [...this.table.keys()])),
      records: (skus) =>
        around(() => new Map(skus.flatMap((sku) => this.skus.get(sku) ?? []).map((it) => [it.sku, it]))),
      // One after the other, as batches arrive, so that others see half of it.
      write: async (products) => {
        const ids = products.map(({ id }) => id);
        if (ids.length > 0) await around(() => this.notes.set(`note ${this.calls}`, ids));
        for (const product of products) await around(within(() => this.table.set(product.id, product)));
      },
      unpublished: () => around(() => [...this.notes].map(([note, ids]) => ({ note, ids }))),
      markPublished: (products) =>
        around(() => {
          for (const { note } of products) this.notes.delete(note);
        }),
      writeSkus: async (records) => {
        for (const record of records) await around(within(() => this.skus.set(record.sku, record)));
      },
      announce: (version, event) =>
        around(() => {
          if (!this.announced.some(({ id }) => id.endsWith(version))) this.announced.push(event);
        }),
      lastSequence: () => around(() => Math.max(0, ...this.announced.map(({ id }) => Number(id.slice(18, 26))))),
    };
  }

  /** Mostly short waits and now and then a long one, so that processes do not walk in step. */
  private async interleave(): Promise<void> {
    const longest = this.random() < 0.2 ? 60 : 3;
    for (let turns = Math.floor(this.random() * longest); turns > 0; turns--) await pause();
  }
}
