import sharp, { type Sharp } from 'sharp';
import type { METADATA } from '../contract';
import { copyrightOf } from './exif';
import type { ImageSource } from './summary';
import { decoding } from './validate';

/** One variant to make. */
export interface VariantSpec {
  readonly name: string;
  readonly width: number;
  readonly height?: number;
  readonly fit: 'cover' | 'contain' | 'fill' | 'inside' | 'outside';
  readonly format: 'webp' | 'avif' | 'jpeg' | 'png';
  readonly quality?: number;
}

/** What is made of every image. */
export interface Recipe {
  readonly variants: readonly VariantSpec[];
  readonly keep: (typeof METADATA)[keyof typeof METADATA];
}

/** A variant that was made, or the reason why it could not be. */
export type VariantResult =
  | { readonly spec: VariantSpec; readonly data: Buffer; readonly width: number; readonly height: number }
  | { readonly spec: VariantSpec; readonly problem: string };

const WHITE = { r: 255, g: 255, b: 255, alpha: 1 };
const TRANSPARENT = { r: 255, g: 255, b: 255, alpha: 0 };

// One image at a time in a function: threads beyond its processors only cost memory, and nothing is read twice.
sharp.concurrency(2);
sharp.cache(false);

/**
 * Makes the variants of a validated image one after the other: upright, in sRGB, without metadata except what is kept.
 * A variant is never larger than the original. One that cannot be made does not hinder the others.
 */
export async function* makeVariants(
  bytes: Uint8Array,
  source: ImageSource,
  { variants, keep }: Recipe,
  maxPixels: number,
): AsyncGenerator<VariantResult> {
  const metadata = await sharp(bytes, { limitInputPixels: maxPixels }).metadata();
  const animation = { delay: metadata.delay?.slice(0, source.frames), loop: metadata.loop };
  const copyright = keep === 'copyright' ? copyrightOf(metadata.exif) : undefined;
  // An embedded colour profile says what the numbers of the pixels mean, so to keep it is to decode with it each time.
  const open = keep === 'icc' ? opener(bytes, maxPixels) : await decodeOnce(bytes, source, variants, maxPixels);

  for (const spec of variants) {
    let image = encode(resize(open(spec.format === 'webp' ? source.frames : 1), spec), spec, animation);
    if (keep === 'icc') image = image.keepIccProfile();
    if (copyright) image = image.withExif({ IFD0: copyright });
    try {
      const { data, info } = await image.toBuffer({ resolveWithObject: true });
      yield { spec, data, width: info.width, height: info.pageHeight ?? info.height };
    } catch (error) {
      yield { spec, problem: firstLine(error) };
    }
  }
}

type Open = (frames: number) => Sharp;

function opener(bytes: Uint8Array, maxPixels: number): Open {
  return (frames) => {
    const image = sharp(bytes, { pages: frames, ...decoding(maxPixels) });
    return frames > 1 ? image : image.autoOrient();
  };
}

/** Decodes once, at the smallest size from which every variant can be made: decoding is most of the work. */
async function decodeOnce(
  bytes: Uint8Array,
  source: ImageSource,
  variants: readonly VariantSpec[],
  maxPixels: number,
): Promise<Open> {
  const scale = Math.min(1, Math.max(...variants.map((spec) => scaleOf(spec, source))));
  const [width, height] = [source.width, source.height].map((side) => Math.max(1, Math.ceil(side * scale)));
  const { data, info } = await opener(
    bytes,
    maxPixels,
  )(source.frames)
    .resize({ width, height, fit: 'fill' })
    .raw()
    .toBuffer({ resolveWithObject: true });
  const { channels } = info;
  const frameBytes = width * height * channels;
  return (frames) =>
    sharp(data.subarray(0, frameBytes * frames), {
      raw: { width, height: height * frames, channels, ...(frames > 1 && { pageHeight: height }) },
      pages: frames,
      limitInputPixels: maxPixels,
    });
}

/** By how much the original is scaled for a variant. */
function scaleOf({ width, height, fit }: VariantSpec, source: ImageSource): number {
  const byWidth = width / source.width;
  if (height === undefined) return byWidth;
  const byHeight = height / source.height;
  return fit === 'inside' || fit === 'contain' ? Math.min(byWidth, byHeight) : Math.max(byWidth, byHeight);
}

function resize(image: Sharp, { width, height, fit, format }: VariantSpec): Sharp {
  const background = format === 'jpeg' ? WHITE : TRANSPARENT;
  return image.resize({ width, height, fit, background, withoutEnlargement: true });
}

function encode(image: Sharp, { format, quality }: VariantSpec, animation: { delay?: number[]; loop?: number }): Sharp {
  switch (format) {
    case 'webp':
      return image.webp({ quality, ...animation });
    case 'avif':
      return image.avif({ quality });
    case 'jpeg':
      return image.flatten({ background: WHITE }).jpeg({ quality, mozjpeg: true });
    case 'png':
      return image.png();
  }
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0].slice(0, 200);
}
