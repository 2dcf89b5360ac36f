/** Several files at once, files that fail again and again, catalogues that are too large or were lost. */
import { CATALOG_LIMITS } from '../../../src/catalog/contract';
import { MOST_REPETITIONS, TIME_OF_A_FILE_MS } from '../../../src/catalog/domain/importer';
import { withBudget } from '../../../src/runtime/budget';
import { Backend, Death } from './memory';

const csv = (...rows: string[]) => ['id,name,category,price,stock', ...rows, ''].join('\n');
const request = (name: string, repeated = false) => ({ key: `imports/${name}`, sequencer: '01', repeated });
const stockToldBy = (backend: Backend, event: number) =>
  backend.json((backend.announced[event].data as { stock: { key: string } }).stock.key);

test('files of one call are imported in their order and published once', async () => {
  const backend = new Backend();
  const names = Array.from({ length: 10 }, (_, n) => `${n}.csv`);
  for (const [n, name] of names.entries()) backend.put(`imports/${name}`, csv(`own-${n},N,c,1,`, `shared,N,c,${n},`));
  const imported = await backend.process().importer.import(names.map((name) => request(name)));
  const { version, sequence } = backend.pointer;
  expect(sequence).toBe(1);
  expect(imported).toEqual(names.map(() => ({ result: expect.objectContaining({ status: 'imported', version }) })));
  expect(backend.prices()).toMatchObject({ 'own-0': 100, 'own-9': 100, shared: 900 });
  expect(backend.announced).toHaveLength(1);
});

test('small files after a large one read their own products, not those of the large one', async () => {
  const backend = new Backend();
  const { importer } = backend.process();
  backend.put('imports/large.csv', csv(...Array.from({ length: 1000 }, (_, n) => `p${n},N,c,1,`)));
  await importer.import([request('large.csv')]);
  backend.productsRead = 0;
  for (let n = 0; n < 10; n++) {
    backend.put(`imports/${n}.csv`, csv(`small-${n},N,c,1,`));
    await importer.import([request(`${n}.csv`)]);
  }
  expect(backend.published()).toHaveLength(1010);
  // Each is read before it is written, and to be published.
  expect(backend.productsRead).toBe(20);
});

test('what an import wrote that died anywhere comes with the next version, however late, and no index is asked', async () => {
  const large = csv('a,N,c,9,', 'b,N,c,9,', 'd,N,c,9,');
  let left = 0;
  for (let point = 0; ; point++) {
    const backend = new Backend();
    for (const name of ['before', 'after']) backend.put(`imports/${name}.csv`, csv(`${name},N,c,1,`, 'a,N,c,1,'));
    await backend.process().importer.import([request('before.csv')]);
    backend.indexLags = true;
    backend.put('imports/dies.csv', large);
    const died = await backend
      .process(point)
      .import(request('dies.csv'))
      .then(() => false)
      .catch((error) => error instanceof Death);
    if (!died) break;
    if (backend.table.size > backend.published().length) left++;
    backend.bucket.delete('imports/dies.csv');
    backend.now = new Date(backend.now.getTime() + 24 * 60 * 60 * 1000);
    await backend.process().importer.import([request('after.csv')]);
    const held = [...backend.table.values()].sort((one, other) => (one.id < other.id ? -1 : 1));
    expect({ point, published: backend.published() }).toEqual({ point, published: held });
    expect(backend.notes.size).toBe(0);
  }
  expect(left).toBeGreaterThan(5);
});

test('a file that fails for a while holds up those after it, and none before it', async () => {
  const backend = new Backend();
  for (const name of ['a', 'b', 'c']) backend.put(`imports/${name}.csv`, csv(`${name},N,c,1,`));
  backend.unreadable = (key) => key === 'imports/b.csv';
  const { importer } = backend.process();
  const requests = [request('a.csv'), request('b.csv'), request('c.csv')];
  expect(await importer.import(requests)).toEqual([
    { result: expect.objectContaining({ status: 'imported' }) },
    { error: expect.any(Error), givenUp: false },
  ]);
  expect(backend.prices()).toEqual({ a: 100 });
  backend.unreadable = () => false;
  const again = await importer.import(requests.map((file) => ({ ...file, repeated: true })));
  expect(again.map((outcome) => 'result' in outcome && outcome.result?.status)).toEqual([
    false,
    'imported',
    'imported',
  ]);
  expect(backend.prices()).toEqual({ a: 100, b: 100, c: 100 });
});

