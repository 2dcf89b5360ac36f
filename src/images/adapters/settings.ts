import type { Objects } from '../../runtime/objects';
import { IMAGE_ENV } from '../contract';
import { Layout } from '../domain/layout';
import type { ImageLimits, Recipe } from '../domain/recipe';
import { Summaries } from '../domain/summaries';

type Env<Names extends readonly string[]> = Readonly<Record<Names[number], string>>;

/** Names of the settings that say where a pipeline's images are. */
export const STORES = [
  IMAGE_ENV.SOURCE_BUCKET,
  IMAGE_ENV.SOURCE_PREFIX,
  IMAGE_ENV.OUTPUT_BUCKET,
  IMAGE_ENV.OUTPUT_PREFIX,
  IMAGE_ENV.SUMMARY_PREFIX,
] as const;

/** Of those that say what an original may be. */
export const LIMITS = [IMAGE_ENV.MAX_BYTES, IMAGE_ENV.MAX_PIXELS, IMAGE_ENV.MAX_FRAMES] as const;

/** Of those that say what is made of it. */
export const RECIPE = [IMAGE_ENV.VARIANTS, IMAGE_ENV.KEEP] as const;

export interface Stores {
  readonly originals: Objects;
  readonly media: Objects;
  readonly summaries: Summaries;
  readonly layout: Layout;
}

/** Where a pipeline's images are, from what its functions are told. */
export function readStores(env: Env<typeof STORES>, bucket: (name: string) => Objects): Stores {
  const media = bucket(env.OUTPUT_BUCKET);
  const prefixes = { source: env.SOURCE_PREFIX, output: env.OUTPUT_PREFIX, summaries: env.SUMMARY_PREFIX };
  const layout = new Layout(prefixes);
  return { originals: bucket(env.SOURCE_BUCKET), media, summaries: new Summaries(media, layout), layout };
}

export function readLimits(env: Env<typeof LIMITS>): ImageLimits {
  return {
    maxBytes: Number(env.IMAGE_MAX_BYTES),
    maxPixels: Number(env.IMAGE_MAX_PIXELS),
    maxFrames: Number(env.IMAGE_MAX_FRAMES),
  };
}

export function readRecipe(env: Env<typeof RECIPE>): Recipe {
  return { variants: JSON.parse(env.IMAGE_VARIANTS), keep: env.IMAGE_KEEP as Recipe['keep'] };
}
