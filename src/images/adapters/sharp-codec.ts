import sharp, { type Sharp } from 'sharp';
import { Busy } from '../../runtime/refusal';
import { type ImageCodec, type ImageHeader, Undecodable, type VariantResult } from '../domain/codec';
import { copyrightOf } from '../domain/exif';
import type { Recipe, VariantSpec } from '../domain/recipe';
import type { ImageSource } from '../domain/summary';

/** The function that waits for it may have half a minute for everything. */
const SECONDS_TO_DECODE = 20;
const SECONDS_TO_ENCODE = 60;
const WHITE = { r: 255, g: 255, b: 255, alpha: 1 };
const TRANSPARENT = { r: 255, g: 255, b: 255, alpha: 0 };

// One image at a time in a function: threads beyond its processors only cost memory, and nothing is read twice.
sharp.concurrency(2);
sharp.cache(false);

type Open = (frames: number) => Sharp;

/** The codec of libvips. */
export class SharpCodec implements ImageCodec {
  constructor(private readonly limits: { readonly maxPixels: number }) {}

  async header(bytes: Uint8Array): Promise<ImageHeader> {
    const {
      width,
      height,
      pages = 1,
      orientation = 1,
    } = await decoded(sharp(bytes, { limitInputPixels: false }).metadata());
    if (!width || !height) throw new Undecodable();
    return { width, height, frames: pages, orientation };
  }

  async tryDecoding(bytes: Uint8Array, frames: number): Promise<void> {
    // Every row is needed for this, the last ones too; a JPEG is decoded at an eighth of its size.
    const image = sharp(bytes, this.decoding(frames)).resize({ width: 8, height: 8, fit: 'fill', kernel: 'linear' });
    await decoded(image.timeout({ seconds: SECONDS_TO_DECODE }).raw().toBuffer());
  }

  async *variants(bytes: Uint8Array, source: ImageSource, { variants, keep }: Recipe): AsyncGenerator<VariantResult> {
    const metadata = await decoded(sharp(bytes, { limitInputPixels: false }).metadata());
    const animation = { delay: metadata.delay?.slice(0, source.frames), loop: metadata.loop };
    const copyright = keep === 'copyright' ? copyrightOf(metadata.exif) : undefined;
    const open = keep === 'icc' ? await this.each(bytes, source) : await this.once(bytes, source, variants);

    for (const spec of variants) {
      let image = encode(resize(open(spec.format === 'webp' ? source.frames : 1), spec), spec, animation);
      if (keep === 'icc') image = image.keepIccProfile();
      if (copyright) image = image.withExif({ IFD0: copyright });
      try {
        const encoding = image.timeout({ seconds: SECONDS_TO_ENCODE });
        const { data, info } = await encoding.toBuffer({ resolveWithObject: true });
        yield { spec, data, width: info.width, height: info.pageHeight ?? info.height };
      } catch (error) {
        throwIfTimeout(error);
        yield { spec, problem: firstLine(error) };
      }
    }
  }

  /** An embedded colour profile says what the numbers of the pixels mean, so to keep it is to decode with it each time. */
  private async each(bytes: Uint8Array, source: ImageSource): Promise<Open> {
    await this.tryDecoding(bytes, source.frames);
    return (frames) => this.upright(bytes, frames);
  }

  /** Decodes once, at the smallest size from which every variant can be made: decoding is most of the work. */
  private async once(bytes: Uint8Array, source: ImageSource, variants: readonly VariantSpec[]): Promise<Open> {
    const scale = Math.min(1, Math.max(...variants.map((spec) => scaleOf(spec, source))));
    const [width, height] = [source.width, source.height].map((side) => Math.max(1, Math.ceil(side * scale)));
    const { data, info } = await decoded(
      this.upright(bytes, source.frames)
        .resize({ width, height, fit: 'fill' })
        .timeout({ seconds: SECONDS_TO_DECODE })
        .raw()
        .toBuffer({ resolveWithObject: true }),
    );
    const { channels } = info;
    const frameBytes = width * height * channels;
    return (frames) =>
      sharp(data.subarray(0, frameBytes * frames), {
        raw: { width, height: height * frames, channels, ...(frames > 1 && { pageHeight: height }) },
        pages: frames,
        limitInputPixels: this.limits.maxPixels,
      });
  }

  private upright(bytes: Uint8Array, frames: number): Sharp {
    const image = sharp(bytes, this.decoding(frames));
    return frames > 1 ? image : image.autoOrient();
  }

  /** A broken image fails instead of becoming half grey, and rows are read as they come. */
  private decoding(pages: number) {
    return { pages, failOn: 'error', limitInputPixels: this.limits.maxPixels, sequentialRead: true } as const;
  }
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

async function decoded<T>(decoding: Promise<T>): Promise<T> {
  try {
    return await decoding;
  } catch (error) {
    throwIfTimeout(error);
    throw new Undecodable(error);
  }
}

/** A time-out says nothing of the image: it may have met a busy processor. */
function throwIfTimeout(error: unknown): void {
  if (/^timeout: /.test(firstLine(error))) throw new Busy('The image took too long. Send it again.');
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0].slice(0, 200);
}
