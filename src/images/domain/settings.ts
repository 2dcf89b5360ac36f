import type { S3Client } from '@aws-sdk/client-s3';
import type { IMAGE_ENV } from '../contract';
import type { StepProps } from './image-run';
import { Layout } from './layout';
import { S3ObjectStore } from './object-store';
import type { Recipe } from './transform';
import type { ImageLimits } from './validate';

type Env<Name extends keyof typeof IMAGE_ENV> = Readonly<Record<(typeof IMAGE_ENV)[Name], string>>;

/** Where a pipeline's images are, from what its functions are told. */
export function readStores(
  env: Env<'SOURCE_BUCKET' | 'SOURCE_PREFIX' | 'OUTPUT_BUCKET' | 'OUTPUT_PREFIX'>,
  s3: S3Client,
): StepProps {
  return {
    originals: new S3ObjectStore(s3, env.SOURCE_BUCKET),
    media: new S3ObjectStore(s3, env.OUTPUT_BUCKET),
    layout: new Layout({ source: env.SOURCE_PREFIX, output: env.OUTPUT_PREFIX }),
  };
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
