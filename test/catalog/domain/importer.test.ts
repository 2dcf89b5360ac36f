import { setImmediate as pause } from 'node:timers/promises';
import type { ImportResult } from '../../../src/catalog/domain/import-result';
import { seeded } from '../../simulation/random';
import { seeds } from '../../simulation/seeds';
import { Backend, Death } from './memory';

jest.setTimeout(3_600_000);

const HEADER = 'id,name,category,price,stock';
const csv = (...rows: string[]) => [HEADER, ...rows, ''].join('\n');
const request = (key: string, sequencer = '01') => ({ key: `imports/${key}`, sequencer });

type CatalogPublished = { readonly stock: { readonly key: string } };

/** Lets a file be imported by processes of which each dies a little later, until one lives. */
async function importDespiteDeaths(backend: Backend, key: string): Promise<number> {
  for (let point = 0; ; point++) {
    try {
      await backend.process(point).import(request(key));
      return point;
    } catch (error) {
      if (!(error instanceof Death)) throw error;
    }
  }
}

test('good rows are imported and published, faulty ones reported', async () => {
  const backend = new Backend();
  backend.put('imports/spring/a.csv', csv('mug,Mug,kitchen,1.50,7', 'hat,Hat,clothes,free,1', 'cap,Cap,clothes,3,'));
  const result = await backend.process().import(request('spring/a.csv'));
  expect(backend.json('import-results/spring/a.csv.json')).toEqual(result);
  expect(result).toEqual({
    status: 'partly_imported',
    file: 'imports/spring/a.csv',
    imported: 2,
    rejectedCount: 1,
    rejected: [{ line: 3, id: 'hat', reason: expect.stringContaining('price "free" must be a decimal') }],
    ignoredColumns: [],
    version: expect.stringMatching(/^00000001-[0-9a-f]{12}$/),
    at: '2026-01-02T03:04:05.000Z',
    sequencer: '01',
  });
  const { pointer } = backend;
  const artefact = (file: string) => ({
    key: `published/${result?.version}/${file}`,
    sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    bytes: expect.any(Number),
  });
  expect(pointer).toEqual({
    schemaVersion: 1,
    version: result?.version,
    sequence: 1,
    artefacts: {
      products: artefact('products.ndjson.gz'),
      search: artefact('search.gz'),
      stock: artefact('stock.json.gz'),
    },
    publishedAt: '2026-01-02T03:04:05.000Z',
  });
  expect(backend.published().map(({ id }) => id)).toEqual(['cap', 'mug']);
  expect(backend.json(pointer.artefacts.stock.key)).toEqual([{ sku: 'mug', openingStock: 7 }]);
  expect(backend.announced).toEqual([
    {
      id: `catalog.published:${pointer.version}`,
      type: 'catalog.published',
      version: 1,
      time: pointer.publishedAt,
      data: { version: pointer.version, stock: pointer.artefacts.stock },
    },
  ]);
});

test('a later file adds and replaces; what it does not name stays; what it makes inactive goes', async () => {
  const backend = new Backend();
  backend.put('imports/a.csv', csv('mug,Mug,kitchen,1,7', 'hat,Hat,clothes,2,1', 'cap,Cap,clothes,3,'));
  await backend.process().import(request('a.csv'));
  backend.put(
    'imports/b.csv',
    'id,name,category,price,active\nhat,Hat,clothes,9,\ncap,Cap,clothes,3,false\npen,Pen,office,4,\n',
  );
  const result = await backend.process().import(request('b.csv'));
  expect(result).toMatchObject({ status: 'imported', imported: 3, version: expect.stringMatching(/^00000002-/) });
  expect(backend.prices()).toEqual({ hat: 900, mug: 100, pen: 400 });
  expect(backend.table.get('cap')?.active).toBe(false);
});

