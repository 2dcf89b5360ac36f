/** The catalogue's table in a DynamoDB in memory, over which replies get lost and writes meet. */
import { CatalogTable } from '../../src/catalog/adapters/catalog-table';
import type { CatalogStore } from '../../src/catalog/domain/catalog-store';
import { skuRecord } from '../../src/catalog/domain/sku-record';
import { Table } from '../../src/runtime/table';
import { MemoryDynamoDb } from '../simulation/memory-dynamo';
import { networkOf, weather } from '../simulation/network';
import { seeded } from '../simulation/random';
import { SimulatedTime } from '../simulation/simulated-time';
import { product, sku } from './domain/products';

const NOW = new Date('2026-01-02T03:04:05.000Z');
const event = (version: string) => ({
  id: `catalog.published:${version}`,
  type: 'catalog.published',
  version: 1,
  time: NOW.toISOString(),
  data: {},
});

async function inTable<T>(
  run: (store: CatalogStore, db: MemoryDynamoDb) => Promise<T>,
  disturb?: (time: SimulatedTime) => MemoryDynamoDb,
): Promise<T> {
  const time = new SimulatedTime(seeded(7));
  const db = disturb ? disturb(time) : new MemoryDynamoDb();
  return time.run(() => run(new CatalogTable(new Table(db, 'table', time), time), db));
}

