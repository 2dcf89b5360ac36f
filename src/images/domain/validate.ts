import { FORMATS_READ, type ImageFormat, sniffImage } from '../../runtime/media-type';
import { type ImageCodec, type ImageHeader, Undecodable } from './codec';
import type { ImageLimits } from './recipe';
import { ImageRejected } from './rejection';
import type { ImageSource } from './summary';
import { isWholeGif } from './whole-gif';

export interface InspectedImage {
  readonly source: ImageSource;
  /** Frames that the file holds beyond those that are kept. */
  readonly framesDropped: number;
}

const ANIMATED: readonly ImageFormat[] = ['gif', 'webp'];

/** An AVIF is decoded whole, however small its variants are, and each of its pixels costs many times one of a JPEG. */
const SHARE_OF_PIXELS: Partial<Record<ImageFormat, number>> = { avif: 1 / 4 };

/**
 * Decides by size, first bytes and header whether an image is one that is taken, so that a decompression bomb is
 * refused before it goes off. Whether it is whole, only decoding shows.
 *
 * @throws ImageRejected when it is not
 */
export async function inspectImage(
  bytes: Uint8Array,
  limits: ImageLimits,
  codec: Pick<ImageCodec, 'header'>,
): Promise<InspectedImage> {
  const format = formatRead(bytes, limits);
  const header = await orBroken(format, () => codec.header(bytes));
  const all = framesOf(header, format);
  const frames = Math.min(all, limits.maxFrames);
  checkPixels(header, frames, Math.floor(limits.maxPixels * (SHARE_OF_PIXELS[format] ?? 1)));
  if (format === 'gif' && !isWholeGif(bytes)) throw broken(format);
  const turned = header.orientation >= 5;
  const [width, height] = turned ? [header.height, header.width] : [header.width, header.height];
  return { source: { format, width, height, frames, bytes: bytes.byteLength }, framesDropped: all - frames };
}

/**
 * Makes sure that bytes are an image that can be decoded to its last pixel.
 *
 * @throws ImageRejected when they are not
 */
export async function validateImage(bytes: Uint8Array, limits: ImageLimits, codec: ImageCodec): Promise<ImageSource> {
  const { source } = await inspectImage(bytes, limits, codec);
  await orBroken(source.format, () => codec.tryDecoding(bytes, source.frames));
  return source;
}

/** @throws ImageRejected `too_many_bytes` */
export function checkSize(bytes: number, maxBytes: number): void {
  if (bytes > maxBytes) {
    throw new ImageRejected('too_many_bytes', `The file has ${bytes} bytes; at most ${maxBytes} are taken.`);
  }
}

export function broken(format: ImageFormat): ImageRejected {
  const name = format.toUpperCase();
  return new ImageRejected(
    'broken_image',
    `The file begins like ${name} but cannot be decoded; it may be cut off or damaged.`,
  );
}

function formatRead(bytes: Uint8Array, { maxBytes }: ImageLimits): ImageFormat {
  if (bytes.byteLength === 0) throw new ImageRejected('not_an_image', 'The file is empty.');
  checkSize(bytes.byteLength, maxBytes);
  const sniffed = sniffImage(bytes);
  if (!sniffed) throw new ImageRejected('not_an_image', 'The file does not begin like an image of any kind.');
  if ('format' in sniffed) return sniffed.format;
  throw new ImageRejected(
    'unsupported_codec',
    `${sniffed.unsupported} is not read. Send the image as ${FORMATS_READ.replace(' and ', ' or ')}.`,
  );
}

/** Frames cannot be turned one by one, and an image that lies on its side is worse than one that stands still. */
function framesOf({ frames, orientation }: ImageHeader, format: ImageFormat): number {
  return ANIMATED.includes(format) && orientation === 1 ? frames : 1;
}

function checkPixels({ width, height }: ImageHeader, frames: number, maxPixels: number): void {
  const pixels = width * height * frames;
  if (pixels <= maxPixels) return;
  const sides = `${width} x ${height}${frames > 1 ? ` x ${frames} frames` : ''}`;
  throw new ImageRejected(
    'too_many_pixels',
    `The image has ${pixels} pixels (${sides}); at most ${maxPixels} are taken.`,
  );
}

async function orBroken<T>(format: ImageFormat, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof Undecodable) throw broken(format);
    throw error;
  }
}
