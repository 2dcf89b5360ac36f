import { Refusal } from '../../runtime/refusal';
import type { Classification } from './classification';

export interface ObjectAddress {
  readonly bucket: string;
  readonly key: string;
}

/** An image that arrived. */
export interface Arrival extends ObjectAddress {
  readonly eTag?: string;
}

/** What the worker needs from outside. */
export interface WorkerPorts {
  classify(image: ObjectAddress): Promise<Classification>;
  write(key: string, result: BucketResult): Promise<void>;
}

/** The JSON that is written for an image in a bucket: the classification, or the problem with the image. */
export type BucketResult = { readonly image: Arrival } & (
  | Classification
  | { readonly problem: { readonly code: string; readonly detail?: string } }
);

/** Codes of refusals that no other attempt at the same image would change. */
const FAULTS_OF_IMAGES = [
  'invalid_request',
  'not_an_image',
  'unsupported_codec',
  'broken_image',
  'too_many_pixels',
  'payload_too_large',
  'image_refused',
  'image_not_found',
];

/**
 * Classifies images as they arrive in a bucket.
 *
 * An image that cannot be classified has its problem written as the result. Whatever else goes wrong, a model that
 * cannot be used or a missing permission, is thrown, so that the image waits while it is mended.
 */
export class BucketWorker {
  constructor(
    private readonly resultsPrefix: string,
    private readonly ports: WorkerPorts,
  ) {}

  async work(image: Arrival): Promise<void> {
    await this.ports.write(`${this.resultsPrefix}${image.key}.json`, { image, ...(await this.resultFor(image)) });
  }

  private async resultFor(image: ObjectAddress) {
    try {
      return await this.ports.classify(image);
    } catch (error) {
      if (!isFaultOfImage(error)) throw error;
      return { problem: { code: error.code, detail: error.detail } };
    }
  }
}

/** Whether trying again with the same image is in vain. */
export function isFaultOfImage(error: unknown): error is Refusal {
  return error instanceof Refusal && FAULTS_OF_IMAGES.includes(error.code);
}

/**
 * The image that S3's event tells of, by way of EventBridge.
 *
 * @throws when it tells of none
 */
export function arrivalOf(message: string): Arrival {
  const { bucket, object } = JSON.parse(message).detail;
  return { bucket: bucket.name, key: object.key, eTag: object.etag };
}
