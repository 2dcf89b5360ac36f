import { expiredKeys } from '../../../src/catalog/domain/retention';

const NOW = new Date('2026-06-30T12:00:00Z');
const POINTER = { version: '00000005-e', sequence: 5 } as Parameters<typeof expiredKeys>[1];

async function* published(ages: Record<string, number>) {
  for (const [version, days] of Object.entries(ages)) {
    for (const file of ['products.ndjson.gz', 'search.gz', 'stock.json.gz']) {
      const changedAt = new Date(NOW.getTime() - days * 24 * 60 * 60 * 1000);
      yield { key: `published/${version}/${file}`, bytes: 1, etag: 'e', changedAt };
    }
  }
  yield { key: 'published/current.json', bytes: 1, etag: 'e', changedAt: new Date(0) };
}

test('a version goes a day after it was replaced, however long it was on sale before; its stock after 30', async () => {
  const ages = { '00000001-a': 99, '00000002-b': 31, '00000003-c': 29, '00000004-d': 0.9, '00000005-e': 0 };
  expect(await expiredKeys(published(ages), POINTER, NOW)).toEqual([
    'published/00000001-a/products.ndjson.gz',
    'published/00000001-a/search.gz',
    'published/00000001-a/stock.json.gz',
    'published/00000002-b/products.ndjson.gz',
    'published/00000002-b/search.gz',
  ]);
});

test('one that was on sale for months stays for a day when it is replaced, and so does the current one for ever', async () => {
  const ages = { '00000004-d': 200, '00000005-e': 0.5 };
  expect(await expiredKeys(published(ages), POINTER, NOW)).toEqual([]);
  expect(await expiredKeys(published({ '00000004-d': 200, '00000005-e': 150 }), POINTER, NOW)).toHaveLength(3);
});

test('one that was given up before it was on sale replaces nothing', async () => {
  const ages = { '00000004-d': 200, '00000005-a': 100, '00000005-e': 0.5 };
  const keys = await expiredKeys(published(ages), POINTER, NOW);
  expect([...new Set(keys.map((key) => key.split('/')[1]))]).toEqual(['00000005-a']);
});

test('a version that lost against the current one goes a day after it was written', async () => {
  const ages = { '00000004-d': 3, '00000005-a': 2, '00000005-e': 2, '00000006-f': 2, '00000006-g': 0.9 };
  const keys = await expiredKeys(published(ages), POINTER, NOW);
  expect([...new Set(keys.map((key) => key.split('/')[1]))]).toEqual(['00000004-d', '00000005-a', '00000006-f']);
});
