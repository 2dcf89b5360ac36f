/** SKUs as an import leaves them in the table, also when it dies anywhere and is repeated. */
import { Backend, Death } from './memory';

const HEADER = 'id,sku,name,category,price,stock,options';
const csv = (...rows: string[]) => [HEADER, ...rows, ''].join('\n');
const request = (key: string) => ({ key: `imports/${key}`, sequencer: '01' });

/** What the table says of each SKU: whose it is, and its price while it is sold. */
function sold(backend: Backend): Record<string, string> {
  return Object.fromEntries(
    [...backend.skus.values()]
      .map(({ sku, productId, active, price }) => [sku, active ? `${productId} ${price.amount}` : 'not sold'])
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

/** Whatever readers see can be ordered at that price, and nothing else is sold. */
function expectTableAndReadersAgree(backend: Backend): void {
  const published = backend
    .published()
    .flatMap(({ id, skus }) => skus.map(({ sku, price }) => [sku, `${id} ${price.amount}`]));
  expect(Object.fromEntries(Object.entries(sold(backend)).filter(([, state]) => state !== 'not sold'))).toEqual(
    Object.fromEntries(published),
  );
}

async function importFile(backend: Backend, name: string, text: string): Promise<void> {
  backend.put(`imports/${name}`, text);
  await backend.process().import(request(name));
}

test('each SKU has an item of its own, with what a cart line needs', async () => {
  const backend = new Backend();
  await importFile(
    backend,
    'a.yaml',
    [
      '- {id: mug, name: Mug, name_zh: 杯, description: Long, category: k, price: 1, image: mug.jpg, variants: [',
      '    {sku: mug-sea, options: {Glaze: Sea}, options_zh: {釉色: 海}, stock: 3},',
      '    {sku: mug-clay, options: {Glaze: Clay}, price: 2, image: clay.jpg}]}',
      '- {id: hat, name: Hat, category: k, price: 5, active: false}',
    ].join('\n'),
  );
  expect([...backend.skus.values()]).toEqual([
    {
      kind: 'sku',
      schemaVersion: 1,
      sku: 'mug-sea',
      productId: 'mug',
      name: 'Mug',
      options: [{ name: 'Glaze', value: 'Sea' }],
      image: 'mug.jpg',
      price: { amount: 100, currency: 'USD' },
      active: true,
      openingStock: 3,
      translations: { zh: { name: '杯', options: [{ name: '釉色', value: '海' }] } },
    },
    expect.objectContaining({ sku: 'mug-clay', image: 'clay.jpg', translations: { zh: { name: '杯' } } }),
    expect.objectContaining({ sku: 'hat', productId: 'hat', active: false }),
  ]);
  expectTableAndReadersAgree(backend);
});

test('a variant that is left out is not sold any more, and its item stays', async () => {
  const backend = new Backend();
  await importFile(backend, 'a.csv', csv('mug,sea,Mug,k,1,3,G=Sea', 'mug,clay,,,2,4,G=Clay'));
  await importFile(backend, 'b.csv', csv('mug,sea,Mug,k,1,3,G=Sea'));
  expect(sold(backend)).toEqual({ clay: 'not sold', sea: 'mug 100' });
  expectTableAndReadersAgree(backend);
});

const BEFORE = csv('sea,,Sea mug,k,1,3,', 'cup,red,Cup,k,3,,C=Red', 'cup,blue,,,4,,C=Blue', 'hat,,Hat,k,9,1,');
/** A product becomes a variant of a new one, a variant goes to another product, and one is new. */
const AFTER = csv('mug,sea,Mug,k,2,,G=Sea', 'mug,clay,,,2,7,G=Clay', 'hat,hat,Hat,k,9,1,K=Hat', 'hat,blue,,,8,,K=Blue');
const RESULT = { blue: 'hat 800', clay: 'mug 200', hat: 'hat 900', red: 'cup 300', sea: 'mug 200' };

test('SKUs that go to another product are taken from the one that had them', async () => {
  const backend = new Backend();
  await importFile(backend, 'a.csv', BEFORE);
  await importFile(backend, 'b.csv', AFTER);
  expect(sold(backend)).toEqual(RESULT);
  expectTableAndReadersAgree(backend);
  expect(backend.published().map(({ id, skus }) => [id, skus.map(({ sku }) => sku)])).toEqual([
    ['cup', ['red']],
    ['hat', ['hat', 'blue']],
    ['mug', ['sea', 'clay']],
  ]);
  expect(backend.table.get('sea')?.skus).toEqual([]);
});

test('an import that dies at any call ends the same once it is repeated', async () => {
  let deaths = 0;
  for (let point = 0; ; point++) {
    const backend = new Backend();
    await importFile(backend, 'a.csv', BEFORE);
    backend.put('imports/b.csv', AFTER);
    const outcome = await backend
      .process(point)
      .import(request('b.csv'))
      .catch((error) => error);
    if (!(outcome instanceof Death)) break;
    deaths++;
    await backend.process().import(request('b.csv'), true);
    expect({ point, sold: sold(backend) }).toEqual({ point, sold: RESULT });
    expectTableAndReadersAgree(backend);
    const told = backend.announced.flatMap(({ data }) => backend.json((data as { stock: { key: string } }).stock.key));
    expect(told).toContainEqual({ sku: 'clay', openingStock: 7 });
    expect(backend.announced).toHaveLength(2);
    expect(backend.json('import-results/b.csv.json').status).toBe('imported');
  }
  expect(deaths).toBeGreaterThan(30);
});

test('a SKU that a dead import has given to another product is not taken from that by whoever loses it later', async () => {
  const backend = new Backend();
  await importFile(backend, 'a.csv', csv('cup,red,Cup,k,3,,C=Red', 'cup,blue,,,4,,C=Blue'));
  backend.put('imports/dies.csv', csv('mug,blue,Mug,k,5,,C=Blue', 'cup,red,Cup,k,3,,C=Red'));
  const isGiven = () => backend.table.has('mug') && backend.table.get('cup')?.skus.length === 2;
  for (let point = 0; !isGiven(); point++) {
    await expect(backend.process(point).import(request('dies.csv'))).rejects.toThrow(Death);
  }
  await importFile(backend, 'b.csv', csv('cup,red,Cup,k,7,,C=Red'));
  expect(sold(backend)).toEqual({ blue: 'mug 500', red: 'cup 700' });
  expectTableAndReadersAgree(backend);
});

test('the same file again writes nothing', async () => {
  const backend = new Backend();
  await importFile(backend, 'a.csv', BEFORE);
  const [items, products] = [[...backend.skus.values()], [...backend.table.values()]];
  await importFile(backend, 'b.csv', BEFORE);
  expect([...backend.skus.values()].every((item, index) => item === items[index])).toBe(true);
  expect([...backend.table.values()].every((item, index) => item === products[index])).toBe(true);
});
