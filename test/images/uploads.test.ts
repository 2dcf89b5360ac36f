import sharp from 'sharp';
import { imageOf } from '../../src/images/adapters/form';
import { secondsToWait } from '../../src/images/domain/upload';
import { Refusal } from '../../src/runtime/refusal';
import { bomb, heic, photo } from './pictures';
import { LIMITS, TestPipeline } from './pipeline';

async function codeOf(promise: Promise<unknown>): Promise<string> {
  const refusal = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(refusal instanceof Refusal)) throw refusal ?? new Error('it was not refused');
  return refusal.code;
}

const form = (name: string, bytes: Uint8Array, boundary = 'line') =>
  Buffer.concat([
    Buffer.from(
      `--${boundary}\r\nContent-Disposition: form-data; name="note"\r\n\r\nhello\r\n` +
        `--${boundary}\r\nContent-Disposition: form-data; name="${name}"; filename="a.jpg"\r\nContent-Type: image/jpeg\r\n\r\n`,
    ),
    bytes,
    Buffer.from(`\r\n--${boundary}--\r\n`),
  ]);

describe('uploads', () => {
  test('are put where the pipeline looks, named by what they are', async () => {
    const pipeline = new TestPipeline();
    const bytes = await sharp(await photo(1))
      .png()
      .toBuffer();
    const accepted = await pipeline.uploads().accept(bytes, 'some-id');
    expect(accepted).toMatchObject({ id: 'some-id.png', status: 'processing', source: { format: 'png', width: 120 } });
    expect(pipeline.s3.objects('photos').get('in/some-id.png')?.head).toMatchObject({ contentType: 'image/png' });
    expect((await pipeline.uploads().accept(await photo(1), 'other')).id).toBe('other.jpg');
    expect(pipeline.s3.tags.get('photos/in/some-id.png')).toBe('upload=unclaimed');
  });

  test.each([
    ['not an image', Buffer.from('text'), 'not_an_image'],
    ['a bomb', bomb(20_000, 20_000, 20_000), 'too_many_pixels'],
    ['HEIC', heic(), 'unsupported_codec'],
    ['too large', Buffer.alloc(LIMITS.maxBytes + 1, 0xff), 'payload_too_large'],
  ])('that are refused leave nothing: %s', async (_, bytes, expected) => {
    const pipeline = new TestPipeline();
    expect(await codeOf(pipeline.uploads().accept(bytes, 'x'))).toBe(expected);
    expect(pipeline.s3.keys('photos')).toEqual([]);
  });

  test('wait for the summary no longer than asked, and see it as soon as it is there', async () => {
    const pipeline = new TestPipeline();
    const uploads = pipeline.uploads();
    const start = pipeline.clock.now().getTime();
    const waited = () => pipeline.clock.now().getTime() - start;
    expect(await uploads.finished('x.jpg', 0)).toBeUndefined();
    expect(waited()).toBe(0);
    expect(await uploads.finished('x.jpg', 0.6)).toBeUndefined();
    expect(waited()).toBeGreaterThanOrEqual(600);
    expect(waited()).toBeLessThan(1000);
    await pipeline.drop('x.jpg', await photo(1));
    expect(await uploads.finished('x.jpg', 10)).toMatchObject({ id: 'x.jpg', status: 'ready' });
    expect(waited()).toBeLessThan(1000);
  });

  test('by a form are its field "file"', async () => {
    const bytes = await photo(1);
    const taken = await imageOf(form('file', bytes), 'multipart/form-data; boundary=line');
    expect(bytes.equals(taken)).toBe(true);
    expect(await imageOf(bytes, 'image/jpeg; charset=UTF-8')).toBe(bytes);
  });

  test('by a form that is none are refused', async () => {
    const bytes = await photo(1);
    const type = 'multipart/form-data; boundary=line';
    expect(await codeOf(imageOf(form('picture', bytes), type))).toBe('invalid_request');
    expect(await codeOf(imageOf(form('file', bytes, 'other'), type))).toBe('malformed_form');
    expect(await codeOf(imageOf(form('file', bytes).subarray(0, 300), type))).toBe('malformed_form');
    expect(await codeOf(imageOf(form('file', bytes), 'multipart/form-data'))).toBe('malformed_form');
  });

  test.each([
    [undefined, 0],
    ['respond-async', 0],
    ['wait', 20],
    ['respond-async, wait=5', 5],
    ['WAIT = "7"', 7],
    ['wait=3; x=1', 3],
    ['wait=600', 20],
    ['wait=0', 0],
    ['waiting', 0],
    ['wait=-1', 0],
  ])('Prefer: %s', (header, seconds) => {
    expect(secondsToWait(header)).toBe(seconds);
  });
});
