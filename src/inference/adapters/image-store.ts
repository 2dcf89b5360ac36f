import type { ObjectPart, ObjectParts, Objects } from '../../runtime/objects';
import { Refusal } from '../../runtime/refusal';
import { INFERENCE_LIMITS } from '../contract';
import type { ObjectAddress } from '../domain/bucket-worker';

/** The objects of a bucket by its name. */
export type Buckets = (name: string) => ObjectParts & Pick<Objects, 'put'>;

/** Read at once: a model may be larger than the memory that is left beside it. */
const PART_BYTES = 8 * 1024 * 1024;

/**
 * Opens a model's file.
 *
 * @throws Refusal `model_missing`
 */
export async function openModel(buckets: Buckets, { bucket, key }: ObjectAddress): Promise<AsyncIterable<Uint8Array>> {
  const first = await firstPart(buckets(bucket), key).catch((error) => {
    if (!isMissing(error) && !isDenied(error)) throw error;
    return undefined;
  });
  if (first) return partsFrom(first, buckets(bucket), key);
  throw new Refusal('model_missing', `The file of the model is missing or may not be read: ${baseName(key)}.`);
}

/**
 * Reads an image; what is too large is not read.
 *
 * @throws Refusal `image_not_readable`, `image_not_found` or `payload_too_large`
 */
export async function readImage(buckets: Buckets, { bucket, key }: ObjectAddress): Promise<Buffer> {
  const first = await firstPart(buckets(bucket), key).catch((error) => {
    if (isDenied(error)) throw new Refusal('image_not_readable', `${baseName(key)} is missing or may not be read.`);
    if (!isMissing(error)) throw error;
    return undefined;
  });
  if (!first) throw new Refusal('image_not_found', `There is no image ${baseName(key)}.`);
  if (first.total > INFERENCE_LIMITS.IMAGE_BYTES) {
    throw new Refusal(
      'payload_too_large',
      `The image has ${first.total} bytes; at most ${INFERENCE_LIMITS.IMAGE_BYTES} are taken.`,
    );
  }
  const parts: Uint8Array[] = [];
  for await (const part of partsFrom(first, buckets(bucket), key)) parts.push(part);
  return Buffer.concat(parts);
}

export function writeResult(buckets: Buckets, { bucket, key }: ObjectAddress, result: unknown): Promise<void> {
  return buckets(bucket).put(key, `${JSON.stringify(result, null, 2)}\n`, { contentType: 'application/json' });
}

function firstPart(objects: ObjectParts, key: string): Promise<ObjectPart | undefined> {
  return objects.part(key, 0, PART_BYTES);
}

async function* partsFrom(first: ObjectPart, objects: ObjectParts, key: string): AsyncGenerator<Uint8Array> {
  yield first.body;
  for (let read = first.body.length; read < first.total; ) {
    const part = await objects.part(key, read, PART_BYTES, first.etag);
    if (!part || part.body.length === 0) throw new Error(`${baseName(key)} was replaced while it was read.`);
    yield part.body;
    read += part.body.length;
  }
}

function isMissing(error: unknown): boolean {
  return (error as Error).name === 'NoSuchBucket';
}

/** Without leave to list a bucket, S3 answers for a missing object as for a forbidden one. */
function isDenied(error: unknown): boolean {
  return ['AccessDenied', 'Forbidden'].includes((error as Error).name);
}

function baseName(key: string): string {
  return key.slice(key.lastIndexOf('/') + 1);
}