test('a file that fails again and again is given up, with a result that says so, and holds up nothing any more', async () => {
  const backend = new Backend();
  for (const name of ['bad', 'good']) backend.put(`imports/${name}.csv`, csv(`${name},N,c,1,`));
  backend.unreadable = (key) => key === 'imports/bad.csv';
  const { importer } = backend.process();
  expect(await importer.import([request('bad.csv'), request('good.csv')])).toHaveLength(1);
  const repeated = [request('bad.csv', true), request('good.csv', true)];
  for (let repetition = 1; repetition < MOST_REPETITIONS; repetition++) {
    expect(await importer.import(repeated)).toEqual([{ error: expect.any(Error), givenUp: false }]);
    expect(backend.json('import-results/bad.csv.json')).toMatchObject({ status: 'running', repetitions: repetition });
  }
  expect(await importer.import(repeated)).toEqual([
    { error: expect.any(Error), givenUp: true },
    { result: expect.objectContaining({ status: 'imported' }) },
  ]);
  expect(backend.json('import-results/bad.csv.json')).toMatchObject({
    status: 'failed',
    error: { givenUp: true, reason: expect.stringMatching(/redrive it/) },
  });
  expect(backend.prices()).toEqual({ good: 100 });

  // From the dead-letter queue it comes as if for the first time.
  backend.unreadable = () => false;
  expect(await importer.import([request('bad.csv')])).toEqual([
    { result: expect.objectContaining({ status: 'imported' }) },
  ]);
});

test('a file that is throttled waits, however often, and holds up those after it until it is imported', async () => {
  const backend = new Backend();
  for (const name of ['a', 'b']) backend.put(`imports/${name}.csv`, csv(`${name},N,c,1,`));
  const attempt = (repeated: boolean) =>
    backend.process().importer.import([request('a.csv', repeated), request('b.csv', repeated)]);
  backend.capacity = 0;
  for (let made = 0; made < 5 * MOST_REPETITIONS; made++) {
    expect(await attempt(made > 0)).toEqual([{ error: expect.objectContaining({ code: 'busy' }), givenUp: false }]);
    expect(backend.json('import-results/a.csv.json')).toMatchObject({ status: 'running', postponed: true });
  }
  backend.capacity = Number.POSITIVE_INFINITY;
  expect(await attempt(true)).toMatchObject([
    { result: expect.not.objectContaining({ repetitions: expect.anything() }) },
    { result: { status: 'imported' } },
  ]);
  expect(backend.prices()).toEqual({ a: 100, b: 100 });
});

test('a throttled table takes a large file in as many attempts as it needs, each of which goes on where the last ended', async () => {
  const backend = new Backend();
  backend.put('imports/a.csv', csv(...Array.from({ length: 3000 }, (_, n) => `p${n},N,c,1,`)));
  let attempts = 0;
  for (let imported = false; !imported; attempts++) {
    expect(attempts).toBeLessThan(10);
    backend.capacity = 1050;
    // All of the time is used up: a file that does not advance in it would be given up.
    const [outcome] = await withBudget({ milliseconds: 10_000, retries: 100 }, () =>
      backend.process().importer.import([request('a.csv', attempts > 0)]),
    );
    imported = 'result' in outcome;
    if (!imported) expect(outcome).toMatchObject({ givenUp: false });
  }
  expect(attempts).toBeGreaterThan(MOST_REPETITIONS + 2);
  expect(backend.published()).toHaveLength(3000);
});

test('a file that has used up its time without advancing is given up: it would come again for ever', async () => {
  const backend = new Backend();
  backend.put('imports/a.csv', csv('a,N,c,1,'));
  backend.capacity = 0;
  const attempt = (repeated: boolean) =>
    withBudget({ milliseconds: 10_000, retries: 100 }, () =>
      backend.process().importer.import([request('a.csv', repeated)]),
    );
  await attempt(false);
  for (let repetition = 1; repetition < MOST_REPETITIONS; repetition++) {
    expect(await attempt(true)).toMatchObject([{ givenUp: false }]);
  }
  expect(await attempt(true)).toMatchObject([{ givenUp: true }]);
});

test('with little time left no further file is begun', async () => {
  const backend = new Backend();
  for (const name of ['a', 'b', 'c']) backend.put(`imports/${name}.csv`, csv(`${name},N,c,1,`));
  const { importer } = backend.process();
  const within = (milliseconds: number, repeated: boolean) =>
    withBudget({ milliseconds, retries: 100 }, () =>
      importer.import(['a', 'b', 'c'].map((name) => request(`${name}.csv`, repeated))),
    );
  expect(await within(TIME_OF_A_FILE_MS - 1, false)).toMatchObject([{ result: { status: 'imported' } }]);
  expect(backend.prices()).toEqual({ a: 100 });
  expect(await within(TIME_OF_A_FILE_MS - 1, true)).toEqual([{}]);
  expect(await within(TIME_OF_A_FILE_MS + 60_000, true)).toMatchObject([
    {},
    { result: { status: 'imported' } },
    { result: { status: 'imported' } },
  ]);
  expect(backend.prices()).toEqual({ a: 100, b: 100, c: 100 });
});

