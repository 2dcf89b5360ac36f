import sharp from 'sharp';
import { ImageRejected } from './rejection';
import { type SourceFormat, sniff } from './sniff';
import type { ImageSource } from './summary';

export interface ImageLimits {
  readonly maxBytes: number;
  /** Over all frames together: what a decoder would have to hold. */
  readonly maxPixels: number;
  /** Frames of an animation that are kept. */
  readonly maxFrames: number;
}

export interface ValidImage {
  readonly source: ImageSource;
  /** Frames that the file holds beyond those that are kept. */
  readonly framesDropped: number;
}

const SECONDS_TO_DECODE = 10;
const ANIMATED: readonly SourceFormat[] = ['gif', 'webp'];

/**
 * Makes sure that bytes are an image that can be decoded safely. Cheapest first: size, magic bytes, the dimensions
 * in the header, and only then a trial decode, so that a decompression bomb is refused before it goes off.
 *
 * @throws ImageRejected when they are not
 */
export async function validateImage(bytes: Uint8Array, limits: ImageLimits): Promise<ValidImage> {
  const format = supportedFormat(bytes, limits);
  const { width, height, pages, turned } = await readHeader(bytes, format);
  const frames = Math.min(pages, limits.maxFrames);
  const pixels = width * height * frames;
  if (pixels > limits.maxPixels) {
    throw new ImageRejected(
      'too_many_pixels',
      `The image has ${pixels} pixels (${width} x ${height}${frames > 1 ? ` x ${frames} frames` : ''}); at most ${limits.maxPixels} are taken.`,
    );
  }
  await tryDecoding(bytes, format, frames, limits);
  const upright = turned ? { width: height, height: width } : { width, height };
  return { source: { format, ...upright, frames, bytes: bytes.byteLength }, framesDropped: pages - frames };
}

function supportedFormat(bytes: Uint8Array, { maxBytes }: ImageLimits): SourceFormat {
  if (bytes.byteLength === 0) throw new ImageRejected('not_an_image', 'The file is empty.');
  checkSize(bytes.byteLength, maxBytes);
  const { format, unsupported } = sniff(bytes) ?? {};
  if (unsupported) {
    throw new ImageRejected(
      'unsupported_codec',
      `${unsupported} is not read. Send the image as JPEG, PNG, WebP, AVIF, GIF or TIFF.`,
    );
  }
  if (!format) throw new ImageRejected('not_an_image', 'The file does not begin like an image of any kind.');
  return format;
}

/** @throws ImageRejected `too_many_bytes` */
export function checkSize(bytes: number, maxBytes: number): void {
  if (bytes > maxBytes) {
    throw new ImageRejected('too_many_bytes', `The file has ${bytes} bytes; at most ${maxBytes} are taken.`);
  }
}

async function readHeader(bytes: Uint8Array, format: SourceFormat) {
  const {
    width,
    height,
    pages = 1,
    orientation = 1,
  } = await sharp(bytes, { limitInputPixels: false })
    .metadata()
    .catch(() => broken(format));
  if (!width || !height) return broken(format);
  // Frames cannot be turned one by one, and an image that lies on its side is worse than one that stands still.
  const animated = ANIMATED.includes(format) && orientation === 1;
  return { width, height, pages: animated ? pages : 1, turned: orientation >= 5 };
}

/** Decodes every pixel and keeps none. */
async function tryDecoding(bytes: Uint8Array, format: SourceFormat, frames: number, limits: ImageLimits) {
  await sharp(bytes, { pages: frames, ...decoding(limits.maxPixels) })
    .resize({ width: 8, height: 8, fit: 'fill', kernel: 'nearest' })
    .timeout({ seconds: SECONDS_TO_DECODE })
    .raw()
    .toBuffer()
    .catch(() => broken(format));
}

/** How images are decoded: a broken one fails instead of becoming half grey, and rows are read as they come. */
export function decoding(maxPixels: number) {
  return { failOn: 'error', limitInputPixels: maxPixels, sequentialRead: true } as const;
}

function broken(format: SourceFormat): never {
  throw new ImageRejected(
    'broken_image',
    `The file begins like ${format.toUpperCase()} but cannot be decoded; it may be cut off or damaged.`,
  );
}
