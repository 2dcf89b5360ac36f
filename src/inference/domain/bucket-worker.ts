import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { Problem } from '../../runtime/problem';
import type { Classification } from './classification';
import type { ObjectAddress } from './image-store';

/** What the worker needs from outside. */
export interface WorkerPorts {
  classify(image: ObjectAddress): Promise<Classification>;
  write(key: string, result: BucketResult): Promise<void>;
  failed(image: ObjectAddress, error: unknown): void;
}

/** The JSON that is written for an image in a bucket: the classification, or the problem with the image. */
export type BucketResult = { readonly image: ObjectAddress & { readonly eTag?: string } } & (
  | Classification
  | { readonly problem: { readonly code: string; readonly detail?: string } }
);

/**
 * Works off "Object Created" events of EventBridge.
 *
 * An image that cannot be classified has its problem written as the result. A model that cannot be used, or a missing
 * permission, leaves the message in the queue, so that nothing is lost while it is mended.
 */
export class BucketWorker {
  constructor(
    private readonly resultsPrefix: string,
    private readonly ports: WorkerPorts,
  ) {}

  async work({ Records }: SQSEvent): Promise<SQSBatchResponse> {
    const batchItemFailures: SQSBatchResponse['batchItemFailures'] = [];
    for (const { messageId, body } of Records) {
      const image = imageOf(body);
      try {
        await this.ports.write(`${this.resultsPrefix}${image.key}.json`, { image, ...(await this.resultFor(image)) });
      } catch (error) {
        this.ports.failed(image, error);
        batchItemFailures.push({ itemIdentifier: messageId });
      }
    }
    return { batchItemFailures };
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
export function isFaultOfImage(error: unknown): error is Problem {
  return error instanceof Problem && error.status < 500 && error.status !== 403;
}

function imageOf(body: string): ObjectAddress & { eTag?: string } {
  const { detail } = JSON.parse(body);
  return { bucket: detail.bucket.name, key: detail.object.key, eTag: detail.object.etag };
}
