/** Files that were cut off anywhere are broken, whatever a decoder would make of what is left. */
import sharp from 'sharp';
import { SharpCodec } from '../../src/images/adapters/sharp-codec';
import { ImageRejected } from '../../src/images/domain/rejection';
import { validateImage } from '../../src/images/domain/validate';
import { isWholeGif } from '../../src/images/domain/whole-gif';
import { animation } from './pictures';
import { LIMITS, TestPipeline } from './pipeline';

const CUTS = [10, 20, 30, 40, 50, 60, 70, 80, 90, 99];

/** Soft areas with detail on them, as photos have. */
async function scene(width: number, height: number) {
  const [w, h] = [width / 8, height / 8].map(Math.round);
  const noise = { type: 'gaussian', mean: 128, sigma: 60 } as const;
  const small = await sharp({ create: { width: w, height: h, channels: 3, background: 'gray', noise } })
    .png()
    .toBuffer();
  return sharp(await sharp(small).resize(width, height).png().toBuffer());
}

const FILES: [string, () => Promise<Buffer>][] = [
  ['jpeg', async () => (await scene(320, 240)).jpeg().toBuffer()],
  ['progressive jpeg', async () => (await scene(320, 240)).jpeg({ progressive: true }).toBuffer()],
  ['large jpeg', async () => (await scene(2000, 1500)).jpeg({ quality: 70 }).toBuffer()],
  ['png', async () => (await scene(320, 240)).png().toBuffer()],
  ['webp', async () => (await scene(320, 240)).webp().toBuffer()],
  ['lossless webp', async () => (await scene(160, 120)).webp({ lossless: true }).toBuffer()],
  ['avif', async () => (await scene(320, 240)).avif().toBuffer()],
  ['gif', async () => (await scene(320, 240)).gif().toBuffer()],
  ['tiff', async () => (await scene(320, 240)).tiff().toBuffer()],
  ['lzw tiff', async () => (await scene(320, 240)).tiff({ compression: 'lzw' }).toBuffer()],
  ['moving gif', () => animation(8)],
  ['moving webp', () => animation(8, 'webp')],
];

describe.each(FILES)('a %s that was cut off', (_, make) => {
  let whole: Buffer;
  beforeAll(async () => {
    whole = await make();
  });

  test.each(CUTS)('at %i %% is broken, in the pipeline and over HTTP', async (percent) => {
    const cut = whole.subarray(0, Math.floor((whole.length * percent) / 100));
    const pipeline = new TestPipeline();
    expect(await pipeline.drop('cut', cut)).toMatchObject({
      status: 'rejected',
      problems: [{ code: 'broken_image' }],
    });
    const error = await validateImage(cut, LIMITS, new SharpCodec(LIMITS)).catch((it) => it);
    expect(error).toBeInstanceOf(ImageRejected);
    expect(error.code).toBe('broken_image');
  });

  test('is taken when it is whole', async () => {
    expect(await new TestPipeline().drop('whole', whole)).toMatchObject({ status: 'ready', problems: [] });
    expect(await validateImage(whole, LIMITS, new SharpCodec(LIMITS))).toBeDefined();
  });
});

test('a GIF with bytes behind its end is whole, one that runs into something else is not', async () => {
  const gif = await animation(3);
  expect(isWholeGif(Buffer.concat([gif, Buffer.from('more')]))).toBe(true);
  expect(isWholeGif(gif.subarray(0, 13))).toBe(false);
  const garbled = Buffer.from(gif);
  garbled[13 + 3 * 2 ** ((gif[10] & 7) + 1) * (gif[10] >> 7)] = 0x55;
  expect(isWholeGif(garbled)).toBe(false);
});
