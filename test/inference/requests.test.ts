import { BucketWorker } from '../../src/inference/domain/bucket-worker';
import type { Classification } from '../../src/inference/domain/classification';
import { readInvocation } from '../../src/inference/domain/invocation';
import { Problem } from '../../src/runtime/problem';

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
    expect(() => readInvocation(event)).toThrow(expect.objectContaining({ status: 400, code: 'invalid_request' }));
  });
});

describe('an image in a bucket', () => {
  const done: Classification = { label: '7', score: 1, scores: [{ label: '7', score: 1 }], model: { name: 'm' } };
  const event = (...keys: string[]) => ({
    Records: keys.map((key) => ({
      messageId: `message of ${key}`,
      body: JSON.stringify({ detail: { bucket: { name: 'images' }, object: { key, etag: 'tag' } } }),
    })),
  });

  async function work(answer: Classification | Error, ...keys: string[]) {
    const written: Record<string, unknown> = {};
    const failed: string[] = [];
    const worker = new BucketWorker('results/', {
      classify: async () => {
        if (answer instanceof Error) throw answer;
        return answer;
      },
      write: async (key, result) => {
        written[key] = result;
      },
      failed: ({ key }) => failed.push(key),
    });
    const { batchItemFailures } = await worker.work(event(...keys) as never);
    return { written, failed, kept: batchItemFailures.map(({ itemIdentifier }) => itemIdentifier) };
  }

  test('gets its result beside it, under the same key', async () => {
    const key = 'incoming/a b+c#?ü.png';
    const { written, kept } = await work(done, key);
    expect(written).toEqual({ [`results/${key}.json`]: { image: { bucket: 'images', key, eTag: 'tag' }, ...done } });
    expect(kept).toEqual([]);
  });

  test('that is none gets its problem as the result', async () => {
    const { written, kept } = await work(new Problem(400, 'not_an_image', 'No image.'), 'incoming/x');
    expect(written).toEqual({
      'results/incoming/x.json': {
        image: { bucket: 'images', key: 'incoming/x', eTag: 'tag' },
        problem: { code: 'not_an_image', detail: 'No image.' },
      },
    });
    expect(kept).toEqual([]);
  });

  test.each([new Problem(503, 'model_missing'), new Problem(403, 'image_not_readable'), new Error('S3 is gone')])(
    'stays in the queue when something else is at fault: %s',
    async (error) => {
      const { written, failed, kept } = await work(error, 'incoming/x');
      expect([written, failed, kept]).toEqual([{}, ['incoming/x'], ['message of incoming/x']]);
    },
  );
});
