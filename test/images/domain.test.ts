import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { SharpCodec } from '../../src/images/adapters/sharp-codec';
import type { VariantResult } from '../../src/images/domain/codec';
import { copyrightOf } from '../../src/images/domain/exif';
import type { Recipe, VariantSpec } from '../../src/images/domain/recipe';
import { ImageRejected } from '../../src/images/domain/rejection';
import { inspectImage, validateImage } from '../../src/images/domain/validate';
import { animation, bomb, corners, difference, GPS, heic, photo } from './pictures';

const LIMITS = { maxBytes: 5_000_000, maxPixels: 50_000_000, maxFrames: 10 };
const CARD: VariantSpec = { name: 'card', width: 60, fit: 'inside', format: 'webp', quality: 90 };

const CODEC = new SharpCodec(LIMITS);

const validate = (bytes: Uint8Array, limits = LIMITS) => validateImage(bytes, limits, new SharpCodec(limits));

async function make(bytes: Buffer, keep: Recipe['keep'], ...variants: VariantSpec[]) {
  const { source } = await inspectImage(bytes, LIMITS, CODEC);
  const results: VariantResult[] = [];
  for await (const result of CODEC.variants(bytes, source, { variants, keep })) results.push(result);
  return results;
}

async function makeOne(bytes: Buffer, variant: VariantSpec = CARD, keep: Recipe['keep'] = 'none') {
  const [result] = await make(bytes, keep, variant);
  if ('problem' in result) throw new Error(result.problem);
  return { ...result, data: Buffer.from(result.data) };
}

async function rejection(bytes: Uint8Array, limits = LIMITS): Promise<{ code: string; detail: string }> {
  const error = await validate(bytes, limits).then(
    () => new Error('it was taken'),
    (reason: unknown) => reason,
  );
  if (!(error instanceof ImageRejected)) throw error;
  return { code: error.code, detail: error.detail };
}

describe('what is taken', () => {
  test.each(['jpeg', 'png', 'webp', 'avif', 'tiff', 'gif'] as const)('%s', async (format) => {
    const bytes = await corners().toFormat(format).toBuffer();
    const source = await validate(bytes);
    expect(source).toEqual({ format, width: 120, height: 80, frames: 1, bytes: bytes.length });
  });

  test('sides are those of the upright image', async () => {
    const source = await validate(await photo(6));
    expect([source.width, source.height]).toEqual([120, 80]);
  });
});

describe('what is refused', () => {
  test('nothing at all', async () => {
    expect(await rejection(Buffer.alloc(0))).toEqual({ code: 'not_an_image', detail: 'The file is empty.' });
  });

  test('a text file, whatever it is called', async () => {
    expect(await rejection(Buffer.from('holiday.jpg\nnot a picture\n'))).toMatchObject({ code: 'not_an_image' });
  });

  test.each([
    ['HEIC', heic()],
    ['SVG', Buffer.from('\uFEFF<?xml version="1.0"?>\n<!-- drawn -->\n<svg xmlns="http://www.w3.org/2000/svg"/>')],
    ['SVG', Buffer.from('<svg width="1" height="1"/>')],
    ['PDF', Buffer.from('%PDF-1.7\n')],
    ['BMP', Buffer.concat([Buffer.from('BM'), Buffer.alloc(60)])],
  ])('a codec that is not read: %s', async (name, bytes) => {
    const { code, detail } = await rejection(bytes);
    expect(code).toBe('unsupported_codec');
    expect(detail).toContain(`${name} is not read`);
  });

  test('comments that lead to no picture, in no time', async () => {
    const start = performance.now();
    expect(await rejection(Buffer.from('<!---->'.repeat(140)))).toMatchObject({ code: 'not_an_image' });
    expect(performance.now() - start).toBeLessThan(1000);
  });

  test('more bytes than allowed', async () => {
    const { code, detail } = await rejection(await photo(1), { ...LIMITS, maxBytes: 100 });
    expect(code).toBe('too_many_bytes');
    expect(detail).toContain('at most 100');
  });

  test('a decompression bomb, by its header and not by decoding it', async () => {
    const explosive = bomb(30_000, 30_000, 30_000);
    expect(explosive.length).toBeLessThan(150_000);
    const before = process.hrtime.bigint();
    expect(await rejection(explosive)).toMatchObject({
      code: 'too_many_pixels',
      detail: 'The image has 900000000 pixels (30000 x 30000); at most 50000000 are taken.',
    });
    expect(Number(process.hrtime.bigint() - before) / 1e6).toBeLessThan(500);
  });

  test('the bomb would be decoded if it were allowed, so it is the limit that refuses it', async () => {
    const small = bomb(3_000, 3_000, 3_000);
    expect((await validate(small)).width).toBe(3_000);
    expect(await rejection(small, { ...LIMITS, maxPixels: 8_999_999 })).toMatchObject({ code: 'too_many_pixels' });
  });

  test('an AVIF of a kilobyte that would take seconds of a processor, unless its pixels are a quarter of the others', async () => {
    const hostile = await sharp({ create: { width: 7000, height: 7000, channels: 3, background: '#888' } })
      .avif({ quality: 1, effort: 0 })
      .toBuffer();
    expect(hostile.length).toBeLessThan(2000);
    const before = process.cpuUsage();
    expect(await rejection(hostile)).toMatchObject({
      code: 'too_many_pixels',
      detail: 'The image has 49000000 pixels (7000 x 7000); at most 12500000 are taken.',
    });
    expect(process.cpuUsage(before).user).toBeLessThan(500_000);
    const small = await corners().avif().toBuffer();
    expect((await validate(small, { ...LIMITS, maxPixels: 4 * 120 * 80 })).format).toBe('avif');
    expect(await rejection(small, { ...LIMITS, maxPixels: 4 * 120 * 80 - 1 })).toMatchObject({
      code: 'too_many_pixels',
    });
  });

  test('an animation whose frames are too many pixels together', async () => {
    const moving = await animation(8);
    expect((await validate(moving, { ...LIMITS, maxPixels: 40 * 30 * 8 })).frames).toBe(8);
    expect(await rejection(moving, { ...LIMITS, maxPixels: 40 * 30 * 8 - 1 })).toMatchObject({
      code: 'too_many_pixels',
      detail: expect.stringContaining('40 x 30 x 8 frames'),
    });
  });
});

