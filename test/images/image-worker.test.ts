import sharp from 'sharp';
import { SharpCodec } from '../../src/images/adapters/sharp-codec';
import type { ImageCodec } from '../../src/images/domain/codec';
import { AwsError } from '../../src/runtime/aws/error';
import type { Network } from '../simulation/memory-dynamo';
import { bomb, heic, photo } from './pictures';
import { LIMITS, RECIPE, TestPipeline } from './pipeline';

const sharpCodec = new SharpCodec(LIMITS);

const tall = () =>
  sharp({ create: { width: 8, height: 20_000, channels: 3, background: 'teal' } })
    .png()
    .toBuffer();
const IMPOSSIBLE = { name: 'tall', width: 8, fit: 'inside', format: 'webp' } as const;

/** A pipeline in whose first run, once it has read the image, something happens before it goes on. */
function withinFirstRun(happens: (pipeline: TestPipeline) => Promise<void>): TestPipeline {
  let isFirst = true;
  const codec: ImageCodec = {
    header: (bytes) => sharpCodec.header(bytes),
    tryDecoding: (bytes, frames) => sharpCodec.tryDecoding(bytes, frames),
    async *variants(bytes, source, recipe) {
      if (isFirst) {
        isFirst = false;
        await happens(pipeline);
      }
      yield* sharpCodec.variants(bytes, source, recipe);
    },
  };
  const pipeline = new TestPipeline({ codec });
  return pipeline;
}

describe('an image that was put', () => {
  test('gets its variants, each under a key that no other run has', async () => {
    const pipeline = new TestPipeline();
    const bytes = await photo(6);
    const summary = await pipeline.drop('a/b.jpg', bytes);
    expect(summary).toEqual({
      id: 'a/b.jpg',
      status: 'ready',
      etag: expect.stringMatching(/^[0-9a-f]{32}$/),
      recipe: expect.stringMatching(/^[0-9a-f]{16}$/),
      run: '0000000000000001',
      source: { format: 'jpeg', width: 120, height: 80, frames: 1, bytes: bytes.length },
      steps: { validate: 'done', transform: 'done', summarise: 'done' },
      variants: [
        expect.objectContaining({
          name: 'thumb',
          format: 'webp',
          width: 30,
          height: 20,
          key: 'out/a/b.jpg/0000000000000001/thumb.webp',
        }),
        expect.objectContaining({
          name: 'print',
          format: 'jpeg',
          width: 90,
          height: 60,
          key: 'out/a/b.jpg/0000000000000001/print.jpg',
        }),
      ],
      problems: [],
    });
    for (const { key, bytes: size, bytesSaved, format } of summary.variants) {
      const stored = pipeline.s3.objects('made').get(key);
      expect(stored?.head).toMatchObject({ size, contentType: `image/${format}` });
      expect(stored?.cacheControl).toBe('public, max-age=31536000, immutable');
      expect(bytesSaved).toBe(bytes.length - size);
    }
    expect(pipeline.s3.objects('made').get('told/a/b.jpg/summary.json')?.cacheControl).toBe('no-cache');
  });

  test.each(['white space.jpg', 'a+b & c.jpg', '图片/照片 1.jpg', 'what?#100%.jpg', "it's (1)!.jpg"])(
    'may have the key %s',
    async (id) => {
      const pipeline = new TestPipeline();
      expect(await pipeline.drop(id, await photo(1))).toMatchObject({ id, status: 'ready' });
      const run = `out/${id}/0000000000000001`;
      expect(pipeline.made).toEqual([`${run}/print.jpg`, `${run}/thumb.webp`, `told/${id}/summary.json`]);
    },
  );

  test('is worked on once, and again when image or settings changed', async () => {
    const pipeline = new TestPipeline();
    const first = await pipeline.drop('x.jpg', await photo(1));
    expect(await pipeline.work('x.jpg')).toBe('unchanged');
    expect(pipeline.summary('x.jpg')).toEqual(first);

    const second = await pipeline.drop('x.jpg', await photo(2));
    expect(second.variants.map(({ key }) => key)).not.toEqual(first.variants.map(({ key }) => key));
    // Pages that were loaded before still show what was replaced.
    for (const { key } of [...first.variants, ...second.variants]) expect(pipeline.made).toContain(key);

    const changed = { variants: RECIPE.variants.slice(1), keep: RECIPE.keep };
    expect(await pipeline.worker(changed).work('in/x.jpg')).toBe('ready');
    expect(pipeline.summary('x.jpg').variants).toEqual([expect.objectContaining({ name: 'print' })]);
  });

  test.each([
    ['a text file', Buffer.from('plain text'), 'not_an_image'],
    ['nothing', Buffer.alloc(0), 'not_an_image'],
    ['HEIC', heic(), 'unsupported_codec'],
    ['a bomb', bomb(20_000, 20_000, 20_000), 'too_many_pixels'],
    ['a giant', Buffer.alloc(LIMITS.maxBytes + 1), 'too_many_bytes'],
  ])('is rejected when it is %s, and not tried again', async (_, bytes, code) => {
    const pipeline = new TestPipeline();
    expect(await pipeline.drop('bad.jpg', bytes)).toMatchObject({
      status: 'rejected',
      steps: { validate: 'rejected', transform: 'skipped', summarise: 'done' },
      variants: [],
      problems: [{ code, detail: expect.any(String) }],
    });
    expect(pipeline.made).toEqual(['told/bad.jpg/summary.json']);
    expect(await pipeline.work('bad.jpg')).toBe('unchanged');
  });

  test('is not even fetched when it is too large', async () => {
    const pipeline = new TestPipeline();
    await pipeline.drop('giant.jpg', Buffer.alloc(LIMITS.maxBytes + 1));
    // The one that was made for the summary.
    expect(pipeline.s3.calls.filter((call) => call === 'GetObject')).toHaveLength(1);
  });

  test('goes without a variant that cannot be made', async () => {
    const recipe = { ...RECIPE, variants: [IMPOSSIBLE, { ...RECIPE.variants[1], height: 90 }] };
    const pipeline = new TestPipeline({ recipe });
    expect(await pipeline.drop('tall.png', await tall())).toMatchObject({
      status: 'ready',
      steps: { transform: 'partial' },
      variants: [{ name: 'print' }],
      problems: [{ code: 'variant_failed', variant: 'tall', detail: expect.stringContaining('could not be made') }],
    });
    expect(pipeline.made.filter((key) => key.includes('/tall.webp'))).toEqual([]);
  });

  test('that is a folder, or was deleted before its turn came, leaves nothing to show', async () => {
    const pipeline = new TestPipeline();
    for (const id of ['', 'folder/']) {
      await pipeline.put(id, Buffer.alloc(0));
      expect(await pipeline.work(id)).toBe('ignored');
    }
    expect(pipeline.made).toEqual([]);
    expect(await pipeline.work('gone.jpg')).toBe('deleted');
    expect(pipeline.summary('gone.jpg')).toMatchObject({ status: 'deleted', variants: [] });
  });
});

