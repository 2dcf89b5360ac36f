import { randomBytes } from 'node:crypto';
import { systemClock } from '../../runtime/clock';
import { bucket, settings } from '../../runtime/entry';
import { counter } from '../../runtime/metrics';
import { queueHandler } from '../../runtime/queue';
import { imageQueue } from '../adapters/image-queue';
import { LIMITS, RECIPE, readLimits, readRecipe, readStores, STORES } from '../adapters/settings';
import { SharpCodec } from '../adapters/sharp-codec';
import { IMAGE_METRICS } from '../contract';
import { ImageWorker } from '../domain/image-worker';

const env = settings([...STORES, ...RECIPE, ...LIMITS]);
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

const COUNTED: Readonly<Record<string, string>> = {
  ready: IMAGE_METRICS.READY,
  rejected: IMAGE_METRICS.REJECTED,
  failed: IMAGE_METRICS.FAILED,
};

export const handler = queueHandler(
  imageQueue(worker, (outcome) => {
    if (COUNTED[outcome]) count({ [COUNTED[outcome]]: 1 });
  }),
);
