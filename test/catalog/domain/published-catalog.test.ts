import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { PublishedCatalog } from '../../../src/catalog/domain/published-catalog';
import { Backend } from './memory';

const csv = (price: string) => `id,name,category,price\nmug,Mug,kitchen,${price}\n`;

function readerOf(backend: Backend): PublishedCatalog {
  const { objects, clock } = backend.process();
  return new PublishedCatalog(objects, clock, (error) => backend.overlooked.push(error));
}

function pass(backend: Backend, milliseconds: number): void {
  backend.now = new Date(backend.now.getTime() + milliseconds);
}

async function publish(backend: Backend, price: string, sequencer: string): Promise<void> {
  backend.put('imports/a.csv', csv(price));
  await backend.process().import({ key: 'imports/a.csv', sequencer });
}

test('before anything is published the answer is to come again', async () => {
  const published = readerOf(new Backend());
  await expect(published.current()).rejects.toMatchObject({
    code: 'catalogue_unpublished',
    retryAfter: 5,
  });
});

test('the snapshot is kept, and the pointer looked at every two seconds at most', async () => {
  const backend = new Backend();
  const published = readerOf(backend);
  const price = async () => (await published.current()).product('mug').skus[0].price.amount;
  await publish(backend, '1', '1');
  expect(await price()).toBe(100);
  const first = await published.current();
  await publish(backend, '2', '2');
  const before = backend.calls;
  pass(backend, 1999);
  expect(await price()).toBe(100);
  expect(backend.calls).toBe(before);
  pass(backend, 1);
  expect(await price()).toBe(200);
  expect(backend.calls).toBe(before + 3);
  const second = await published.current();
  expect(second).not.toBe(first);
  pass(backend, 2000);
  expect(await published.current()).toBe(second);
  expect(backend.calls).toBe(before + 4);
});

test('a snapshot that is not the one published is not shown', async () => {
  const backend = new Backend();
  await publish(backend, '1', '1');
  const { key } = backend.pointer.artefacts.products;
  const other = new Backend();
  await publish(other, '2', '1');
  const stored = other.bucket.get(other.pointer.artefacts.products.key);
  backend.put(key, stored?.body ?? '');
  await expect(readerOf(backend).current()).rejects.toThrow(/SHA-256/);
});

test('while S3 fails, what is in memory is shown, and each failure is told', async () => {
  const backend = new Backend();
  const published = readerOf(backend);
  backend.unreadable = () => true;
  await expect(published.current()).rejects.toThrow(/does not give out/);
  backend.unreadable = () => false;
  await publish(backend, '1', '1');
  const first = await published.current();
  await publish(backend, '2', '2');
  pass(backend, 2000);
  backend.unreadable = (key) => key.includes('/search');
  expect(await published.current()).toBe(first);
  expect(backend.overlooked).toHaveLength(1);
  backend.unreadable = () => false;
  expect(await published.current()).toBe(first);
  pass(backend, 2000);
  expect((await published.current()).product('mug').skus[0].price.amount).toBe(200);
  backend.bucket.delete('published/current.json');
  pass(backend, 2000);
  expect((await published.current()).product('mug').skus[0].price.amount).toBe(200);
});

test('a version that expires while it is loaded is left for the one after it', async () => {
  const backend = new Backend();
  await publish(backend, '1', '1');
  const stale = backend.bucket.get('published/current.json');
  const gone = backend.pointer.artefacts.products.key;
  await publish(backend, '2', '2');
  const current = backend.bucket.get('published/current.json');
  backend.bucket.delete(gone);
  const { objects, clock } = backend.process();
  let pointers = 0;
  const get: typeof objects.get = async (key) => {
    if (key !== 'published/current.json') return objects.get(key);
    return pointers++ === 0 ? stale : current;
  };
  const published = new PublishedCatalog({ ...objects, get }, clock, () => undefined);
  expect((await published.current()).product('mug').skus[0].price.amount).toBe(200);
});

test('an index in a form that is not known is made from the products', async () => {
  const backend = new Backend();
  await publish(backend, '1', '1');
  const { artefacts, ...rest } = backend.pointer;
  const content = Buffer.from('{"format":99}\nwhatever');
  backend.put(artefacts.search.key, gzipSync(content));
  const search = {
    ...artefacts.search,
    bytes: content.length,
    sha256: createHash('sha256').update(content).digest('hex'),
  };
  backend.put('published/current.json', JSON.stringify({ ...rest, artefacts: { ...artefacts, search } }));
  expect((await readerOf(backend).current()).page({ q: 'mug', limit: 1 }).total).toBe(1);
});
