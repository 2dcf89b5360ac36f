import sharp, { type Metadata, type Sharp } from 'sharp';
import { remainingMs } from '../../runtime/budget';
import { Busy, Refusal } from '../../runtime/refusal';
import type { DrawingSettings, Layout, PhotoSettings, PreprocessingSettings } from '../contract';
import { drawingTensor, type GreyImage } from '../domain/drawing';
import { imageType } from '../domain/image-type';

/** Input of a model. */
export interface ImageTensor {
  readonly values: Float32Array;
  readonly shape: readonly number[];
}

/** Longest side of a drawing while it is looked at: fine enough for any classifier of drawings. */
const DRAWING_SIDE = 512;
const OPAQUE = 255;

/** Of any image that may be decoded, on a processor that has other work as well. */
const SECONDS_TO_DECODE = 10;

/**
 * Decodes an image, upright by its EXIF orientation, and makes of it what the model takes.
 *
 * @throws Refusal `not_an_image`, `broken_image`, `too_many_pixels` or `unsupported_codec`; Busy when it takes too long
 */
export async function imageTensor(bytes: Buffer, settings: PreprocessingSettings): Promise<ImageTensor> {
  imageType(bytes);
  const { hasAlpha } = await checkedHeader(bytes, settings);
  try {
    return settings.kind === 'photo' ? await photo(bytes, settings) : await drawing(bytes, hasAlpha, settings);
  } catch (error) {
    throw decodingFailed(error);
  }
}

/** A time-out says nothing of the image: the processor may have been busy. */
export function decodingFailed(error: unknown): Refusal {
  const isTimeout = error instanceof Error && /^timeout: /.test(error.message);
  return isTimeout ? new Busy('Decoding the image took too long. Send the same request again.') : broken();
}

/** The header says how large an image will be: a bomb is refused before it is decoded. */
async function checkedHeader(bytes: Buffer, { maxPixels }: PreprocessingSettings): Promise<Metadata> {
  const header = await sharp(bytes, { limitInputPixels: false })
    .metadata()
    .catch(() => {
      throw broken();
    });
  const { width, height } = header;
  if (width * height <= maxPixels) return header;
  throw new Refusal('too_many_pixels', `The image has ${width} x ${height} pixels; at most ${maxPixels} are taken.`);
}

/** Rows are read as they come, and a JPEG or WebP is decoded at the smallest size from which the model's can be made. */
function open(bytes: Buffer, { maxPixels }: PreprocessingSettings): Sharp {
  const seconds = Math.max(1, Math.floor(Math.min(SECONDS_TO_DECODE, remainingMs() / 1000)));
  const decoding = { limitInputPixels: maxPixels, sequentialRead: true, failOn: 'error' } as const;
  return sharp(bytes, decoding).timeout({ seconds }).autoOrient();
}

function broken(): Refusal {
  return new Refusal('broken_image', 'The file begins like an image, but cannot be decoded.');
}

async function photo(bytes: Buffer, settings: PhotoSettings): Promise<ImageTensor> {
  const { width, height, fit, kernel, mean, standardDeviation, layout } = settings;
  const pixels = await open(bytes, settings)
    .flatten({ background: 'white' })
    .toColourspace('srgb')
    .resize(width, height, { fit, kernel, background: 'black' })
    .raw()
    .toBuffer();
  const channels = 3;
  const area = width * height;
  const values = new Float32Array(area * channels);
  for (let pixel = 0; pixel < area; pixel++) {
    for (let channel = 0; channel < channels; channel++) {
      const at = layout === 'nhwc' ? pixel * channels + channel : channel * area + pixel;
      values[at] = (pixels[pixel * channels + channel] / 255 - mean[channel]) / standardDeviation[channel];
    }
  }
  return { values, shape: shapeOf(layout, width, height, channels) };
}

async function drawing(bytes: Buffer, hasAlpha: boolean, settings: DrawingSettings): Promise<ImageTensor> {
  const { width, height, layout } = settings;
  const opacity = hasAlpha ? await planeOf(open(bytes, settings).extractChannel('alpha')) : undefined;
  // Where the paper is transparent, the ink may have any colour; elsewhere it is told from the paper by its brightness.
  const ink = opacity?.pixels.some((value) => value < OPAQUE)
    ? opacity
    : await planeOf(open(bytes, settings).flatten().toColourspace('b-w'));
  return { values: drawingTensor(ink, width, height), shape: shapeOf(layout, width, height, 1) };
}

async function planeOf(channel: Sharp): Promise<GreyImage> {
  const { data, info } = await channel
    .resize(DRAWING_SIDE, DRAWING_SIDE, { fit: 'inside', withoutEnlargement: true, kernel: 'linear' })
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { pixels: data, width: info.width, height: info.height };
}

function shapeOf(layout: Layout, width: number, height: number, channels: number): number[] {
  switch (layout) {
    case 'nchw':
      return [1, channels, height, width];
    case 'nhwc':
      return [1, height, width, channels];
    case 'flat':
      return [1, width * height * channels];
  }
}