describe('variants', () => {
  test.each([1, 2, 3, 4, 5, 6, 7, 8])('are upright for EXIF orientation %i', async (orientation) => {
    const upright = await corners().toBuffer();
    const { data, width, height } = await makeOne(await photo(orientation));
    expect([width, height]).toEqual([60, 40]);
    expect(await difference(upright, data)).toBeLessThan(6);
    expect((await sharp(data).metadata()).orientation).toBeUndefined();
  });

  test('the comparison tells a turned picture from an upright one', async () => {
    const upright = await corners().toBuffer();
    for (const turned of [sharp(upright).rotate(180), sharp(upright).flop(), sharp(upright).flip()]) {
      expect(await difference(upright, await turned.toBuffer())).toBeGreaterThan(50);
    }
  });

  test('lose all metadata', async () => {
    const bytes = await sharp(await photo(6, GPS))
      .keepMetadata()
      .withIccProfile('p3')
      .jpeg()
      .toBuffer();
    const before = await sharp(bytes).metadata();
    expect([before.exif !== undefined, before.icc !== undefined]).toEqual([true, true]);
    expect(before.exif?.includes('Camera Works')).toBe(true);
    for (const format of ['webp', 'jpeg', 'png', 'avif'] as const) {
      const { exif, icc, xmp, iptc } = await sharp((await makeOne(bytes, { ...CARD, format })).data).metadata();
      expect({ format, exif, icc, xmp, iptc }).toEqual({ format });
    }
  });

  test.each(['webp', 'jpeg', 'png', 'avif'] as const)('keep the copyright and nothing else in %s', async (format) => {
    const { data } = await makeOne(await photo(6, GPS), { ...CARD, format }, 'copyright');
    const { exif, orientation } = await sharp(data).metadata();
    expect(copyrightOf(exif)).toEqual({ Artist: 'Ann Author', Copyright: 'Ann Author 2026' });
    expect(exif?.includes('Camera Works')).toBe(false);
    expect(orientation ?? 1).toBe(1);
  });

  test('keep the colour profile', async () => {
    const wide = await sharp(await photo(6))
      .keepMetadata()
      .withIccProfile('p3')
      .jpeg({ quality: 95 })
      .toBuffer();
    const profile = (await sharp(wide).metadata()).icc;
    const { data, width } = await makeOne(wide, CARD, 'icc');
    const kept = await sharp(data).metadata();
    expect(kept.icc?.equals(profile as Buffer)).toBe(true);
    expect([kept.exif, width]).toEqual([undefined, 60]);
    expect(await difference(await corners().toBuffer(), data)).toBeLessThan(8);
  });

  test('fit as they are told', async () => {
    const sizes = await make(
      await photo(1),
      'none',
      { name: 'width', width: 30, fit: 'inside', format: 'webp' },
      { name: 'inside', width: 60, height: 20, fit: 'inside', format: 'webp' },
      { name: 'outside', width: 30, height: 30, fit: 'outside', format: 'webp' },
      { name: 'cover', width: 30, height: 30, fit: 'cover', format: 'png' },
      { name: 'contain', width: 60, height: 60, fit: 'contain', format: 'jpeg' },
      { name: 'fill', width: 60, height: 60, fit: 'fill', format: 'avif' },
    );
    expect(sizes.map((it) => ('problem' in it ? it.problem : `${it.spec.name} ${it.width}x${it.height}`))).toEqual([
      'width 30x20',
      'inside 30x20',
      'outside 45x30',
      'cover 30x30',
      'contain 60x60',
      'fill 60x60',
    ]);
  });

  test('are never larger than the original', async () => {
    const { width, height } = await makeOne(await photo(1), { ...CARD, width: 4000 });
    expect([width, height]).toEqual([120, 80]);
  });

  test('of what is transparent are white where the format knows no transparency', async () => {
    const clear = await sharp({ create: { width: 50, height: 50, channels: 4, background: '#00000000' } })
      .png()
      .toBuffer();
    const { data } = await makeOne(clear, { ...CARD, format: 'jpeg' });
    expect([...(await sharp(data).raw().toBuffer()).subarray(0, 3)]).toEqual([255, 255, 255]);
    expect((await sharp((await makeOne(clear)).data).metadata()).hasAlpha).toBe(true);
  });

  test('of deep and of grey originals look like them', async () => {
    const deep = await corners().toColourspace('rgb16').png().toBuffer();
    expect((await sharp(deep).metadata()).depth).toBe('ushort');
    expect(await difference(deep, (await makeOne(deep)).data)).toBeLessThan(6);
    const grey = await corners().greyscale().png().toBuffer();
    expect(await difference(grey, (await makeOne(grey)).data)).toBeLessThan(6);
  });

  test.each(['gif', 'webp'] as const)('of a moving %s move, within the cap of frames', async (format) => {
    const moving = await animation(14, format);
    const valid = await inspectImage(moving, LIMITS, CODEC);
    expect(valid).toMatchObject({ source: { frames: 10, width: 40, height: 30 }, framesDropped: 4 });
    const [webp, png] = await make(moving, 'none', { ...CARD, width: 20 }, { ...CARD, width: 20, format: 'png' });
    if ('problem' in webp || 'problem' in png) throw new Error('not made');
    const made = await sharp(webp.data).metadata();
    expect([webp.width, webp.height, made.pages, made.loop]).toEqual([20, 15, 10, 2]);
    const last = await sharp(webp.data, { page: 9 }).png().toBuffer();
    const original = await sharp(moving, { page: 9 }).png().toBuffer();
    expect(await difference(original, last)).toBeLessThan(6);
    expect([png.height, (await sharp(png.data).metadata()).pages]).toEqual([15, undefined]);
  });

  test('that cannot be made leave the others alone', async () => {
    const tall = await sharp({ create: { width: 8, height: 20_000, channels: 3, background: 'teal' } })
      .png()
      .toBuffer();
    const results = await make(
      tall,
      'none',
      { name: 'impossible', width: 8, fit: 'inside', format: 'webp' },
      { name: 'possible', width: 8, height: 100, fit: 'inside', format: 'webp' },
    );
    expect(results.map((it) => [it.spec.name, 'problem' in it])).toEqual([
      ['impossible', true],
      ['possible', false],
    ]);
  });

  test('are the same bytes each time', async () => {
    const bytes = await photo(6);
    const [one, two] = [await makeOne(bytes), await makeOne(bytes)];
    expect(one.data.equals(two.data)).toBe(true);
  });
});

