import sharp from 'sharp';
import type { FailedRun, ImageRun } from '../../src/images/domain/image-run';
import { Layout } from '../../src/images/domain/layout';
import { Library } from '../../src/images/domain/library';
import { summariseStep } from '../../src/images/domain/summarise-step';
import type { Recipe } from '../../src/images/domain/transform';
import { transformStep } from '../../src/images/domain/transform-step';
import { imageOf, secondsToWait, Uploads } from '../../src/images/domain/upload';
import { validateStep } from '../../src/images/domain/validate-step';
import { Problem } from '../../src/runtime/problem';
import { MemoryStore } from './memory-store';
import { bomb, heic, photo } from './pictures';

const RECIPE: Recipe = {
  variants: [
    { name: 'thumb', width: 30, fit: 'inside', format: 'webp', quality: 80 },
    { name: 'print', width: 90, fit: 'inside', format: 'jpeg', quality: 80 },
  ],
  keep: 'none',
};
const LIMITS = { maxBytes: 1_000_000, maxPixels: 1_000_000, maxFrames: 5 };

/** A pipeline in memory: `run` does what S3's event and the state machine do. */
function pipeline(recipe = RECIPE) {
  const [originals, media] = [new MemoryStore(), new MemoryStore()];
  const props = { originals, media, layout: new Layout({ source: 'in/', output: 'out/' }), limits: LIMITS };

  const event = async (key: string): Promise<ImageRun> => {
    const stored = await originals.get(key);
    return { object: { key, size: stored?.bytes.byteLength, etag: stored?.etag } };
  };
  const run = async (start: ImageRun) => {
    let state: FailedRun = start;
    const step = async (next: (input: ImageRun) => Promise<ImageRun>) => {
      if (state.error) return;
      const input = JSON.parse(JSON.stringify(state));
      state = await next(input).catch((error) => ({ ...input, error: { Error: error.name, Cause: error.message } }));
      expect(JSON.stringify(state).length).toBeLessThan(2000);
    };
    await step((input) => validateStep(input, { ...props, recipe }));
    await step((input) => transformStep(input, { ...props, recipe, maxPixels: LIMITS.maxPixels }));
    return summariseStep(state, props);
  };
  const drop = async (id: string, bytes: Uint8Array) => {
    await originals.put(`in/${id}`, bytes, { contentType: 'image/jpeg' });
    return run(await event(`in/${id}`));
  };
  return { ...props, event, run, drop };
}

