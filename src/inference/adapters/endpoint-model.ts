import { InvokeEndpointCommand, type SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { remainingMs } from '../../runtime/budget';
import type { Clock } from '../../runtime/clock';
import { Busy, Refusal } from '../../runtime/refusal';
import { AGAIN, retry } from '../../runtime/retry';
import type { EndpointSettings, InferenceSettings } from '../contract';
import { modelFailed, type ScoredLabel, scoredLabels } from '../domain/classification';
import type { ImageModel } from '../domain/image-model';
import { imageType } from '../domain/image-type';

/** Kept of the budget to say that the model was too slow. */
const ANSWER_MS = 250;

/**
 * A model behind a SageMaker real-time endpoint. It is sent the image as it came.
 *
 * Time-outs are nested: the function's time is longer than all tries together, each try ends by itself and within the
 * budget of the call. Only throttling is tried again; a slow or failing model is not made busier.
 */
export class EndpointModel implements ImageModel {
  readonly identity: { readonly name: string };

  constructor(
    private readonly client: SageMakerRuntimeClient,
    private readonly endpointName: string,
    private readonly settings: InferenceSettings & { readonly endpoint: EndpointSettings },
    private readonly clock: Clock,
  ) {
    this.identity = { name: endpointName };
  }

  async scores(image: Buffer): Promise<ScoredLabel[]> {
    const type = imageType(image);
    const { contentType = type, maxRetries } = this.settings.endpoint;
    const patience = { attempts: 1 + maxRetries, firstWaitMs: 200, longestWaitMs: 5000 };
    const attempt = () => this.invoke(image, contentType).catch(againIfThrottled);
    return this.read(await retry(this.clock, attempt, patience).catch(refuse));
  }

  private async invoke(image: Buffer, contentType: string): Promise<Uint8Array> {
    const timeout = Math.floor(Math.max(1, Math.min(this.settings.endpoint.timeoutMs, remainingMs() - ANSWER_MS)));
    const command = new InvokeEndpointCommand({
      EndpointName: this.endpointName,
      ContentType: contentType,
      Accept: 'application/json',
      Body: image,
    });
    const { Body = new Uint8Array() } = await this.client.send(command, { abortSignal: AbortSignal.timeout(timeout) });
    return Body;
  }

  /** Scores by class (`[0.1, 0.9]`, a batch of one, or under `predictions`), or pairs of label and score. */
  private read(body: Uint8Array): ScoredLabel[] {
    const answer = unwrapped(parse(body));
    if (isLabelled(answer)) return answer.map(({ label, score }) => ({ label, score }));
    if (Array.isArray(answer) && answer.every((value) => typeof value === 'number')) {
      return scoredLabels(answer, this.settings);
    }
    throw modelFailed('The endpoint answered neither scores by class nor pairs of label and score.');
  }
}

function parse(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    throw modelFailed('The endpoint answered something other than JSON.');
  }
}

function unwrapped(answer: unknown): unknown {
  if (Array.isArray(answer) && answer.length === 1 && Array.isArray(answer[0])) return answer[0];
  if (answer !== null && typeof answer === 'object' && 'predictions' in answer) return unwrapped(answer.predictions);
  return answer;
}

function isLabelled(answer: unknown): answer is ScoredLabel[] {
  return (
    Array.isArray(answer) &&
    answer.length > 0 &&
    answer.every(
      (one) => typeof one?.label === 'string' && typeof one.score === 'number' && one.score >= 0 && one.score <= 1,
    )
  );
}

interface ServiceError extends Error {
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly OriginalStatusCode?: number;
}

function isThrottled(error: unknown): boolean {
  const { name, $metadata } = error as ServiceError;
  return (
    ['ThrottlingException', 'ServiceUnavailable', 'ModelNotReadyException'].includes(name) ||
    $metadata?.httpStatusCode === 429
  );
}

function againIfThrottled(error: unknown): typeof AGAIN {
  if (isThrottled(error)) return AGAIN;
  throw error;
}

function refuse(error: unknown): never {
  throw refusalOf(error);
}

function refusalOf(error: unknown): unknown {
  if (error instanceof Busy) return new Refusal('model_throttled', 'The model has too much to do now.', {}, 1);
  const { name, OriginalStatusCode = 500 } = error as ServiceError;
  if (name === 'AbortError' || name === 'TimeoutError') {
    return new Refusal('model_timeout', 'The model did not answer in time.');
  }
  if (name === 'ModelError' && OriginalStatusCode >= 400 && OriginalStatusCode < 500) {
    return new Refusal('image_refused', 'The model does not take this image.');
  }
  if (name === 'ModelError' || name === 'InternalFailure' || name === 'InternalDependencyException') {
    return modelFailed('The model failed.');
  }
  if (name === 'ValidationError' || name === 'ValidationException') {
    return new Refusal('model_missing', 'The endpoint of the model is not in service.');
  }
  return error;
}