test('a file that kills its function is given up too', async () => {
  const backend = new Backend();
  backend.put('imports/a.csv', csv('a,N,c,1,'));
  const tried = async (diesAt?: number) => backend.process(diesAt).importer.import([request('a.csv', true)]);
  for (let repetition = 1; repetition <= MOST_REPETITIONS; repetition++) {
    expect(await tried(8)).toEqual([{ error: expect.any(Death), givenUp: expect.any(Boolean) }]);
    expect(backend.json('import-results/a.csv.json')).toMatchObject({ status: 'running', repetitions: repetition });
  }
  expect(await tried()).toEqual([{ error: expect.any(Error), givenUp: true }]);
  expect(backend.json('import-results/a.csv.json')).toMatchObject({ status: 'failed', error: { givenUp: true } });
});

test('a file that kills its function takes none of those that came in the same call with it', async () => {
  const backend = new Backend();
  for (const name of ['a', 'b', 'c']) backend.put(`imports/${name}.csv`, csv(`${name},N,c,1,`));
  backend.deadly = (key) => key === 'imports/b.csv';
  const call = (repeated: boolean) =>
    backend.process().importer.import(['a', 'b', 'c'].map((name) => request(`${name}.csv`, repeated)));
  await call(false);
  for (let repetition = 1; repetition <= MOST_REPETITIONS; repetition++) await call(true);
  expect(await call(true)).toEqual([
    {},
    { error: expect.any(Error), givenUp: true },
    { result: expect.objectContaining({ status: 'imported' }) },
  ]);
  expect(backend.json('import-results/a.csv.json')).toMatchObject({ status: 'imported' });
  expect(backend.prices()).toEqual({ a: 100, c: 100 });
});

