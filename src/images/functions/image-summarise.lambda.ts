import { logger, s3, settings } from '../../runtime/entry';
import { counter } from '../../runtime/metrics';
import { IMAGE_ENV, IMAGE_METRICS } from '../contract';
import type { FailedRun } from '../domain/image-run';
import { readStores } from '../domain/settings';
import { summariseStep } from '../domain/summarise-step';
import type { ImageSummary } from '../domain/summary';

const env = settings([
  IMAGE_ENV.SOURCE_BUCKET,
  IMAGE_ENV.SOURCE_PREFIX,
  IMAGE_ENV.OUTPUT_BUCKET,
  IMAGE_ENV.OUTPUT_PREFIX,
]);
const stores = readStores(env, s3());

const count = counter(IMAGE_METRICS.DIMENSION);

const METRICS: Partial<Record<ImageSummary['status'], string>> = {
  ready: IMAGE_METRICS.READY,
  rejected: IMAGE_METRICS.REJECTED,
  failed: IMAGE_METRICS.FAILED,
};

export async function handler(run: FailedRun): Promise<{ status: string }> {
  if (run.error) logger.error('A step failed for good', { key: run.object.key, cause: run.error });
  const summary = await summariseStep(run, stores);
  if (!summary) return { status: 'unchanged' };
  const metric = METRICS[summary.status];
  if (metric) count({ [metric]: 1 });
  return { status: summary.status };
}
