import { s3, settings } from '../../runtime/entry';
import { IMAGE_ENV } from '../contract';
import type { ImageRun } from '../domain/image-run';
import { readRecipe, readStores } from '../domain/settings';
import { transformStep } from '../domain/transform-step';

const env = settings([
  IMAGE_ENV.SOURCE_BUCKET,
  IMAGE_ENV.SOURCE_PREFIX,
  IMAGE_ENV.OUTPUT_BUCKET,
  IMAGE_ENV.OUTPUT_PREFIX,
  IMAGE_ENV.VARIANTS,
  IMAGE_ENV.KEEP,
  IMAGE_ENV.MAX_PIXELS,
]);
const props = { ...readStores(env, s3()), recipe: readRecipe(env), maxPixels: Number(env[IMAGE_ENV.MAX_PIXELS]) };

export async function handler(run: ImageRun): Promise<ImageRun> {
  return transformStep(run, props);
}