test('a file that cannot be read changes nothing and says where it is broken', async () => {
  const backend = new Backend();
  backend.put('imports/a.yaml', '- id: mug\n  name: "Mug\n');
  backend.put('imports/b.csv', csv('mug,,kitchen,1,7'));
  backend.put('imports/c.txt', 'hello');
  const broken = await backend.process().import(request('a.yaml'));
  expect(broken).toMatchObject({ status: 'failed', imported: 0, version: null, error: { line: 3 } });
  expect(await backend.process().import(request('b.csv'))).toMatchObject({
    status: 'failed',
    rejected: [{ line: 2, id: 'mug', reason: 'name is missing' }],
    error: { reason: 'Every row was rejected.' },
  });
  expect(await backend.process().import(request('c.txt'))).toMatchObject({
    status: 'failed',
    error: { reason: 'The name must end in .csv, .yaml or .yml.' },
  });
  expect(backend.table.size).toBe(0);
  expect(backend.announced).toEqual([]);
  expect([...backend.bucket.keys()].filter((key) => key.startsWith('published/'))).toEqual([]);
});

test('a result lists the first thousand faults and counts them all', async () => {
  const backend = new Backend();
  backend.put('imports/a.csv', csv(...Array.from({ length: 1500 }, (_, n) => `p${n},,c,1,`), 'mug,Mug,kitchen,1,'));
  const result = (await backend.process().import(request('a.csv'))) as ImportResult;
  expect(result).toMatchObject({ imported: 1, rejectedCount: 1500 });
  expect(result.rejected).toHaveLength(1000);
});

test('an event that comes again changes nothing, not even what a later file has changed since', async () => {
  const backend = new Backend();
  backend.put('imports/a.csv', csv('mug,Mug,kitchen,1,'));
  backend.put('imports/b.csv', csv('mug,Mug,kitchen,2,'));
  await backend.process().import(request('a.csv', '0A'));
  await backend.process().import(request('b.csv', '0B'));
  expect(await backend.process().import(request('a.csv', '0A'))).toBeUndefined();
  expect(await backend.process().import(request('a.csv', '9'))).toBeUndefined();
  expect(backend.prices()).toEqual({ mug: 200 });
  expect(await backend.process().import(request('a.csv', '00C'))).toMatchObject({ status: 'imported' });
  expect(backend.prices()).toEqual({ mug: 100 });
});

test('a file that changes nothing makes no new version and no new event', async () => {
  const backend = new Backend();
  backend.put('imports/a.csv', csv('mug,Mug,kitchen,1,'));
  backend.put('imports/b.csv', csv('mug,Mug,kitchen,1.00,'));
  const first = await backend.process().import(request('a.csv'));
  const second = await backend.process().import(request('b.csv'));
  expect(second).toMatchObject({ status: 'imported', imported: 1, version: first?.version });
  expect(backend.announced).toHaveLength(1);
});

test('a file that is replaced while it is imported ends up as it was put last, whoever is the slower', async () => {
  for (const seed of seeds('0-79', '0-299')) {
    const backend = new Backend(seeded(seed));
    backend.put('imports/a.csv', csv('mug,Mug,kitchen,1,', 'hat,Hat,clothes,1,'));
    const first = backend.process().import(request('a.csv', '1'));
    for (let turns = seed % 40; turns > 0; turns--) await pause();
    backend.put('imports/a.csv', csv('mug,Mug,kitchen,2,', 'hat,Hat,clothes,2,'));
    await Promise.all([first, backend.process().import(request('a.csv', '2'))]);
    expect({ seed, prices: backend.prices() }).toEqual({
      seed,
      prices: { hat: 200, mug: 200 },
    });
  }
});

test('a file that is too large is answered without being read', async () => {
  const backend = new Backend();
  const size = 40 * 1024 * 1024;
  expect(await backend.process().import({ ...request('a.csv'), size })).toMatchObject({
    status: 'failed',
    error: { reason: `The file has ${size} bytes; an import may have 33554432. Split it.` },
  });
  expect(backend.json('import-results/a.csv.json')).toMatchObject({ status: 'failed' });
});

