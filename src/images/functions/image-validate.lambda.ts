import { s3, settings } from '../../runtime/entry';
import { IMAGE_ENV } from '../contract';
import type { ImageRun } from '../domain/image-run';
import { readLimits, readRecipe, readStores } from '../domain/settings';
import { validateStep } from '../domain/validate-step';

const env = settings([
  IMAGE_ENV.SOURCE_BUCKET,
  IMAGE_ENV.SOURCE_PREFIX,
  IMAGE_ENV.OUTPUT_BUCKET,
  IMAGE_ENV.OUTPUT_PREFIX,
  IMAGE_ENV.VARIANTS,
  IMAGE_ENV.KEEP,
  IMAGE_ENV.MAX_BYTES,
  IMAGE_ENV.MAX_PIXELS,
  IMAGE_ENV.MAX_FRAMES,
]);
const props = { ...readStores(env, s3()), limits: readLimits(env), recipe: readRecipe(env) };

export async function handler(run: ImageRun): Promise<ImageRun> {
  return validateStep(run, props);
}