describe('the chain', () => {
  test('makes the variants and says so', async () => {
    const { drop, media } = pipeline();
    const bytes = await photo(6);
    const summary = await drop('a/b.jpg', bytes);
    expect(summary).toEqual({
      id: 'a/b.jpg',
      status: 'ready',
      etag: expect.stringMatching(/^[0-9a-f]{32}$/),
      recipe: expect.stringMatching(/^[0-9a-f]{16}$/),
      source: { format: 'jpeg', width: 120, height: 80, frames: 1, bytes: bytes.length },
      steps: { validate: 'done', transform: 'done', summarise: 'done' },
      variants: [
        expect.objectContaining({
          name: 'thumb',
          format: 'webp',
          width: 30,
          height: 20,
          key: 'out/a/b.jpg/thumb.webp',
        }),
        expect.objectContaining({
          name: 'print',
          format: 'jpeg',
          width: 90,
          height: 60,
          key: 'out/a/b.jpg/print.jpeg',
        }),
      ],
      problems: [],
    });
    for (const { key, bytes: size, bytesSaved } of summary?.variants ?? []) {
      expect(media.objects.get(key)?.bytes.byteLength).toBe(size);
      expect(bytesSaved).toBe(bytes.length - size);
    }
    expect(media.objects.get('out/a/b.jpg/print.jpeg')?.contentType).toBe('image/jpeg');
    expect(media.json('out/a/b.jpg/summary.json')).toEqual(summary);
  });

  test.each(['white space.jpg', 'a+b & c.jpg', '图片/照片 1.jpg', 'what?#100%.jpg', "it's (1)!.jpg"])(
    'takes the key %s as it is',
    async (id) => {
      const { drop, media } = pipeline();
      expect(await drop(id, await photo(1))).toMatchObject({ id, status: 'ready' });
      expect([...media.objects.keys()]).toEqual(
        ['thumb.webp', 'print.jpeg', 'summary.json'].map((it) => `out/${id}/${it}`),
      );
    },
  );

  test('does a repeated event once, and again when image or settings changed', async () => {
    const { drop, run, event, media, ...props } = pipeline();
    await drop('x.jpg', await photo(1));
    const before = media.puts.length;
    expect(await run(await event('in/x.jpg'))).toBeUndefined();
    expect(media.puts.length).toBe(before);

    expect(await drop('x.jpg', await photo(2))).toMatchObject({ status: 'ready' });
    expect(media.puts.length).toBe(2 * before);

    const changed = { variants: RECIPE.variants.slice(1), keep: RECIPE.keep };
    const state = await validateStep(await event('in/x.jpg'), { ...props, media, recipe: changed });
    expect(state.stopped).toBeUndefined();
  });

  test('tries a failed image again, and not a rejected one', async () => {
    const { drop, run, event, media, originals } = pipeline();
    await drop('no.jpg', Buffer.from('text'));
    const before = media.puts.length;
    expect(await run(await event('in/no.jpg'))).toBeUndefined();
    expect(media.puts.length).toBe(before);

    await originals.put('in/x.jpg', await photo(1), { contentType: 'image/jpeg' });
    jest.spyOn(media, 'put').mockRejectedValueOnce(new Error('out of order'));
    expect(await run(await event('in/x.jpg'))).toMatchObject({ status: 'failed', recipe: expect.any(String) });
    expect(await run(await event('in/x.jpg'))).toMatchObject({ status: 'ready' });
  });

  test.each([
    ['a text file', Buffer.from('plain text'), 'not_an_image'],
    ['nothing', Buffer.alloc(0), 'not_an_image'],
    ['HEIC', heic(), 'unsupported_codec'],
    ['a bomb', bomb(20_000, 20_000, 20_000), 'too_many_pixels'],
    ['a giant', Buffer.alloc(LIMITS.maxBytes + 1), 'too_many_bytes'],
  ])('refuses %s with a summary', async (_, bytes, code) => {
    const { drop, media } = pipeline();
    expect(await drop('bad.jpg', bytes)).toMatchObject({
      status: 'rejected',
      steps: { validate: 'rejected', transform: 'skipped', summarise: 'done' },
      variants: [],
      problems: [{ code, detail: expect.any(String) }],
    });
    expect([...media.objects.keys()]).toEqual(['out/bad.jpg/summary.json']);
  });

  test('does not even fetch what is too large', async () => {
    const { drop, originals } = pipeline();
    const get = jest.spyOn(originals, 'get');
    await drop('giant.jpg', Buffer.alloc(LIMITS.maxBytes + 1));
    expect(get).toHaveBeenCalledTimes(1); // by the event alone
  });

  test('goes on without a variant that cannot be made', async () => {
    const { drop, media } = pipeline({
      ...RECIPE,
      variants: [
        { name: 'tall', width: 8, fit: 'inside', format: 'webp' },
        { ...RECIPE.variants[1], height: 90 },
      ],
    });
    const tall = await sharp({ create: { width: 8, height: 20_000, channels: 3, background: 'teal' } })
      .png()
      .toBuffer();
    expect(await drop('tall.png', tall)).toMatchObject({
      status: 'ready',
      steps: { transform: 'partial' },
      variants: [{ name: 'print' }],
      problems: [{ code: 'variant_failed', variant: 'tall', detail: expect.stringContaining('could not be made') }],
    });
    expect(media.objects.has('out/tall.png/tall.webp')).toBe(false);
  });

  test('a set of which no variant could be made has failed', async () => {
    const { drop } = pipeline({ ...RECIPE, variants: [{ name: 'tall', width: 8, fit: 'inside', format: 'webp' }] });
    const tall = await sharp({ create: { width: 8, height: 20_000, channels: 3, background: 'teal' } })
      .png()
      .toBuffer();
    expect(await drop('tall.png', tall)).toMatchObject({
      status: 'failed',
      steps: { validate: 'done', transform: 'failed' },
      problems: [{ code: 'variant_failed' }],
    });
  });

  test.each([
    ['validate', 'originals', 'get', { validate: 'failed', transform: 'skipped', summarise: 'done' }],
    ['transform', 'media', 'put', { validate: 'done', transform: 'failed', summarise: 'done' }],
  ] as const)('a fault of %s ends with a summary that tells nothing of its inside', async (_, store, call, steps) => {
    const stores = pipeline();
    await stores.originals.put('in/x.jpg', await photo(1), { contentType: 'image/jpeg' });
    const start = await stores.event('in/x.jpg');
    jest.spyOn(stores[store], call).mockRejectedValueOnce(new Error('secret address 10.0.0.1'));
    const summary = await stores.run(start);
    expect(summary).toMatchObject({ status: 'failed', steps, problems: [{ code: 'internal_error' }] });
    expect(JSON.stringify(summary)).not.toContain('secret');
  });

  test('is ready when all variants were made and only the summary needed a second attempt', async () => {
    const { drop, media, ...props } = pipeline();
    const summary = await drop('x.jpg', await photo(1));
    const object = { key: 'in/x.jpg', etag: summary?.etag };
    const { recipe, source, variants } = summary ?? {};
    const again = { object, recipe, source, variants, problems: [], error: { Error: 'SlowDown' } };
    expect(await summariseStep(again, { ...props, media })).toEqual(summary);
  });

  test('says nothing of folders, and of objects that were replaced or deleted meanwhile', async () => {
    const { drop, run, media, originals } = pipeline();
    expect(await drop('', Buffer.alloc(0))).toBeUndefined();
    expect(await drop('folder/', Buffer.alloc(0))).toBeUndefined();
    expect(await run({ object: { key: 'in/gone.jpg', size: 10, etag: 'e' } })).toBeUndefined();
    await originals.put('in/x.jpg', await photo(1), { contentType: 'image/jpeg' });
    expect(await run({ object: { key: 'in/x.jpg', size: 10, etag: 'older' } })).toBeUndefined();
    expect(media.puts).toEqual([]);
  });
});

