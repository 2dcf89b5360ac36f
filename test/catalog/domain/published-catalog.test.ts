import { PublishedCatalog } from '../../../src/catalog/domain/published-catalog';
import { Backend } from './memory';

const csv = (price: string) => `id,name,category,price\nmug,Mug,kitchen,${price}\n`;

async function publish(backend: Backend, price: string, sequencer: string): Promise<void> {
  backend.put('imports/a.csv', csv(price));
  await backend.process().importer.import({ key: 'imports/a.csv', sequencer });
}

test('before anything is published the answer is to come again', async () => {
  const published = new PublishedCatalog(new Backend().process().objects, () => 0);
  await expect(published.current()).rejects.toMatchObject({
    status: 503,
    code: 'catalogue_unpublished',
    headers: { 'retry-after': '5' },
  });
});

test('the snapshot is kept, and the pointer looked at every two seconds at most', async () => {
  const backend = new Backend();
  let now = 1_000_000;
  const published = new PublishedCatalog(backend.process().objects, () => now);
  const price = async () => (await published.current()).product('mug').price.amount;
  await publish(backend, '1', '1');
  expect(await price()).toBe(100);
  const first = await published.current();
  await publish(backend, '2', '2');
  const before = backend.calls;
  now += 1999;
  expect(await price()).toBe(100);
  expect(backend.calls).toBe(before);
  now += 1;
  expect(await price()).toBe(200);
  expect(backend.calls).toBe(before + 2);
  const second = await published.current();
  expect(second).not.toBe(first);
  now += 2000;
  expect(await published.current()).toBe(second);
  expect(backend.calls).toBe(before + 3);
});

test('a snapshot that is not the one published is not shown', async () => {
  const backend = new Backend();
  await publish(backend, '1', '1');
  const { snapshotKey } = backend.json('published/current.json');
  const other = new Backend();
  await publish(other, '2', '1');
  const stored = other.bucket.get(other.json('published/current.json').snapshotKey);
  backend.put(snapshotKey, stored?.body ?? '');
  const published = new PublishedCatalog(backend.process().objects, () => 0);
  await expect(published.current()).rejects.toThrow(/SHA-256/);
});
