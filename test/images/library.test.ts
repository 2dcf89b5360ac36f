import { Library } from '../../src/images/domain/library';
import { Summaries } from '../../src/images/domain/summaries';
import type { Refusal } from '../../src/runtime/refusal';
import { photo } from './pictures';
import { SteppingClock, TestPipeline } from './pipeline';

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'none',
    (error: Refusal) => error.code,
  );
const DAY_MS = 86_400_000;

describe('the library', () => {
  test('tells of images that are finished, on their way, and not there', async () => {
    const pipeline = new TestPipeline();
    const library = pipeline.library();
    await pipeline.drop('ready.jpg', await photo(1));
    await pipeline.put('new.jpg', await photo(1));
    expect(await library.summary('ready.jpg')).toMatchObject({ status: 'ready' });
    expect(await library.summary('new.jpg')).toEqual({ id: 'new.jpg', status: 'processing', variants: [] });
    expect(await codeOf(library.summary('none.jpg'))).toBe('image_not_found');
  });

  test('tells of an image that was replaced as it is now, with the variants that can be shown meanwhile', async () => {
    const pipeline = new TestPipeline();
    const { variants } = await pipeline.drop('x.jpg', await photo(1));
    await pipeline.put('x.jpg', await photo(2));
    expect(await pipeline.library().summary('x.jpg')).toEqual({ id: 'x.jpg', status: 'processing', variants });
  });

  test('lets no image wait for ever', async () => {
    const clock = new SteppingClock();
    const pipeline = new TestPipeline({ clock });
    await pipeline.put('lost.jpg', await photo(1));
    clock.pass(DAY_MS);
    expect(await pipeline.library().summary('lost.jpg')).toMatchObject({ status: 'processing' });
    clock.pass(1);
    expect(await pipeline.library().summary('lost.jpg')).toEqual({
      id: 'lost.jpg',
      status: 'failed',
      variants: [],
      problems: [{ code: 'timed_out', detail: expect.stringContaining('Putting the image again') }],
    });
    await pipeline.work('lost.jpg');
    expect(await pipeline.library().summary('lost.jpg')).toMatchObject({ status: 'ready' });
  });

  test('does not know what was deleted, even before its variants are', async () => {
    const pipeline = new TestPipeline();
    await pipeline.drop('x.jpg', await photo(1));
    await pipeline.originals.remove(['in/x.jpg']);
    expect(await codeOf(pipeline.library().summary('x.jpg'))).toBe('image_not_found');
    expect(await codeOf(pipeline.library().variant('x.jpg', 'thumb'))).toBe('image_not_found');
    await pipeline.work('x.jpg');
    await pipeline.put('x.jpg', await photo(2));
    expect(await pipeline.library().summary('x.jpg')).toEqual({ id: 'x.jpg', status: 'processing', variants: [] });
  });

  test.each(['画'.repeat(400), '../in/x.jpg', 'a/./x.jpg', '..', 'x\0.jpg'])('never asks S3 for %j', async (id) => {
    const { layout, clock } = new TestPipeline();
    const ask = () => Promise.reject(new Error('asked'));
    const store = { get: ask, head: ask } as never;
    const summaries = new Summaries(store, layout);
    const library = new Library({ layout, originals: store, media: store, summaries, clock });
    expect(await codeOf(library.summary(id))).toBe('image_not_found');
    expect(await codeOf(library.variant(id, 'thumb'))).toBe('image_not_found');
  });

  test('gives variants out, large ones by their address', async () => {
    const pipeline = new TestPipeline();
    const summary = await pipeline.drop('x y.jpg', await photo(1));
    const [{ key }] = summary.variants;
    expect(await pipeline.library().variant('x y.jpg', 'thumb')).toEqual({
      etag: '"0000000000000001"',
      bytes: pipeline.s3.objects('made').get(key)?.body,
      contentType: 'image/webp',
    });

    const large = { ...summary, variants: [{ ...summary.variants[0], bytes: 2_000_000 }] };
    await pipeline.media.put('told/x y.jpg/summary.json', JSON.stringify(large), { contentType: 'application/json' });
    expect(await pipeline.library().variant('x y.jpg', 'thumb')).toEqual({
      etag: '"0000000000000001"',
      address: `https://made.example/${encodeURIComponent(key)}?seconds=300`,
      seconds: 300,
    });
  });

  test('sends nothing again that the client has, until it is replaced', async () => {
    const pipeline = new TestPipeline();
    await pipeline.drop('x.jpg', await photo(1));
    const { etag } = await pipeline.library().variant('x.jpg', 'thumb');
    expect(await pipeline.library().variant('x.jpg', 'thumb', `W/${etag}, "other"`)).toEqual({ etag });
    expect(await pipeline.library().variant('x.jpg', 'thumb', '"other"')).toHaveProperty('bytes');
    await pipeline.drop('x.jpg', await photo(2));
    expect(await pipeline.library().variant('x.jpg', 'thumb', etag)).toHaveProperty('bytes');
  });

  test('knows no variants beside those that were made', async () => {
    const pipeline = new TestPipeline();
    const { variants } = await pipeline.drop('x.jpg', await photo(1));
    expect(await codeOf(pipeline.library().variant('x.jpg', 'poster'))).toBe('variant_not_found');
    expect(await codeOf(pipeline.library().variant('none.jpg', 'thumb'))).toBe('image_not_found');
    await pipeline.media.remove([variants[0].key]);
    expect(await codeOf(pipeline.library().variant('x.jpg', 'thumb'))).toBe('variant_not_found');
    await pipeline.drop('bad.jpg', Buffer.from('text'));
    expect(await codeOf(pipeline.library().variant('bad.jpg', 'thumb'))).toBe('variant_not_found');
  });
});