describe('uploads', () => {
  const problemOf = async (promise: Promise<unknown>) => {
    const problem = await promise.then(
      () => undefined,
      (error: unknown) => error,
    );
    if (!(problem instanceof Problem)) throw problem ?? new Error('there was no problem');
    return [problem.status, problem.code];
  };
  const form = (name: string, bytes: Uint8Array, boundary = 'line') =>
    Buffer.concat([
      Buffer.from(
        `--${boundary}\r\nContent-Disposition: form-data; name="note"\r\n\r\nhello\r\n` +
          `--${boundary}\r\nContent-Disposition: form-data; name="${name}"; filename="a.jpg"\r\nContent-Type: image/jpeg\r\n\r\n`,
      ),
      bytes,
      Buffer.from(`\r\n--${boundary}--\r\n`),
    ]);

  test('are put where the pipeline looks, named by what they are', async () => {
    const { originals, ...props } = pipeline();
    const bytes = await sharp(await photo(1))
      .png()
      .toBuffer();
    const accepted = await new Uploads({ ...props, originals }).accept(bytes, 'some-id');
    expect(accepted).toMatchObject({ id: 'some-id.png', status: 'processing', source: { format: 'png', width: 120 } });
    expect(originals.objects.get('in/some-id.png')).toMatchObject({ contentType: 'image/png' });
  });

  test.each([
    ['not an image', Buffer.from('text'), [400, 'not_an_image']],
    ['a bomb', bomb(20_000, 20_000, 20_000), [400, 'too_many_pixels']],
    ['HEIC', heic(), [415, 'unsupported_codec']],
    ['too large', Buffer.alloc(LIMITS.maxBytes + 1, 0xff), [413, 'payload_too_large']],
  ])('that are refused leave nothing: %s', async (_, bytes, expected) => {
    const { originals, ...props } = pipeline();
    expect(await problemOf(new Uploads({ ...props, originals }).accept(bytes, 'x'))).toEqual(expected);
    expect(originals.puts).toEqual([]);
  });

  test('wait for the summary no longer than asked', async () => {
    const { media, drop, ...props } = pipeline();
    const uploads = new Uploads({ ...props, media });
    const start = Date.now();
    expect(await uploads.finished('x.jpg', 0)).toBeUndefined();
    expect(await uploads.finished('x.jpg', 0.6)).toBeUndefined();
    expect(Date.now() - start).toBeLessThan(1500);
    const waiting = uploads.finished('x.jpg', 10);
    await drop('x.jpg', await photo(1));
    expect(await waiting).toMatchObject({ id: 'x.jpg', status: 'ready' });
  });

  test('by a form are its field "file"', async () => {
    const bytes = await photo(1);
    const taken = await imageOf(form('file', bytes), 'multipart/form-data; boundary=line');
    expect(bytes.equals(taken)).toBe(true);
    expect(await imageOf(bytes, 'image/jpeg; charset=UTF-8')).toBe(bytes);
  });

  test('by a form that is none are refused', async () => {
    const bytes = await photo(1);
    const type = 'multipart/form-data; boundary=line';
    expect(await problemOf(imageOf(form('picture', bytes), type))).toEqual([400, 'invalid_request']);
    expect(await problemOf(imageOf(form('file', bytes, 'other'), type))).toEqual([400, 'malformed_form']);
    expect(await problemOf(imageOf(form('file', bytes).subarray(0, 300), type))).toEqual([400, 'malformed_form']);
    expect(await problemOf(imageOf(form('file', bytes), 'multipart/form-data'))).toEqual([400, 'malformed_form']);
  });

  test.each([
    [undefined, 0],
    ['respond-async', 0],
    ['wait', 20],
    ['respond-async, wait=5', 5],
    ['WAIT = "7"', 7],
    ['wait=3; x=1', 3],
    ['wait=600', 20],
    ['wait=0', 0],
    ['waiting', 0],
    ['wait=-1', 0],
  ])('Prefer: %s', (header, seconds) => {
    expect(secondsToWait(header)).toBe(seconds);
  });
});

