import type { APIGatewayProxyEventV2, Context, SQSEvent } from 'aws-lambda';
import { withBudget } from '../../runtime/budget';
import { bucket, logger, settings } from '../../runtime/entry';
import { httpHandler } from '../../runtime/http';
import { counter } from '../../runtime/metrics';
import { Later, queueHandler } from '../../runtime/queue';
import { Refusal } from '../../runtime/refusal';
import { readImage, writeResult } from '../adapters/image-store';
import { INFERENCE_ENV, INFERENCE_METRICS, type InferenceSettings } from '../contract';
import { arrivalOf, BucketWorker, isFaultOfImage } from '../domain/bucket-worker';
import type { Classification } from '../domain/classification';
import { Classifier } from '../domain/classifier';
import type { ImageModel } from '../domain/image-model';
import { readInvocation } from '../domain/invocation';
import { operations } from './inference.api.generated';

/** Time kept for the answer itself, once the model has answered. */
const RESERVE_MS = 500;
const RETRIES = 10;

const env = settings([INFERENCE_ENV.SETTINGS]);

export const config: InferenceSettings = JSON.parse(env[INFERENCE_ENV.SETTINGS]);

/** Classifies what comes over HTTP, from a queue, or by a call. */
export function inferenceHandler(model: ImageModel): (event: object, context: Context) => Promise<unknown> {
  const count = counter(INFERENCE_METRICS.DIMENSION);

  const answer = httpHandler(operations, {
    classify: async ({ body, query }) => ({ status: 200, body: await classify(() => Buffer.from(body), query.top) }),
  });

  const work = queueHandler({
    parse: arrivalOf,
    handle: async (image) => {
      try {
        await worker().work(image);
        return undefined;
      } catch (error) {
        // The model, not the image: it waits until the model is mended.
        if (error instanceof Refusal) return new Later(error.retryAfter ?? 0, error.code);
        throw error;
      }
    },
  });

  function worker(): BucketWorker {
    const results = settings([INFERENCE_ENV.OUTPUT_BUCKET, INFERENCE_ENV.OUTPUT_PREFIX]);
    return new BucketWorker(results[INFERENCE_ENV.OUTPUT_PREFIX], {
      classify: (image) => classify(() => readImage(bucket, image)),
      write: (key, result) => writeResult(bucket, { bucket: results[INFERENCE_ENV.OUTPUT_BUCKET], key }, result),
    });
  }

  async function invoke(event: object, context: Context): Promise<Classification> {
    const milliseconds = context.getRemainingTimeInMillis() - RESERVE_MS;
    try {
      const { image, top } = readInvocation(event);
      return await withBudget({ milliseconds, retries: RETRIES }, () =>
        classify(() => (Buffer.isBuffer(image) ? image : readImage(bucket, image)), top),
      );
    } catch (error) {
      // The name becomes Lambda's errorType, which callers and Step Functions catch by.
      if (error instanceof Refusal) error.name = error.code;
      throw error;
    }
  }

  /** Reads and classifies one image, and counts how it went. */
  async function classify(read: () => Buffer | Promise<Buffer>, top?: number): Promise<Classification> {
    try {
      const result = await new Classifier(model, config).classify(await read(), top);
      count({ [INFERENCE_METRICS.CLASSIFIED]: 1 });
      return result;
    } catch (error) {
      const refused = isFaultOfImage(error);
      count({ [refused ? INFERENCE_METRICS.REJECTED : INFERENCE_METRICS.FAILED]: 1 });
      if (!refused) logger.error('The image could not be classified', { error: error as Error });
      throw error;
    }
  }

  return async (event, context) => {
    if (isHttp(event)) return answer(event, context);
    if (isQueue(event)) return work(event, context);
    return invoke(event, context);
  };
}

function isHttp(event: object): event is APIGatewayProxyEventV2 {
  return 'requestContext' in event && 'routeKey' in event;
}

function isQueue(event: object): event is SQSEvent {
  return 'Records' in event;
}