describe('an image that was replaced', () => {
  test('by something that is none goes on to be shown as it was', async () => {
    const pipeline = new TestPipeline();
    const { variants } = await pipeline.drop('x.jpg', await photo(1));
    expect(await pipeline.drop('x.jpg', Buffer.from('words'))).toMatchObject({ status: 'rejected', variants });
  });

  test('while a slow run works on the earlier one: the later one stands in the end', async () => {
    const later = await photo(3);
    const pipeline = withinFirstRun(async (them) => {
      await them.put('x.jpg', later);
      expect(await them.work('x.jpg')).toBe('ready');
    });
    await pipeline.put('x.jpg', await photo(1));
    expect(await pipeline.work('x.jpg')).toBe('unchanged');
    const { etag, variants } = pipeline.summary('x.jpg');
    expect(`"${etag}"`).toBe(pipeline.s3.objects('photos').get('in/x.jpg')?.head.etag);
    for (const { key } of variants) expect(pipeline.made).toContain(key);
  });
});

describe('an image that was deleted', () => {
  test('takes with it what was made of it, and nothing else', async () => {
    const pipeline = new TestPipeline();
    // One that is named as a folder of images is, and one that is named like a run's folder in it.
    const others = ['x', 'x/y.jpg/z.jpg', 'x/y.jpg/0123456789abcdef', 'x/y.jpgs'];
    for (const id of ['x/y.jpg', ...others]) await pipeline.drop(id, await photo(1));
    await pipeline.drop('x/y.jpg', await photo(2));
    await pipeline.originals.remove(['in/x/y.jpg']);
    const kept = pipeline.made.filter(
      (key) => !/^(out\/x\/y\.jpg\/000000000000000|told\/x\/y\.jpg\/summary)/.test(key),
    );
    expect(kept).toHaveLength(4 * 3);
    expect(await pipeline.work('x/y.jpg')).toBe('deleted');
    expect(pipeline.summary('x/y.jpg')).toMatchObject({ status: 'deleted', variants: [] });
    expect(pipeline.made).toEqual([...kept, 'told/x/y.jpg/summary.json'].sort());
  });

  test('while the first run works on it leaves nothing to show', async () => {
    const pipeline = withinFirstRun(async (them) => {
      await them.originals.remove(['in/x.jpg']);
      expect(await them.work('x.jpg')).toBe('deleted');
    });
    await pipeline.put('x.jpg', await photo(1));
    expect(await pipeline.work('x.jpg')).toBe('deleted');
    expect(pipeline.summary('x.jpg')).toMatchObject({ status: 'deleted', variants: [] });
  });

  test('and put again is shown again', async () => {
    const pipeline = new TestPipeline();
    const { etag } = await pipeline.drop('x.jpg', await photo(1));
    await pipeline.originals.remove(['in/x.jpg']);
    await pipeline.work('x.jpg');
    expect(await pipeline.drop('x.jpg', await photo(1))).toMatchObject({ status: 'ready', etag });
  });
});

