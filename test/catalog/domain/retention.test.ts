import { expiredKeys } from '../../../src/catalog/domain/retention';

const NOW = new Date('2026-06-30T12:00:00Z');
const POINTER = { version: '00000005-e' } as Parameters<typeof expiredKeys>[1];

async function* published(ages: Record<string, number>) {
  for (const [version, days] of Object.entries(ages)) {
    for (const file of ['products.ndjson.gz', 'search.gz', 'stock.json.gz']) {
      const changedAt = new Date(NOW.getTime() - days * 24 * 60 * 60 * 1000);
      yield { key: `published/${version}/${file}`, bytes: 1, etag: 'e', changedAt };
    }
  }
  yield { key: 'published/current.json', bytes: 1, etag: 'e', changedAt: new Date(0) };
}

test('the current version and the one before it stay, however old; others go after a day, their stock after 30', async () => {
  const ages = { '00000001-a': 31, '00000002-b': 29, '00000003-c': 0.9, '00000004-d': 99, '00000005-e': 98 };
  expect(await expiredKeys(published(ages), POINTER, NOW)).toEqual([
    'published/00000001-a/products.ndjson.gz',
    'published/00000001-a/search.gz',
    'published/00000001-a/stock.json.gz',
    'published/00000002-b/products.ndjson.gz',
    'published/00000002-b/search.gz',
  ]);
});

test('a version that lost against the current one goes like any other', async () => {
  const ages = { '00000004-d': 3, '00000005-a': 2, '00000005-e': 2, '00000006-f': 2 };
  const keys = await expiredKeys(published(ages), POINTER, NOW);
  expect([...new Set(keys.map((key) => key.split('/')[1]))]).toEqual(['00000004-d', '00000006-f']);
});
