import type { Objects } from '../../runtime/objects';
import type { IMAGE_ENV } from '../contract';
import { Layout } from '../domain/layout';
import type { ImageLimits, Recipe } from '../domain/recipe';
import { Summaries } from '../domain/summaries';

type Env<Name extends keyof typeof IMAGE_ENV> = Readonly<Record<(typeof IMAGE_ENV)[Name], string>>;

export interface Stores {
  readonly originals: Objects;
  readonly media: Objects;
  readonly summaries: Summaries;
  readonly layout: Layout;
}

/** Where a pipeline's images are, from what its functions are told. */
export function readStores(
  env: Env<'SOURCE_BUCKET' | 'SOURCE_PREFIX' | 'OUTPUT_BUCKET' | 'OUTPUT_PREFIX'>,
  bucket: (name: string) => Objects,
): Stores {
  const media = bucket(env.OUTPUT_BUCKET);
  const layout = new Layout({ source: env.SOURCE_PREFIX, output: env.OUTPUT_PREFIX });
  return { originals: bucket(env.SOURCE_BUCKET), media, summaries: new Summaries(media, layout), layout };
}

export function readLimits(env: Env<'MAX_BYTES' | 'MAX_PIXELS' | 'MAX_FRAMES'>): ImageLimits {
  return {
    maxBytes: Number(env.IMAGE_MAX_BYTES),
    maxPixels: Number(env.IMAGE_MAX_PIXELS),
    maxFrames: Number(env.IMAGE_MAX_FRAMES),
  };
}

export function readRecipe(env: Env<'VARIANTS' | 'KEEP'>): Recipe {
  return { variants: JSON.parse(env.IMAGE_VARIANTS), keep: env.IMAGE_KEEP as Recipe['keep'] };
}
