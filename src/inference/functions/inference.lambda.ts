import { tmpdir } from 'node:os';
import * as path from 'node:path';
import type { APIGatewayProxyEventV2, Context, SQSEvent } from 'aws-lambda';
import { withBudget } from '../../runtime/budget';
import { systemClock } from '../../runtime/clock';
import { logger, s3, sageMakerRuntime, settings } from '../../runtime/entry';
import { httpHandler } from '../../runtime/http';
import { counter } from '../../runtime/metrics';
import { Later, queueHandler } from '../../runtime/queue';
import { Refusal } from '../../runtime/refusal';
import { EndpointModel } from '../adapters/endpoint-model';
import { openModel, readImage, writeResult } from '../adapters/image-store';
import { ModelFile } from '../adapters/model-file';
import { INFERENCE_ENV, INFERENCE_METRICS, type InferenceSettings, type PreprocessingSettings } from '../contract';
import { arrivalOf, BucketWorker, isFaultOfImage } from '../domain/bucket-worker';
import type { Classification } from '../domain/classification';
import { Classifier } from '../domain/classifier';
import type { ImageModel } from '../domain/image-model';
import { readInvocation } from '../domain/invocation';
import { operations } from './inference.api.generated';

/** Until the connection to an endpoint stands. */
const CONNECT_MS = 1000;

/** Time kept for the answer itself, once the model has answered. */
const RESERVE_MS = 500;
const RETRIES = 10;

const env = settings([INFERENCE_ENV.SETTINGS]);
const config: InferenceSettings = JSON.parse(env[INFERENCE_ENV.SETTINGS]);
const count = counter(INFERENCE_METRICS.DIMENSION);
const model = makeModel();

export async function handler(event: object, context: Context): Promise<unknown> {
  if (isHttp(event)) return answer(event, context);
  if (isQueue(event)) return work(event, context);
  return invoke(event, context);
}

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
    classify: (image) => classify(() => readImage(s3(), image)),
    write: (key, result) => writeResult(s3(), { bucket: results[INFERENCE_ENV.OUTPUT_BUCKET], key }, result),
  });
}

async function invoke(event: object, context: Context): Promise<Classification> {
  const milliseconds = context.getRemainingTimeInMillis() - RESERVE_MS;
  try {
    const { image, top } = readInvocation(event);
    return await withBudget({ milliseconds, retries: RETRIES }, () =>
      classify(() => (Buffer.isBuffer(image) ? image : readImage(s3(), image)), top),
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
    const result = await new Classifier(await model, config).classify(await read(), top);
    count({ [INFERENCE_METRICS.CLASSIFIED]: 1 });
    return result;
  } catch (error) {
    const refused = isFaultOfImage(error);
    count({ [refused ? INFERENCE_METRICS.REJECTED : INFERENCE_METRICS.FAILED]: 1 });
    if (!refused) logger.error('The image could not be classified', { error: error as Error });
    throw error;
  }
}

async function makeModel(): Promise<ImageModel> {
  const { endpoint, preprocessing } = config;
  if (endpoint) {
    const name = settings([INFERENCE_ENV.ENDPOINT])[INFERENCE_ENV.ENDPOINT];
    // This code tries again by itself, within the deadline.
    return new EndpointModel(
      sageMakerRuntime({
        maxAttempts: 1,
        requestHandler: { connectionTimeout: CONNECT_MS },
      }),
      name,
      { ...config, endpoint },
      systemClock,
    );
  }
  const { MODEL_BUCKET, MODEL_KEY, MODEL_SHA256 } = INFERENCE_ENV;
  const found = settings([MODEL_BUCKET, MODEL_KEY, MODEL_SHA256]);
  const location = { bucket: found[MODEL_BUCKET], key: found[MODEL_KEY], sha256: found[MODEL_SHA256] };
  const file = new ModelFile(location, () => openModel(s3(), location), path.join(tmpdir(), 'models'));
  // Only this kind of model needs the native layers, which a function with an endpoint does not have.
  const { OnnxModel } = await import('../adapters/onnx-model.js');
  const onnx = new OnnxModel(location, file, { ...config, preprocessing: preprocessing as PreprocessingSettings });
  // The download begins while the environment starts; when it fails, the first request tries again and tells why.
  onnx.load().catch(() => undefined);
  return onnx;
}

function isHttp(event: object): event is APIGatewayProxyEventV2 {
  return 'requestContext' in event && 'routeKey' in event;
}

function isQueue(event: object): event is SQSEvent {
  return 'Records' in event;
}
