import type { Objects } from '../../src/runtime/objects';
import { ImageSummaries } from '../../src/storefront/adapters/image-summaries';
import { decodedIds, photosOf } from '../../src/storefront/domain/photos';

/** Summaries as the pipeline writes them, by id. */
const summaries = (known: Record<string, unknown>) => ({ find: async (id: string) => known[id] });

test('photos are told in the order asked for, with the addresses of what was made', async () => {
  const known = {
    'mug.jpg': {
      id: 'mug.jpg',
      status: 'ready',
      variants: [
        { name: 'full', key: 'media/mug.jpg/1f8e/full.jpg', width: 1200, height: 900, format: 'jpeg', bytes: 9 },
        { name: 'card', key: 'media/mug.jpg/1f8e/card.webp', width: 480, height: 360, format: 'webp', bytes: 4 },
      ],
    },
    'new/杯 100%.jpg': {
      variants: [{ key: 'media/new/杯 100%.jpg/2a/card.webp', width: 480, format: 'webp' }],
    },
  };
  expect(await photosOf(summaries(known), ['new/杯 100%.jpg', 'mug.jpg'])).toEqual([
    {
      id: 'new/杯 100%.jpg',
      variants: [{ address: '/media/new/%E6%9D%AF%20100%25.jpg/2a/card.webp', width: 480, format: 'webp' }],
    },
    {
      id: 'mug.jpg',
      variants: [
        { address: '/media/mug.jpg/1f8e/card.webp', width: 480, format: 'webp' },
        { address: '/media/mug.jpg/1f8e/full.jpg', width: 1200, format: 'jpeg' },
      ],
    },
  ]);
});

test.each([
  ['is not there', undefined],
  ['is worked on', { status: 'processing' }],
  ['was refused', { status: 'rejected', variants: [] }],
  ['was deleted', { status: 'deleted', variants: [] }],
  ['has a summary that says something else', { variants: [null, { key: 7 }, { key: 'a', width: 0, format: 'webp' }] }],
])('one that %s has no variants', async (_, summary) => {
  expect(await photosOf(summaries({ 'mug.jpg': summary }), ['mug.jpg'])).toEqual([{ id: 'mug.jpg', variants: [] }]);
});

test('an id may hold what separates ids, and what is no encoding stays as it is', () => {
  const ids = ['mug, red.jpg', '100%.jpg', '花/a.jpg'];
  expect(decodedIds(ids.map(encodeURIComponent).join().split(','))).toEqual(ids);
  expect(decodedIds(['%FF'])).toEqual(['%FF']);
});

test('summaries are where the pipeline writes them; what S3 takes for no key is asked for by nobody', async () => {
  const asked: string[] = [];
  const media: Pick<Objects, 'get'> = {
    get: async (key) => {
      asked.push(key);
      return key === 'image-summaries/media/a.jpg/summary.json'
        ? { body: Buffer.from('{"id":"a.jpg"}'), etag: '1' }
        : undefined;
    },
  };
  const found = ['a.jpg', 'b.jpg', '../a.jpg', 'a\n.jpg', 'a'.repeat(1024)].map((id) =>
    new ImageSummaries(media, 'image-summaries/media/').find(id),
  );
  expect(await Promise.all(found)).toEqual([{ id: 'a.jpg' }, undefined, undefined, undefined, undefined]);
  expect(asked).toEqual(['image-summaries/media/a.jpg/summary.json', 'image-summaries/media/b.jpg/summary.json']);
});

test('the photos of a long list are looked up some at a time, and answered in their order', async () => {
  const ids = Array.from({ length: 50 }, (_, number) => `${number}.jpg`);
  let underWay = 0;
  let most = 0;
  const find = async () => {
    most = Math.max(most, ++underWay);
    await new Promise((resolve) => setImmediate(resolve));
    underWay--;
    return undefined;
  };
  expect((await photosOf({ find }, ids)).map(({ id }) => id)).toEqual(ids);
  expect(most).toBe(12);
});
