import { Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { isWhole } from '../building-blocks/validation';

/** How an image is brought to the width and height of a variant. */
export enum ImageFit {
  /** As large as fits inside both sides; nothing is cut off, nothing added. */
  INSIDE = 'inside',
  /** Fills both sides; what stands over is cut off evenly. */
  COVER = 'cover',
  /** Fits inside both sides; the rest is filled up, white in JPEG and transparent in the other formats. */
  CONTAIN = 'contain',
  /** Stretched to both sides. */
  FILL = 'fill',
  /** As small as covers both sides; nothing is cut off. */
  OUTSIDE = 'outside',
}

/** Format that a variant is written in. */
export enum ImageFormat {
  /** Small, for every browser of today; animations stay animated. */
  WEBP = 'webp',
  /** Smallest, slow to write. */
  AVIF = 'avif',
  /** For whatever reads no newer format. */
  JPEG = 'jpeg',
  /** Without loss. */
  PNG = 'png',
}

/** Metadata that variants keep. Everything else is removed, where a photo was taken above all. */
export enum ImageMetadata {
  /** None; colours are converted to sRGB. */
  NONE = 'none',
  /** The artist and copyright notice of the EXIF block; colours are converted to sRGB. */
  COPYRIGHT = 'copyright',
  /** The colour profile, with the colours as they are. */
  ICC = 'icc',
}

/** One form in which every image is made available. */
export interface ImageVariant {
  /** What it is called in addresses: 1 to 32 letters, digits, `-` and `_`, a letter or digit first; unique. */
  readonly name: string;

  /** Width in pixels, 1 to 16383. A variant is never larger than the original. */
  readonly width: number;

  /**
   * Height in pixels, 1 to 16383.
   *
   * @default - as the width and the original's proportions give
   */
  readonly height?: number;

  /**
   * How the original is brought to width and height. It needs both.
   *
   * @default ImageFit.INSIDE
   */
  readonly fit?: ImageFit;

  /**
   * Format of the file.
   *
   * @default ImageFormat.WEBP
   */
  readonly format?: ImageFormat;

  /**
   * Quality from 1 to 100; PNG has none, since it loses nothing.
   *
   * @default - 80, and 50 for AVIF
   */
  readonly quality?: number;
}

/** What is made of every image unless the user says otherwise. */
export const DEFAULT_VARIANTS: ImageVariant[] = [
  { name: 'thumb', width: 160 },
  { name: 'card', width: 480 },
  { name: 'full', width: 1200 },
];

const LARGEST_SIDE = 16383;
const MOST_VARIANTS = 20;
const DEFAULT_QUALITY: Record<ImageFormat, number | undefined> = { webp: 80, jpeg: 80, avif: 50, png: undefined };

/** What is wrong with the variants, if anything is. */
export function variantMistakes(variants: ImageVariant[]): string[] {
  if (variants.length === 0) return ['variants is empty; leave it out for the default ones, or name at least one.'];
  const mistakes = variants.flatMap(mistakesOf);
  const names = variants.map(({ name }) => name);
  const repeated = [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
  if (repeated.length > 0)
    mistakes.push(`variants have the same name: ${repeated.join(', ')}; each name must be unique.`);
  if (variants.length > MOST_VARIANTS) {
    mistakes.push(`there are ${variants.length} variants; at most ${MOST_VARIANTS} are made in the time of one run.`);
  }
  return mistakes;
}

function mistakesOf({ name, width, height, fit, format, quality }: ImageVariant): string[] {
  const mistakes: string[] = [];
  const about = `variant "${name}"`;
  if (!/^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$/.test(name)) {
    mistakes.push(`${about}: a name is 1 to 32 letters, digits, "-" and "_", a letter or digit first.`);
  }
  for (const [side, value] of Object.entries({ width, height })) {
    if (value !== undefined && !isWhole(value, 1, LARGEST_SIDE)) {
      mistakes.push(`${about}: ${side} is ${value}; it must be a whole number of pixels from 1 to ${LARGEST_SIDE}.`);
    }
  }
  if (fit !== undefined && height === undefined) {
    mistakes.push(`${about}: fit ${fit} needs a height as well; without one the proportions stay as they are.`);
  }
  if (quality !== undefined && format === ImageFormat.PNG) {
    mistakes.push(`${about}: PNG loses nothing, so it has no quality; leave it out or choose another format.`);
  } else if (quality !== undefined && !isWhole(quality, 1, 100)) {
    mistakes.push(`${about}: quality is ${quality}; it must be a whole number from 1 to 100.`);
  }
  return mistakes;
}

/** The variants as the functions are told them. */
export function variantsSetting(scope: IConstruct, variants: ImageVariant[]): string {
  return Stack.of(scope).toJsonString(
    variants.map(({ name, width, height, fit = ImageFit.INSIDE, format = ImageFormat.WEBP, quality }) => ({
      name,
      width,
      height,
      fit,
      format,
      quality: quality ?? DEFAULT_QUALITY[format],
    })),
  );
}
