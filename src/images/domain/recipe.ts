import { createHash } from 'node:crypto';
import type { METADATA } from '../contract';

/** One variant to make. */
export interface VariantSpec {
  readonly name: string;
  readonly width: number;
  readonly height?: number;
  readonly fit: 'cover' | 'contain' | 'fill' | 'inside' | 'outside';
  readonly format: 'webp' | 'avif' | 'jpeg' | 'png';
  readonly quality?: number;
}

export interface ImageLimits {
  readonly maxBytes: number;
  /** Over all frames together: what a decoder would have to hold. */
  readonly maxPixels: number;
  /** Frames of an animation that are kept. */
  readonly maxFrames: number;
}

/** What is made of every image. */
export interface Recipe {
  readonly variants: readonly VariantSpec[];
  readonly keep: (typeof METADATA)[keyof typeof METADATA];
}

/** Changes with whatever the result depends on beside the image. */
export function digestOf(recipe: Recipe, limits: ImageLimits): string {
  return createHash('sha256')
    .update(JSON.stringify([recipe, limits]))
    .digest('hex')
    .slice(0, 16);
}
