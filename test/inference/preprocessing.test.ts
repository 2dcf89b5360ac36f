import sharp from 'sharp';
import { decodingFailed, imageTensor } from '../../src/inference/adapters/preprocessing';
import { drawingTensor } from '../../src/inference/domain/drawing';
import { imageType } from '../../src/inference/domain/image-type';

const photo = {
  kind: 'photo',
  width: 2,
  height: 2,
  fit: 'cover',
  kernel: 'linear',
  mean: [0, 0, 0],
  standardDeviation: [1, 1, 1],
  layout: 'nchw',
  maxPixels: 4_000_000,
} as const;

/** Left half red, right half blue. */
function redAndBlue(): sharp.Sharp {
  const half = (background: string) => ({ create: { width: 4, height: 8, channels: 3 as const, background } });
  return sharp({ create: { width: 8, height: 8, channels: 3, background: 'black' } }).composite([
    { input: half('red'), left: 0, top: 0 },
    { input: half('blue'), left: 4, top: 0 },
  ]);
}

function code(expected: string) {
  return expect.objectContaining({ code: expected });
}

test('a photo is normalised channel by channel, in the layout that is asked for', async () => {
  const png = await redAndBlue().png().toBuffer();
  const first = await imageTensor(png, { ...photo, kernel: 'nearest' });
  expect(first.shape).toEqual([1, 3, 2, 2]);
  expect([...first.values]).toEqual([1, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 1]);

  const last = await imageTensor(png, {
    ...photo,
    kernel: 'nearest',
    layout: 'nhwc',
    mean: [1, 0, 0],
    standardDeviation: [2, 1, 0.5],
  });
  expect(last.shape).toEqual([1, 2, 2, 3]);
  expect([...last.values.subarray(0, 6)]).toEqual([0, 0, 0, -0.5, 0, 2]);
});

test('an image is turned upright first', async () => {
  const lying = await redAndBlue()
    .jpeg({ quality: 100, chromaSubsampling: '4:4:4' })
    .withMetadata({ orientation: 6 })
    .toBuffer();
  const { values } = await imageTensor(lying, { ...photo, kernel: 'nearest' });
  expect([...values.subarray(0, 4)].map(Math.round)).toEqual([1, 1, 0, 0]);
});

test.each(['jpeg', 'png', 'webp', 'avif', 'gif', 'tiff'] as const)('%s is read', async (format) => {
  const bytes = await redAndBlue().toFormat(format).toBuffer();
  expect(imageType(bytes)).toBe(`image/${format}`);
  expect((await imageTensor(bytes, photo)).values).toHaveLength(12);
});

test.each([
  ['text', 'hello', 'not_an_image'],
  ['nothing', '', 'not_an_image'],
  ['a page', '<!doctype html><svg></svg>', 'not_an_image'],
  ['SVG', '<?xml version="1.0"?>\n<!-- a --> <svg xmlns="http://www.w3.org/2000/svg"/>', 'unsupported_codec'],
  ['HEIC', '\0\0\0\x18ftypheic\0\0\0\0', 'unsupported_codec'],
  ['SVG behind comments', '<!-- a --><!-- b -->\n<svg>', 'unsupported_codec'],
  ['comments alone', '<!---->'.repeat(140), 'not_an_image'],
])('%s is refused by its first bytes', (_name, text, expected) => {
  expect(() => imageType(Buffer.from(text, 'latin1'))).toThrow(code(expected));
});

test('a broken image is refused', async () => {
  const png = await redAndBlue().png().toBuffer();
  await expect(imageTensor(png.subarray(0, 60), photo)).rejects.toThrow(code('broken_image'));
  await expect(imageTensor(png.subarray(0, 10), photo)).rejects.toThrow(code('broken_image'));
});

test('a bomb is refused by its header', async () => {
  const bomb = await sharp({ create: { width: 10_000, height: 5_001, channels: 3, background: 'black' } })
    .png()
    .toBuffer();
  const start = performance.now();
  await expect(imageTensor(bomb, photo)).rejects.toThrow(code('too_many_pixels'));
  expect(performance.now() - start).toBeLessThan(200);
});