describe('a catalogue that would be too large', () => {
  const limits = { ...CATALOG_LIMITS };
  afterEach(() => {
    Object.assign(CATALOG_LIMITS, limits);
  });

  test('is refused before anything of it is written; what was on sale stays', async () => {
    const backend = new Backend();
    backend.put('imports/a.csv', csv('a,N,c,1,', 'b,N,c,1,'));
    backend.put('imports/b.csv', csv('a,N,c,2,', 'c,N,c,2,'));
    backend.put('imports/c.csv', 'id,name,category,price,active\na,N,c,1,false\nd,N,c,3,\n');
    const { importer } = backend.process();
    await importer.import([request('a.csv')]);
    const before = backend.pointer;
    Object.assign(CATALOG_LIMITS, { PRODUCTS: 2 });
    const reason =
      'The catalogue would have 3 products; at most 2 are served. What was on sale stays as it is. ' +
      'Take products off sale with `active` set to false, then put the file again.';
    expect(await importer.import([request('b.csv')])).toEqual([
      { result: expect.objectContaining({ status: 'failed', imported: 0, version: null, error: { reason } }) },
    ]);
    expect(backend.pointer).toEqual(before);
    expect(backend.table.has('c')).toBe(false);
    expect(backend.skus.get('a')?.price.amount).toBe(100);
    await importer.import([request('c.csv')]);
    expect(backend.prices()).toEqual({ b: 100, d: 300 });
  });

  test('counts what the files before it in the same call add', async () => {
    const backend = new Backend();
    for (const name of ['a', 'b', 'c']) backend.put(`imports/${name}.csv`, csv(`${name},N,c,1,`));
    Object.assign(CATALOG_LIMITS, { PRODUCTS: 2 });
    const imported = await backend.process().importer.import(['a', 'b', 'c'].map((name) => request(`${name}.csv`)));
    expect(imported.map((outcome) => 'result' in outcome && outcome.result?.status)).toEqual([
      'imported',
      'imported',
      'failed',
    ]);
    expect(backend.prices()).toEqual({ a: 100, b: 100 });
  });

  test('by its search index is refused before anything of it is written, and keeps no other file from being shown', async () => {
    const backend = new Backend();
    const words = Array.from({ length: 300 }, (_, n) => `word${n}`).join(' ');
    backend.put('imports/a.csv', csv('a,N,c,1,'));
    backend.put('imports/b.csv', `id,name,category,price,description\nb,N,c,1,${words}\n`);
    backend.put('imports/c.csv', csv('a,N,c,2,'));
    const { importer } = backend.process();
    await importer.import([request('a.csv')]);
    Object.assign(CATALOG_LIMITS, { INDEX_BYTES: backend.pointer.artefacts.search.bytes + 1000 });
    const imported = await importer.import([request('b.csv'), request('c.csv')]);
    expect(imported).toMatchObject([
      { result: { status: 'failed', error: { reason: expect.stringMatching(/bytes of search index/) } } },
      { result: { status: 'imported' } },
    ]);
    expect(backend.table.has('b')).toBe(false);
    expect(backend.prices()).toEqual({ a: 200 });
  });

  /** Products in the table that no version shows: whoever wrote them died. */
  async function leftBehind(backend: Backend, ...rows: string[]): Promise<void> {
    backend.put('imports/dies.csv', csv(...rows));
    for (let point = 0; [...backend.notes].length === 0 || backend.table.size < 1 + rows.length; point++) {
      await backend
        .process(point)
        .import(request('dies.csv'))
        .catch((error) => expect(error).toBeInstanceOf(Death));
    }
    backend.bucket.delete('imports/dies.csv');
    expect(backend.prices()).toEqual({ a: 100 });
  }

  test('counts what an import has left that died, so that nothing is accepted that could not be published', async () => {
    const backend = new Backend();
    const { importer } = backend.process();
    backend.put('imports/a.csv', csv('a,N,c,1,'));
    await importer.import([request('a.csv')]);
    await leftBehind(backend, 'b,N,c,1,');
    Object.assign(CATALOG_LIMITS, { PRODUCTS: 2 });
    backend.put('imports/c.csv', csv('c,N,c,1,'));
    backend.put('imports/d.csv', csv('a,N,c,2,'));
    expect(await importer.import([request('c.csv'), request('d.csv')])).toMatchObject([
      { result: { status: 'failed', error: { reason: expect.stringMatching('would have 3 products; at most 2') } } },
      { result: { status: 'imported' } },
    ]);
    expect(backend.table.has('c')).toBe(false);
    expect(backend.prices()).toEqual({ a: 200, b: 100 });
    expect(backend.notes.size).toBe(0);
  });

  test('by what a dead import has left keeps no later file from being shown; that comes when there is room', async () => {
    const backend = new Backend();
    const { importer } = backend.process();
    backend.put('imports/a.csv', csv('a,N,c,1,'));
    await importer.import([request('a.csv')]);
    await leftBehind(backend, 'b,N,c,1,', 'c,N,c,1,');
    Object.assign(CATALOG_LIMITS, { PRODUCTS: 2 });
    const left = backend.notes.size;
    for (const [n, rows] of [['a,N,c,2,'], ['d,N,c,1,'], ['a,N,c,3,']].entries()) {
      backend.put(`imports/${n}.csv`, csv(...rows));
      expect(await importer.import([request(`${n}.csv`)])).toMatchObject([{ result: { status: 'imported' } }]);
      expect(backend.notes.size).toBe(left);
    }
    expect(backend.prices()).toEqual({ a: 300, d: 100 });
    expect(backend.overlooked).toEqual([
      expect.objectContaining({ facts: { limit: 'PRODUCTS', would: 3, most: 2 } }),
      ...Array(2).fill(expect.objectContaining({ facts: { limit: 'PRODUCTS', would: 4, most: 2 } })),
    ]);

    backend.put('imports/off.csv', 'id,name,category,price,active\na,N,c,1,false\nd,N,c,1,false\n');
    await importer.import([request('off.csv')]);
    expect(backend.prices()).toEqual({ b: 100, c: 100 });
    expect(backend.notes.size).toBe(0);
  });

  test('may be on sale by limits that were higher: it can become smaller step by step, and its prices change', async () => {
    const backend = new Backend();
    const { importer } = backend.process();
    backend.put('imports/a.csv', csv('a,N,c,1,', 'b,N,c,1,', 'c,N,c,1,', 'd,N,c,1,'));
    await importer.import([request('a.csv')]);
    const { products, search } = backend.pointer.artefacts;
    Object.assign(CATALOG_LIMITS, { PRODUCTS: 1, BYTES: products.bytes / 4, INDEX_BYTES: search.bytes / 4 });
    backend.put('imports/b.csv', 'id,name,category,price,active\nd,N,c,1,false\n');
    backend.put('imports/c.csv', csv('a,N,c,2,'));
    backend.put('imports/d.csv', csv('e,N,c,2,'));
    for (const name of ['b', 'c', 'd']) await importer.import([request(`${name}.csv`)]);
    expect(backend.prices()).toEqual({ a: 200, b: 100, c: 100 });
    expect(backend.json('import-results/d.csv.json')).toMatchObject({ status: 'failed' });
  });

  test.each([
    ['BYTES', /bytes of products/],
    ['INDEX_BYTES', /bytes of search index/],
  ])('by its %s is never published', async (limit, reason) => {
    const backend = new Backend();
    backend.put('imports/a.csv', csv('a,N,c,1,'));
    Object.assign(CATALOG_LIMITS, { [limit]: 100 });
    const [imported] = await backend.process().importer.import([request('a.csv')]);
    expect(imported).toMatchObject({ result: { status: 'failed', error: { reason: expect.stringMatching(reason) } } });
    expect(backend.bucket.has('published/current.json')).toBe(false);
  });
});

