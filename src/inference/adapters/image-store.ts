import type { Readable } from 'node:stream';
import { GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { Refusal } from '../../runtime/refusal';
import { INFERENCE_LIMITS } from '../contract';
import type { ObjectAddress } from '../domain/bucket-worker';

/** Opens a model's file. */
export async function openModel(s3: S3Client, { bucket, key }: ObjectAddress): Promise<Readable> {
  try {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return Body as Readable;
  } catch (error) {
    if (!isMissing(error) && !isDenied(error)) throw error;
    throw new Refusal('model_missing', `The file of the model is missing or may not be read: ${baseName(key)}.`);
  }
}

/**
 * Reads an image; what is too large is not read.
 *
 * @throws Refusal `image_not_readable`, `image_not_found` or `payload_too_large`
 */
export async function readImage(s3: S3Client, { bucket, key }: ObjectAddress): Promise<Buffer> {
  try {
    const { Body, ContentLength = 0 } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    if (ContentLength > INFERENCE_LIMITS.IMAGE_BYTES) {
      (Body as Readable).destroy();
      throw new Refusal(
        'payload_too_large',
        `The image has ${ContentLength} bytes; at most ${INFERENCE_LIMITS.IMAGE_BYTES} are taken.`,
      );
    }
    return Buffer.from((await Body?.transformToByteArray()) ?? []);
  } catch (error) {
    if (isMissing(error)) throw new Refusal('image_not_found', `There is no image ${baseName(key)}.`);
    if (isDenied(error)) throw new Refusal('image_not_readable', `${baseName(key)} is missing or may not be read.`);
    throw error;
  }
}

export async function writeResult(s3: S3Client, { bucket, key }: ObjectAddress, result: unknown): Promise<void> {
  await s3.send(
    new PutObjectCommand({
      Bucket: bucket,
      Key: key,
      Body: `${JSON.stringify(result, null, 2)}\n`,
      ContentType: 'application/json',
    }),
  );
}

function isMissing(error: unknown): boolean {
  return ['NoSuchKey', 'NoSuchBucket', 'NotFound'].includes((error as Error).name);
}

/** Without leave to list a bucket, S3 answers for a missing object as for a forbidden one. */
function isDenied(error: unknown): boolean {
  return ['AccessDenied', 'Forbidden'].includes((error as Error).name);
}

function baseName(key: string): string {
  return key.slice(key.lastIndexOf('/') + 1);
}
