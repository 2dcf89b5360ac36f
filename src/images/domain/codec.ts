import type { Recipe, VariantSpec } from './recipe';
import type { ImageSource } from './summary';

/** What the header of a file says. */
export interface ImageHeader {
  /** Of one frame, before the image is turned upright. */
  readonly width: number;
  readonly height: number;
  readonly frames: number;
  /** EXIF orientation, 1 to 8. */
  readonly orientation: number;
}

/** A variant that was made, or the reason why it could not be. */
export type VariantResult =
  | { readonly spec: VariantSpec; readonly data: Uint8Array; readonly width: number; readonly height: number }
  | { readonly spec: VariantSpec; readonly problem: string };

/** Reads and writes the formats of images. */
export interface ImageCodec {
  /**
   * Decodes no pixel.
   *
   * @throws Undecodable
   */
  header(bytes: Uint8Array): Promise<ImageHeader>;

  /**
   * Decodes every pixel and keeps none.
   *
   * @throws Undecodable
   */
  tryDecoding(bytes: Uint8Array, frames: number): Promise<void>;

  /**
   * Makes the variants one after the other: upright, in sRGB, without metadata except what is kept. A variant is never
   * larger than the original. One that cannot be made does not hinder the others.
   *
   * @throws Undecodable when the image itself cannot be decoded to its end
   */
  variants(bytes: Uint8Array, source: ImageSource, recipe: Recipe): AsyncIterable<VariantResult>;
}

/** The file is damaged or not whole. */
export class Undecodable extends Error {
  constructor(cause?: unknown) {
    super('The image cannot be decoded.', { cause });
    this.name = 'Undecodable';
  }
}