test('only the stock of SKUs that are new in a version is told with it', async () => {
  const backend = new Backend();
  backend.put('imports/a.csv', csv('a,N,c,1,5', 'b,N,c,1,'));
  backend.put('imports/b.csv', csv('a,N,c,2,9', 'b,N,c,1,2', 'c,N,c,1,3'));
  const { importer } = backend.process();
  await importer.import([request('a.csv')]);
  await importer.import([request('b.csv')]);
  expect(stockToldBy(backend, 0)).toEqual([{ sku: 'a', openingStock: 5 }]);
  expect(stockToldBy(backend, 1)).toEqual([
    { sku: 'b', openingStock: 2 },
    { sku: 'c', openingStock: 3 },
  ]);
});

test('stock is told in the order of the ids, whatever that of the file', async () => {
  const backend = new Backend();
  backend.put('imports/a.csv', csv('mug,N,c,1,7', 'hat,N,c,1,3', 'pen,N,c,1,1'));
  await backend.process().importer.import([request('a.csv')]);
  expect(stockToldBy(backend, 0).map(({ sku }: { sku: string }) => sku)).toEqual(['hat', 'mug', 'pen']);
});

describe('with nothing left but the table', () => {
  async function lost(): Promise<Backend> {
    const backend = new Backend();
    backend.put('imports/a.csv', csv('a,N,c,1,5', 'b,N,c,1,6'));
    await backend.process().importer.import([request('a.csv')]);
    for (const key of backend.bucket.keys()) if (key.startsWith('published/')) backend.bucket.delete(key);
    return backend;
  }

  test('it is published anew on request, under a number that was not there, and told of as if all were new', async () => {
    const backend = await lost();
    backend.put('imports/republish', '');
    const [imported] = await backend.process().importer.import([request('republish')]);
    expect(imported).toMatchObject({ result: { status: 'imported', version: backend.pointer.version } });
    expect(backend.json('import-results/republish.json').version).toBe(backend.pointer.version);
    expect(backend.pointer.sequence).toBe(2);
    expect(backend.prices()).toEqual({ a: 100, b: 100 });
    expect(stockToldBy(backend, 1)).toHaveLength(2);
  });

  test('the next import of a file publishes everything too', async () => {
    const backend = await lost();
    backend.put('imports/b.csv', csv('c,N,c,1,'));
    await backend.process().importer.import([request('b.csv')]);
    expect(backend.prices()).toEqual({ a: 100, b: 100, c: 100 });
  });

  test('a pointer whose version is gone keeps files waiting, and does not keep from publishing anew', async () => {
    const backend = new Backend();
    backend.put('imports/a.csv', csv('a,N,c,1,5'));
    await backend.process().importer.import([request('a.csv')]);
    backend.bucket.delete(backend.pointer.artefacts.products.key);
    backend.put('imports/b.csv', csv('b,N,c,1,'));
    backend.put('imports/republish', '');
    const { importer } = backend.process();
    expect(await importer.import([request('b.csv')])).toEqual([{ error: expect.any(Error), givenUp: false }]);
    await importer.import([request('republish')]);
    await importer.import([request('b.csv', true)]);
    expect(backend.prices()).toEqual({ a: 100, b: 100 });
  });
});

test('old versions go when a new one is published; that they cannot be removed does not matter', async () => {
  const backend = new Backend();
  const { importer } = backend.process();
  for (let n = 1; n <= 4; n++) {
    backend.put(`imports/${n}.csv`, csv(`a,N,c,${n},`));
    await importer.import([request(`${n}.csv`)]);
    backend.now = new Date(backend.now.getTime() + 25 * 60 * 60 * 1000);
  }
  const versions = [...backend.bucket.keys()].flatMap((key) => /published\/0*(\d+)-.*products/.exec(key)?.[1] ?? []);
  expect(versions).toEqual(['3', '4']);
  expect(backend.overlooked).toEqual([]);
});
