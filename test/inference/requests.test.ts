import { arrivalOf, BucketWorker } from '../../src/inference/domain/bucket-worker';
import type { Classification } from '../../src/inference/domain/classification';
import { readInvocation } from '../../src/inference/domain/invocation';
import { Refusal } from '../../src/runtime/refusal';

describe('a direct invocation', () => {
  test('brings an image, or says where it is', () => {
    expect(readInvocation({ image: Buffer.from('abc').toString('base64') })).toEqual({ image: Buffer.from('abc') });
    expect(readInvocation({ s3: { bucket: 'b', key: 'k' }, top: 3 })).toEqual({
      image: { bucket: 'b', key: 'k' },
      top: 3,
    });
  });

  test.each([
    ['nothing', {}],
    ['no object', 'image'],
    ['both', { image: 'YQ==', s3: { bucket: 'b', key: 'k' } }],
    ['no base64', { image: 'not base64!' }],
    ['an empty image', { image: '' }],
    ['no key', { s3: { bucket: 'b' } }],
    ['more than an address', { s3: { bucket: 'b', key: 'k', region: 'r' } }],
    ['a fraction', { image: 'YQ==', top: 1.5 }],
    ['too many', { image: 'YQ==', top: 101 }],
    ['an unknown member', { image: 'YQ==', url: 'http://169.254.169.254/' }],
  ])('with %s is refused', (_name, event) => {
    expect(() => readInvocation(event)).toThrow(expect.objectContaining({ code: 'invalid_request' }));
  });
});

describe('an image in a bucket', () => {
  const done: Classification = { label: '7', score: 1, scores: [{ label: '7', score: 1 }], model: { name: 'm' } };
  const message = (key: string) =>
    JSON.stringify({ detail: { bucket: { name: 'images' }, object: { key, etag: 'tag' } } });

  async function work(answer: Classification | Error, key: string) {
    const written: Record<string, unknown> = {};
    const worker = new BucketWorker('results/', {
      classify: async () => {
        if (answer instanceof Error) throw answer;
        return answer;
      },
      write: async (key, result) => {
        written[key] = result;
      },
    });
    await worker.work(arrivalOf(message(key)));
    return written;
  }

  test('gets its result beside it, under the same key', async () => {
    const key = 'incoming/a b+c#?ü.png';
    expect(await work(done, key)).toEqual({
      [`results/${key}.json`]: { image: { bucket: 'images', key, eTag: 'tag' }, ...done },
    });
  });

  test('that is none gets its problem as the result', async () => {
    expect(await work(new Refusal('not_an_image', 'No image.'), 'incoming/x')).toEqual({
      'results/incoming/x.json': {
        image: { bucket: 'images', key: 'incoming/x', eTag: 'tag' },
        problem: { code: 'not_an_image', detail: 'No image.' },
      },
    });
  });

  test.each([
    new Refusal('model_missing', 'It is missing.'),
    new Refusal('image_not_readable', 'It may not be read.'),
    new Error('S3 is gone'),
  ])('waits when something else is at fault: %s', async (error) => {
    await expect(work(error, 'incoming/x')).rejects.toBe(error);
  });

  test('is not to be found in a message of another kind', () => {
    for (const body of ['no JSON', '{}', '{"detail":{"object":{}}}']) expect(() => arrivalOf(body)).toThrow();
  });
});
