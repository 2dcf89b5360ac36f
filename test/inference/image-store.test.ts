/** Images, models and results in a bucket, over an S3 in memory. */
import { type Buckets, openModel, readImage, writeResult } from '../../src/inference/adapters/image-store';
import { INFERENCE_LIMITS } from '../../src/inference/contract';
import { AwsError } from '../../src/runtime/aws/error';
import { systemClock } from '../../src/runtime/clock';
import { S3Objects } from '../../src/runtime/s3-objects';
import { MemoryS3 } from '../simulation/memory-s3';

const AT = { bucket: 'images', key: 'digits/seven.png' };
const MIB = 1024 * 1024;

function storeWith(bytes?: Buffer, error?: AwsError) {
  const s3 = new MemoryS3(systemClock, error && (() => Promise.reject(error)));
  if (bytes) s3.replace(AT.bucket, AT.key, bytes);
  const buckets: Buckets = (name) => new S3Objects(s3, name);
  return { s3, buckets };
}

/** Bytes of which no two parts are alike. */
function bytesOf(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let at = 0; at < length; at += MIB) bytes[at] = 1 + at / MIB;
  return bytes;
}

async function wholeOf(parts: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const part of parts) all.push(part);
  return Buffer.concat(all);
}

test.each([0, 1, 8 * MIB, 8 * MIB + 1, 17 * MIB])('an image and a model of %i bytes are read whole', async (length) => {
  const bytes = bytesOf(length);
  const { buckets } = storeWith(bytes);
  expect((await readImage(buckets, AT)).equals(bytes)).toBe(true);
  expect((await wholeOf(await openModel(buckets, AT))).equals(bytes)).toBe(true);
});

test('an image is one call, as long as it is no large one', async () => {
  const { s3, buckets } = storeWith(bytesOf(8 * MIB));
  await readImage(buckets, AT);
  expect(s3.calls).toEqual(['GetObject']);
});

test('no more than its beginning is read of an image that is too large', async () => {
  const { s3, buckets } = storeWith(bytesOf(INFERENCE_LIMITS.IMAGE_BYTES + 1));
  await expect(readImage(buckets, AT)).rejects.toMatchObject({
    code: 'payload_too_large',
    detail: 'The image has 20971521 bytes; at most 20971520 are taken.',
  });
  expect(s3.calls).toEqual(['GetObject']);
});

test('what is replaced while it is read is no mixture of both', async () => {
  const { s3, buckets } = storeWith(bytesOf(17 * MIB));
  const parts = (await openModel(buckets, AT))[Symbol.asyncIterator]();
  await parts.next();
  s3.replace(AT.bucket, AT.key, Buffer.alloc(17 * MIB));
  await expect(parts.next()).rejects.toThrow('seven.png was replaced while it was read.');
});

test.each([
  ['is not there', undefined, 'image_not_found'],
  ['is in no bucket', new AwsError('NoSuchBucket', 'no', { status: 404 }), 'image_not_found'],
  ['may not be read', new AwsError('AccessDenied', 'no', { status: 403 }), 'image_not_readable'],
])('an image that %s, and such a model, are told by the name of the file alone', async (_, error, code) => {
  const { buckets } = storeWith(undefined, error);
  const detail = expect.stringMatching(/^[^/]*seven\.png[^/]*$/);
  await expect(readImage(buckets, AT)).rejects.toMatchObject({ code, detail });
  await expect(openModel(buckets, AT)).rejects.toMatchObject({ code: 'model_missing', detail });
});

test('another failure is nobody’s image', async () => {
  const error = new AwsError('InternalError', 'no', { status: 500 });
  const { buckets } = storeWith(undefined, error);
  await expect(readImage(buckets, AT)).rejects.toBe(error);
  await expect(openModel(buckets, AT)).rejects.toBe(error);
});

test('a result is JSON that people can read', async () => {
  const { s3, buckets } = storeWith();
  await writeResult(buckets, AT, { label: '7' });
  const stored = s3.objects(AT.bucket).get(AT.key);
  expect([String(stored?.body), stored?.head.contentType]).toEqual(['{\n  "label": "7"\n}\n', 'application/json']);
});