test('a version whose publisher died before telling of it is told of by the next', async () => {
  for (let point = 0; point < 40; point++) {
    const backend = new Backend();
    backend.put('imports/a.csv', csv('mug,Mug,kitchen,1,'));
    backend.put('imports/b.csv', csv('hat,Hat,clothes,1,'));
    const dies = backend.process(point).import(request('a.csv'));
    await dies.catch((error) => expect(error).toBeInstanceOf(Death));
    await backend.process().import(request('b.csv'));
    const versions = [...backend.bucket.keys()].flatMap((key) => /^published\/(.*)\/stock/.exec(key)?.[1] ?? []);
    const told = backend.announced.map(({ id }) => id.replace('catalog.published:', ''));
    const { sequence } = backend.pointer;
    expect({ point, told: told.length }).toEqual({ point, told: sequence });
    expect(versions).toEqual(expect.arrayContaining(told));
  }
});

test('a file that was deleted meanwhile is nothing to import', async () => {
  const backend = new Backend();
  expect(await backend.process().import(request('gone.csv'))).toBeUndefined();
  expect(backend.bucket.size).toBe(0);
});

test('an import that dies at any point is completed by its repetition, and told of once', async () => {
  const backend = new Backend();
  backend.put('imports/old.csv', csv('old,Old,things,5,1'));
  await backend.process().import(request('old.csv'));
  backend.put('imports/a.csv', csv('mug,Mug,kitchen,1,7', 'hat,Hat,clothes,2,1'));
  expect(await importDespiteDeaths(backend, 'a.csv')).toBeGreaterThan(15);
  expect(backend.published().map(({ id }) => id)).toEqual(['hat', 'mug', 'old']);
  const { pointer } = backend;
  expect(backend.announced.map(({ id }) => id)).toEqual([
    expect.stringContaining('catalog.published:00000001'),
    `catalog.published:${pointer.version}`,
  ]);
  expect(backend.json('import-results/a.csv.json')).toMatchObject({
    status: 'imported',
    imported: 2,
    version: pointer.version,
  });
});

test('wherever an import died, once the file before it is put back each SKU is sold as its product says', async () => {
  let died = true;
  for (let point = 0; died; point++) {
    const backend = new Backend();
    backend.put('imports/a.csv', csv('mug,Mug,kitchen,10,', 'hat,Hat,clothes,20,'));
    await backend.process().import(request('a.csv', '0A'));
    backend.put(
      'imports/b.csv',
      'id,sku,name,category,price,active\nmug,,Mug,kitchen,0.10,\nhat,,Hat,clothes,20,false\ncap,,Cap,clothes,3,\n',
    );
    died = await backend
      .process(point)
      .import(request('b.csv', '0B'))
      .then(() => false)
      .catch(() => true);
    await backend.process().import(request('a.csv', '0C'));
    const sold = [...backend.skus.values()].filter(({ sku }) => sku !== 'cap');
    expect(sold.map(({ sku, price, active }) => [sku, price.amount, active]).sort()).toEqual([
      ['hat', 2000, true],
      ['mug', 1000, true],
    ]);
    expect(backend.prices()).toMatchObject({ mug: 1000, hat: 2000 });
  }
});

test('imports at the same moment: readers end up with what the table holds, and hear of it', async () => {
  for (const seed of seeds('0-49', '0-999')) await importAtOnce(seed);
});

/** SKUs whose opening stock was told, version by version. */
function openedBy(backend: Backend): string[] {
  const stock = backend.announced.flatMap(({ data }) => backend.json((data as CatalogPublished).stock.key));
  return [...new Set(stock.map(({ sku }: { sku: string }) => sku))].sort();
}

async function importAtOnce(seed: number): Promise<void> {
  const backend = new Backend(seeded(seed));
  const files = [0, 1, 2, 3];
  for (const file of files) {
    const rows = [0, 1, 2].map((n) => `shared-${n},N,c,${file + 1},`);
    backend.put(`imports/${file}.csv`, csv(...rows, `own-${file},N,c,1,3`));
  }
  await Promise.all(files.map((file) => backend.process().import(request(`${file}.csv`))));

  const held = [...backend.table.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  expect({ seed, published: backend.published() }).toEqual({ seed, published: held });
  expect(held).toHaveLength(7);
  expect(backend.announced.map(({ id }) => id)).toContain(`catalog.published:${backend.pointer.version}`);
  expect(openedBy(backend)).toEqual(['own-0', 'own-1', 'own-2', 'own-3']);
}