describe('an image at which the service fails', () => {
  const failingAt = (step: keyof ImageCodec) => {
    const fail = () => {
      throw new Error('secret address 10.0.0.1');
    };
    return new TestPipeline({
      codec: {
        header: (bytes) => sharpCodec.header(bytes),
        tryDecoding: (bytes, frames) => sharpCodec.tryDecoding(bytes, frames),
        variants: (bytes, source, recipe) => sharpCodec.variants(bytes, source, recipe),
        [step]: fail,
      },
    });
  };

  test.each([
    ['header', { validate: 'failed', transform: 'skipped', summarise: 'done' }],
    ['variants', { validate: 'done', transform: 'failed', summarise: 'done' }],
  ] as const)('in %s is tried again; the last attempt says that it failed, and nothing of why', async (step, steps) => {
    const pipeline = failingAt(step);
    await pipeline.put('x.jpg', await photo(1));
    await expect(pipeline.work('x.jpg')).rejects.toThrow('secret');
    expect(pipeline.made).toEqual([]);
    await expect(pipeline.work('x.jpg', true)).rejects.toThrow('secret');
    expect(pipeline.summary('x.jpg')).toMatchObject({
      status: 'failed',
      steps,
      problems: [{ code: 'internal_error' }],
    });
    expect(JSON.stringify(pipeline.summary('x.jpg'))).not.toContain('secret');
  });

  test('to look at it has failed after the last attempt, unless it was done before', async () => {
    let isAllowed = true;
    const network: Network = async (operation, apply) => {
      if (operation === 'HeadObject' && !isAllowed) throw new AwsError('Forbidden', 'secret', { status: 403 });
      return apply();
    };
    const pipeline = new TestPipeline({ network });
    await pipeline.put('x.jpg', await photo(1));
    await pipeline.put('x.jpg.jpg', await photo(1));
    await pipeline.put('folder/', Buffer.alloc(0));
    const done = await pipeline.drop('done.jpg', await photo(1));
    isAllowed = false;
    for (const id of ['x.jpg', 'done.jpg', 'folder/', 'gone.jpg']) {
      await expect(pipeline.work(id)).rejects.toThrow('secret');
    }
    expect(pipeline.summary('x.jpg')).toBeUndefined();
    for (const id of ['x.jpg', 'done.jpg', 'folder/', 'gone.jpg', 'x']) {
      await expect(pipeline.work(id, true)).rejects.toThrow('secret');
    }
    expect(pipeline.made.filter((key) => key.endsWith('summary.json'))).toEqual([
      'told/done.jpg/summary.json',
      'told/x.jpg/summary.json',
    ]);
    expect(pipeline.summary('done.jpg')).toEqual(done);
    isAllowed = true;
    expect(await pipeline.library().summary('x.jpg')).toMatchObject({
      status: 'failed',
      steps: { validate: 'failed', transform: 'skipped', summarise: 'done' },
      variants: [],
      problems: [{ code: 'internal_error' }],
    });
    expect(await pipeline.work('x.jpg')).toBe('ready');
  });

  test('has failed when the function does not survive the last attempt', async () => {
    const never = new Promise<never>(() => undefined);
    const pipeline = new TestPipeline({
      codec: { header: () => never, tryDecoding: () => never, variants: () => ({}) as never },
    });
    await pipeline.put('x.jpg', await photo(1));
    await Promise.race([pipeline.worker().work('in/x.jpg', true), new Promise((done) => setTimeout(done, 100))]);
    expect(pipeline.summary('x.jpg')).toMatchObject({ status: 'failed', problems: [{ code: 'internal_error' }] });
  });

  test('is ready when the last attempt succeeds, and tried anew when it comes again after it failed', async () => {
    const pipeline = new TestPipeline();
    await pipeline.put('x.jpg', await photo(1));
    expect(await pipeline.work('x.jpg', true)).toBe('ready');
    expect(pipeline.summary('x.jpg')).toMatchObject({ status: 'ready', problems: [] });

    const failing = failingAt('header');
    await failing.put('x.jpg', await photo(1));
    await failing.work('x.jpg', true).catch(() => undefined);
    await expect(failing.work('x.jpg')).rejects.toThrow('secret');
  });

  test('since no variant could be made of it, says which and why', async () => {
    const pipeline = new TestPipeline({ recipe: { ...RECIPE, variants: [IMPOSSIBLE] } });
    await pipeline.put('tall.png', await tall());
    await expect(pipeline.work('tall.png', true)).rejects.toThrow('No variant could be made');
    expect(pipeline.summary('tall.png')).toMatchObject({
      status: 'failed',
      steps: { validate: 'done', transform: 'failed' },
      problems: [{ code: 'variant_failed', variant: 'tall' }],
    });
  });
});
