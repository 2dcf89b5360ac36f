/** Pictures for tests, all made here. */
import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';

const RED = { r: 220, g: 30, b: 30 };
const GREEN = { r: 30, g: 200, b: 60 };
const BLUE = { r: 30, g: 60, b: 220 };
const YELLOW = { r: 240, g: 220, b: 40 };

/** Four corners of four colours, so that every turn and mirroring shows; 120 x 80. */
export function corners(): sharp.Sharp {
  const patch = (background: sharp.Colour, left: number, top: number) => ({
    input: { create: { width: 60, height: 40, channels: 3 as const, background } },
    left,
    top,
  });
  return sharp({ create: { width: 120, height: 80, channels: 3, background: RED } })
    .composite([patch(RED, 0, 0), patch(GREEN, 60, 0), patch(BLUE, 0, 40), patch(YELLOW, 60, 40)])
    .png();
}

/** What a camera held in each of the eight ways would store: turn it by its EXIF orientation and it is `corners`. */
export async function photo(orientation: number, exif: sharp.Exif = {}): Promise<Buffer> {
  const upright = sharp(await corners().toBuffer());
  const stored = await turns[orientation - 1](upright).png().toBuffer();
  return sharp(stored).withExif(exif).withMetadata({ orientation }).jpeg({ quality: 95 }).toBuffer();
}

/** The inverse of what each EXIF orientation asks a viewer to do. */
const turns: readonly ((image: sharp.Sharp) => sharp.Sharp)[] = [
  (image) => image,
  (image) => image.flop(),
  (image) => image.rotate(180),
  (image) => image.flip(),
  (image) => image.flop().rotate(270),
  (image) => image.rotate(270),
  (image) => image.flop().rotate(90),
  (image) => image.rotate(90),
];

export const GPS: sharp.Exif = {
  IFD0: { Copyright: 'Ann Author 2026', Artist: 'Ann Author', Make: 'Camera Works' },
  IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '51/1 30/1 0/1', GPSLongitudeRef: 'W', GPSLongitude: '0/1 7/1 0/1' },
};

/** A moving picture; each frame has a grey of its own. */
export async function animation(frames: number, format: 'gif' | 'webp' = 'gif'): Promise<Buffer> {
  const [width, height] = [40, 30];
  const data = Buffer.concat(
    Array.from({ length: frames }, (_, frame) => Buffer.alloc(width * height * 3, Math.round((frame * 255) / frames))),
  );
  const raw = { width, height: height * frames, channels: 3 as const, pageHeight: height };
  return sharp(data, { raw, pages: frames })
    .toFormat(format, { delay: Array(frames).fill(40), loop: 2 })
    .toBuffer();
}

/** A PNG of a few kilobytes that says it has width x height pixels, and whose data inflates to as many. */
export function bomb(width: number, height: number, rows: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([1, 0, 0, 0, 0], 8); // one bit of grey for each pixel
  const data = deflateSync(Buffer.alloc(rows * (1 + Math.ceil(width / 8))), { level: 9 });
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', data), chunk('IEND', Buffer.alloc(0))]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  checksum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, checksum]);
}

/** The beginning of a photo as phones of one maker store it. */
export function heic(): Buffer {
  const box = Buffer.from('\0\0\0\x1cftypheic\0\0\0\0mif1heicmiaf', 'latin1');
  return Buffer.concat([box, Buffer.alloc(200)]);
}

/** Mean difference of two pictures, 0 to 255, compared at the size of the first. */
export async function difference(one: Uint8Array, other: Uint8Array): Promise<number> {
  const pixels = async (picture: Uint8Array) =>
    sharp(picture)
      .resize({ width: 120, height: 120, fit: 'fill' })
      .removeAlpha()
      .toColourspace('srgb')
      .raw()
      .toBuffer();
  const [a, b] = await Promise.all([pixels(one), pixels(other)]);
  return a.reduce((sum, value, index) => sum + Math.abs(value - b[index]), 0) / a.length;
}