test('a product is read as it was written, and carries what lists need', () =>
  inTable(async (store, db) => {
    const mug = product('mug', {
      style: 'cup',
      image: 'mug.jpg',
      skus: [
        sku('sea', { amount: 200, options: [{ name: 'G', value: 'Sea' }], openingStock: 3 }),
        sku('clay', { amount: 150, options: [{ name: 'G', value: 'Clay' }] }),
      ],
      translations: { zh: { name: '杯' } },
    });
    await store.write([mug], NOW);
    expect(await store.read(['mug', 'none'])).toEqual([mug]);
    expect(db.table('table').items()).toEqual([
      expect.objectContaining({
        pk: 'PRODUCT#mug',
        sk: 'PRODUCT',
        kind: 'product',
        schemaVersion: 1,
        gsi1pk: 'CATEGORY#things',
        gsi1sk: 'mug',
        gsi2pk: expect.stringMatching(/^CHANGED#[0-7]$/),
        gsi2sk: '2026-01-02T03:04:05.000Z#mug',
        listed: {
          id: 'mug',
          name: 'mug',
          category: 'things',
          image: 'mug.jpg',
          price: { amount: 150, currency: 'USD' },
          priceTo: { amount: 200, currency: 'USD' },
          skuCount: 2,
          active: true,
        },
      }),
      { pk: 'UNPUBLISHED', sk: expect.any(String), kind: 'unpublished', schemaVersion: 1, ids: ['mug'] },
    ]);
  }));

test('a product whose SKUs all went elsewhere can be kept', () =>
  inTable(async (store) => {
    await store.write([product('empty', { skus: [] })], NOW);
    expect((await store.read(['empty']))[0].skus).toEqual([]);
  }));

test('an item of a kind or version that this code does not know is an error that says so', () =>
  inTable(async (store, db) => {
    const table = new Table(db, 'table', new SimulatedTime(seeded(1)));
    await table.put({ pk: 'PRODUCT#a', sk: 'PRODUCT', kind: 'bundle', schemaVersion: 1 });
    await table.put({ pk: 'PRODUCT#b', sk: 'PRODUCT', kind: 'product', schemaVersion: 2 });
    await expect(store.read(['a'])).rejects.toThrow('PRODUCT#a is of kind bundle in version 1');
    await expect(store.read(['b'])).rejects.toThrow('PRODUCT#b is of kind product in version 2');
  }));

test('all products are found, without reading the whole table', () =>
  inTable(async (store) => {
    const ids = Array.from({ length: 300 }, (_, n) => `p${n}`);
    await store.write(
      ids.map((id) => product(id)),
      NOW,
    );
    expect((await store.ids()).sort()).toEqual([...ids].sort());
  }));

test('what is written counts as unpublished until it is published, however much it is and whatever gets lost', () =>
  inTable(
    async (store, db) => {
      const ids = Array.from({ length: 4100 }, (_, n) => `${n}`.padStart(64, 'p'));
      const products = ids.map((id) => product(id));
      await persistently(() => store.write(products, NOW));
      const first = await persistently(() => store.unpublished());
      expect([...new Set(first.flatMap((note) => note.ids))].sort()).toEqual([...ids].sort());
      const notes = (db.table('table').items() as { pk: string }[]).filter(({ pk }) => pk === 'UNPUBLISHED');
      expect(notes.length).toBeGreaterThan(1);
      for (const note of notes) expect(note).toMatchObject({ kind: 'unpublished', schemaVersion: 1 });

      await persistently(() => store.write([product('mug')], NOW));
      await persistently(() => store.markPublished(first));
      const left = await persistently(() => store.unpublished());
      expect(new Set(left.flatMap((note) => note.ids))).toEqual(new Set(['mug']));
    },
    (time) =>
      new MemoryDynamoDb(networkOf(time, weather(seeded(5), { 'reply lost': 0.05, late: 0.02, throttle: 0.05 }))),
  ));

test('what cannot be written counts as unpublished all the same: some of it may be there', async () => {
  const time = new SimulatedTime(seeded(7));
  const db = new MemoryDynamoDb();
  const breaking = Object.assign(Object.create(db) as MemoryDynamoDb, {
    batchWrite: (input: Parameters<MemoryDynamoDb['batchWrite']>[0]) =>
      JSON.stringify(input).includes('PRODUCT#b')
        ? Promise.reject(new Error('The connection broke.'))
        : db.batchWrite(input),
  });
  const store = new CatalogTable(new Table(breaking, 'table', time), time);
  await time.run(async () => {
    await expect(store.write([product('a'), product('b')], NOW)).rejects.toThrow('The connection broke.');
    expect((await store.unpublished()).flatMap((note) => note.ids)).toEqual(['a', 'b']);
  });
});

test('the owner of a SKU is known, also once it is not sold any more', () =>
  inTable(async (store) => {
    const mug = product('mug', { skus: [sku('sea'), sku('clay')] });
    const records = [skuRecord(mug, mug.skus[0]), skuRecord(mug, mug.skus[1], false)];
    await store.writeSkus(records);
    expect(await store.records(['sea', 'clay', 'none'])).toEqual(new Map(records.map((it) => [it.sku, it])));
  }));

test('a version is told of once, however often it is said, whoever says it, and whatever gets lost', () =>
  inTable(
    async (store, db) => {
      const versions = Array.from({ length: 30 }, (_, n) => `${String(n + 1).padStart(8, '0')}-abc`);
      for (const version of versions) {
        await Promise.all([1, 2, 3].map(() => persistently(() => store.announce(version, event(version)))));
      }
      const items = db.table('table').items() as { pk: string }[];
      expect(items.filter(({ pk }) => pk.startsWith('OUTBOX#'))).toHaveLength(30);
      expect(await persistently(() => store.lastSequence())).toBe(30);
    },
    (time) =>
      new MemoryDynamoDb(
        networkOf(time, weather(seeded(3), { 'reply lost': 0.1, late: 0.05, throttle: 0.1, conflict: 0.1 })),
      ),
  ));

test('before the first version the numbers begin at 0', () =>
  inTable(async (store) => expect(await store.lastSequence()).toBe(0)));

/** As a message comes again whose handling failed. */
async function persistently<T>(attempt: () => Promise<T>): Promise<T> {
  for (let made = 1; ; made++) {
    try {
      return await attempt();
    } catch (error) {
      if (made === 20) throw error;
    }
  }
}