describe('the library', () => {
  const codeOf = (promise: Promise<unknown>) =>
    promise.then(
      () => 'none',
      (error: Problem) => `${error.status} ${error.code}`,
    );

  test('tells of images that are finished, on their way, and not there', async () => {
    const { drop, originals, ...props } = pipeline();
    const library = new Library({ ...props, originals });
    await drop('ready.jpg', await photo(1));
    await originals.put('in/new.jpg', await photo(1), { contentType: 'image/jpeg' });
    expect(await library.summary('ready.jpg')).toMatchObject({ status: 'ready' });
    expect(await library.summary('new.jpg')).toEqual({ id: 'new.jpg', status: 'processing' });
    expect(await codeOf(library.summary('none.jpg'))).toBe('404 image_not_found');
  });

  test.each(['画'.repeat(400), '../in/x.jpg', 'a/./x.jpg', '..', 'x\0.jpg'])('never asks S3 for %j', async (id) => {
    const store = { get: () => Promise.reject(new Error('asked')), size: () => Promise.reject(new Error('asked')) };
    const { layout } = pipeline();
    const library = new Library({ layout, originals: store as never, media: store as never });
    expect(await codeOf(library.summary(id))).toBe('404 image_not_found');
    expect(await codeOf(library.variant(id, 'thumb'))).toBe('404 image_not_found');
  });

  test('gives variants out, large ones by their address', async () => {
    const { drop, media, ...props } = pipeline();
    const library = new Library({ ...props, media });
    await drop('x y.jpg', await photo(1));
    expect(await library.variant('x y.jpg', 'thumb')).toEqual({
      bytes: media.objects.get('out/x y.jpg/thumb.webp')?.bytes,
      contentType: 'image/webp',
    });

    const key = 'out/x y.jpg/summary.json';
    const summary = media.json(key);
    summary.variants[0].bytes = 2_000_000;
    await media.put(key, Buffer.from(JSON.stringify(summary)), { contentType: 'application/json' });
    expect(await library.variant('x y.jpg', 'thumb')).toEqual({
      address: 'https://memory.example/out%2Fx%20y.jpg%2Fthumb.webp?seconds=300',
      seconds: 300,
    });
  });

  test('knows no variants beside those that were made', async () => {
    const { drop, media, ...props } = pipeline();
    const library = new Library({ ...props, media });
    await drop('x.jpg', await photo(1));
    expect(await codeOf(library.variant('x.jpg', 'poster'))).toBe('404 variant_not_found');
    expect(await codeOf(library.variant('none.jpg', 'thumb'))).toBe('404 image_not_found');
    media.objects.delete('out/x.jpg/thumb.webp');
    expect(await codeOf(library.variant('x.jpg', 'thumb'))).toBe('404 variant_not_found');
    await drop('bad.jpg', Buffer.from('text'));
    expect(await codeOf(library.variant('bad.jpg', 'thumb'))).toBe('404 variant_not_found');
  });
});