test('a damaged EXIF block tells no copyright', async () => {
  const exif = (await sharp(await photo(1, GPS)).metadata()).exif as Buffer;
  expect(copyrightOf(exif)).toBeDefined();
  expect(copyrightOf(exif.subarray(0, 20))).toBeUndefined();
  expect(copyrightOf(Buffer.from('nonsense'))).toBeUndefined();
});

const PHOTOS = join(__dirname, '../../../shared/data/exif-orientation');
(existsSync(PHOTOS) ? describe : describe.skip)('real photos of every orientation', () => {
  const read = (name: string) => readFileSync(join(PHOTOS, `${name}.jpg`));
  const names = ['Landscape', 'Portrait'].flatMap((kind) => [1, 2, 3, 4, 5, 6, 7, 8].map((n) => [kind, n] as const));

  test.each(names)('%s_%i comes out upright and bare', async (kind, orientation) => {
    const variant: VariantSpec = { ...CARD, width: 300 };
    const expected = (await makeOne(read(`${kind}_0`), variant)).data;
    const { data, width, height } = await makeOne(read(`${kind}_${orientation}`), variant);
    expect([width, height]).toEqual(kind === 'Landscape' ? [300, 200] : [300, 450]);
    expect(await difference(expected, data)).toBeLessThan(8);
    expect((await sharp(data).metadata()).exif).toBeUndefined();
  });
});
