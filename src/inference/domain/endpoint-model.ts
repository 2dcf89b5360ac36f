import { InvokeEndpointCommand, type SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { Problem } from '../../runtime/problem';
import type { EndpointSettings, InferenceSettings } from '../contract';
import { modelFailed, type ScoredLabel, scoredLabels } from './classification';
import type { ImageModel } from './image-model';
import { imageType } from './image-type';
import { withRetries } from './retry';

/**
 * A model behind a SageMaker real-time endpoint. It is sent the image as it came.
 *
 * Time-outs are nested: the function's deadline is longer than all tries together, each try ends by itself. Only
 * throttling is tried again; a slow or failing model is not made busier.
 */
export class EndpointModel implements ImageModel {
  readonly identity: { readonly name: string };

  constructor(
    private readonly client: SageMakerRuntimeClient,
    private readonly endpointName: string,
    private readonly settings: InferenceSettings & { readonly endpoint: EndpointSettings },
  ) {
    this.identity = { name: endpointName };
  }

  async scores(image: Buffer, deadline: number): Promise<ScoredLabel[]> {
    const contentType = this.settings.endpoint.contentType ?? imageType(image);
    imageType(image);
    const body = await withRetries(() => this.invoke(image, contentType, deadline), {
      attempts: this.settings.endpoint.attempts,
      again: isThrottled,
      deadline,
    }).catch((error) => {
      throw problemOf(error);
    });
    return this.read(body);
  }

  private async invoke(image: Buffer, contentType: string, deadline: number): Promise<Uint8Array> {
    const timeout = Math.max(1, Math.min(this.settings.endpoint.timeoutMs, deadline - Date.now()));
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

function problemOf(error: unknown): unknown {
  const { name, OriginalStatusCode = 500 } = error as ServiceError;
  if (isThrottled(error)) {
    return new Problem(503, 'model_throttled', 'The model has too much to do now.', {}, { 'retry-after': '1' });
  }
  if (name === 'AbortError' || name === 'TimeoutError') {
    return new Problem(504, 'model_timeout', 'The model did not answer in time.');
  }
  if (name === 'ModelError' && OriginalStatusCode >= 400 && OriginalStatusCode < 500) {
    return new Problem(400, 'image_refused', 'The model does not take this image.');
  }
  if (name === 'ModelError' || name === 'InternalFailure' || name === 'InternalDependencyException') {
    return modelFailed('The model failed.');
  }
  if (name === 'ValidationError' || name === 'ValidationException') {
    return new Problem(503, 'model_missing', 'The endpoint of the model is not in service.');
  }
  return error;
}