describe('an AVIF of a kilobyte that says it has 49 million pixels', () => {
  const drawing = { kind: 'drawing', width: 8, height: 8, layout: 'flat', maxPixels: 4_000_000 } as const;
  const hostile = async (side: number) =>
    sharp({ create: { width: side, height: side, channels: 3, background: '#888' } })
      .avif({ quality: 1, effort: 0 })
      .toBuffer();
  let bytes: Buffer;

  beforeAll(async () => {
    bytes = await hostile(7000);
  });

  test.each([
    ['photos', photo],
    ['drawings', drawing],
  ])('is not decoded for a model of %s that takes a few', async (_, settings) => {
    expect(bytes.length).toBeLessThan(2000);
    const before = process.cpuUsage();
    await expect(imageTensor(bytes, settings)).rejects.toThrow(code('too_many_pixels'));
    // To decode it takes more than a second of a processor.
    expect(process.cpuUsage(before).user).toBeLessThan(500_000);
  });

  test('is decoded where the user allows it', async () => {
    const smaller = await hostile(2100);
    await expect(imageTensor(smaller, photo)).rejects.toThrow(code('too_many_pixels'));
    const { values } = await imageTensor(smaller, { ...photo, maxPixels: 2100 * 2100 });
    expect(values).toHaveLength(12);
  });
});

test('a decoder that ran out of time says nothing of the image', () => {
  expect(decodingFailed(new Error('timeout: 42% complete'))).toMatchObject({ code: 'busy', retryAfter: 1 });
  expect(decodingFailed(new Error('VipsJpeg: premature end'))).toMatchObject({ code: 'broken_image' });
});

describe('a drawing', () => {
  /** A bar in the left half of a page. */
  const drawn = (paper: sharp.Color, ink: string) =>
    sharp({ create: { width: 8, height: 8, channels: 4, background: paper } }).composite([
      { input: { create: { width: 2, height: 4, channels: 3, background: ink } }, left: 2, top: 2 },
    ]);
  const bar = Array.from({ length: 16 }, (_, pixel) => (pixel % 4 === 1 || pixel % 4 === 2 ? 1 : 0));
  const settings = { kind: 'drawing', width: 4, height: 4, layout: 'flat', maxPixels: 4_000_000 } as const;

  test.each([
    ['dark on white paper', 'white', 'black', false],
    ['light on dark paper', '#222', '#eee', false],
    ['dark on white paper, with opacity', 'white', 'black', true],
    ['of any colour where the paper is transparent', '#0000', '#000', true],
    ['of the colour that transparent paper hides', { r: 255, g: 255, b: 255, alpha: 0 }, '#fff', true],
  ])('is read: %s', async (_, paper, ink, alpha) => {
    const image = drawn(paper, ink);
    const { values } = await imageTensor(await (alpha ? image : image.flatten()).png().toBuffer(), settings);
    expect([...values]).toEqual(bar);
  });

  const page = (rows: string[]) => ({
    width: rows[0].length,
    height: rows.length,
    pixels: Uint8Array.from(rows.join(''), (cell) => (cell === '#' ? 255 : 0)),
  });

  test('is cut out and centred, wherever it stands', () => {
    const corner = drawingTensor(page(['##..', '##..', '....', '....']), 2, 2);
    const stick = drawingTensor(page(['...#', '...#', '...#', '...#']), 4, 4);
    expect([...corner]).toEqual([1, 1, 1, 1]);
    expect([...stick]).toEqual([0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0]);
  });

  test('is averaged by area when its size is no multiple', () => {
    // A dot in the middle of three pixels lies half in each of two, so a quarter of it in each of four.
    const ring = drawingTensor(page(['###', '#.#', '###']), 2, 2);
    expect([...ring]).toEqual([1, 1, 1, 1]);
    const dot = drawingTensor(page(['#....', '.....', '..#..', '.....', '....#']), 2, 2);
    // Beside the corner of 1 pixel, each quarter of 2.5 x 2.5 has a quarter of the middle one.
    expect([...dot]).toEqual([1, 0.2, 0.2, 1].map((value) => expect.closeTo(value, 6)));
  });

  test('is light on black, whichever of paper and ink is the lighter', () => {
    const light = page(['.....', '.#...', '.##..', '.....']);
    const dark = { ...light, pixels: light.pixels.map((value) => 240 - (value / 255) * 200) };
    expect(drawingTensor(dark, 4, 4)).toEqual(drawingTensor(light, 4, 4));
  });

  test('that is none gives zeros', () => {
    expect([...drawingTensor(page(['...', '...']), 2, 2)]).toEqual([0, 0, 0, 0]);
  });
});
