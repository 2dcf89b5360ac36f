import { randomBytes } from 'node:crypto';
import { systemClock } from '../../runtime/clock';
import { bucket, settings } from '../../runtime/entry';
import { counter } from '../../runtime/metrics';
import { queueHandler } from '../../runtime/queue';
import { readLimits, readRecipe, readStores } from '../adapters/settings';
import { SharpCodec } from '../adapters/sharp-codec';
import { IMAGE_ENV, IMAGE_METRICS, MOST_ATTEMPTS } from '../contract';
import { ImageWorker } from '../domain/image-worker';
import { keyOf } from '../domain/message';

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
const count = counter(IMAGE_METRICS.DIMENSION);
const limits = readLimits(env);
const worker = new ImageWorker({
  ...readStores(env, bucket),
  codec: new SharpCodec(limits),
  recipe: readRecipe(env),
  limits,
  clock: systemClock,
  newRun: () => randomBytes(8).toString('hex'),
});

export const handler = queueHandler({
  parse: keyOf,
  handle: async (key, { receives }) => {
    const isLastAttempt = receives >= MOST_ATTEMPTS;
    try {
      const outcome = await worker.work(key, isLastAttempt);
      if (outcome === 'ready') count({ [IMAGE_METRICS.READY]: 1 });
      if (outcome === 'rejected') count({ [IMAGE_METRICS.REJECTED]: 1 });
    } catch (error) {
      if (isLastAttempt) count({ [IMAGE_METRICS.FAILED]: 1 });
      throw error;
    }
  },
});
