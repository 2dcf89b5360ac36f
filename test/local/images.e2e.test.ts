/** The image pipeline alone on the local cloud: by S3, by HTTP, with bad input, and with permissions taken away. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DeleteRolePolicyCommand,
  GetRolePolicyCommand,
  IAMClient,
  ListRolePoliciesCommand,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { GetFunctionConfigurationCommand, InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { GetQueueAttributesCommand, ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { App, CfnOutput, RemovalPolicy, Stack } from 'aws-cdk-lib';
import sharp from 'sharp';
import { LocalCloud } from '../../local/src';
import { ImageFit, ImageFormat, ImagePipeline } from '../../src/images';
import { animation, bomb, corners, difference, GPS, heic, photo } from '../images/pictures';
import { until } from './support';

jest.setTimeout(120_000);

let cloud: LocalCloud;
let assembly: string;
let api: string;
let outputs: Record<string, string>;
let s3: S3Client;
let sqs: SQSClient;

beforeAll(async () => {
  assembly = mkdtempSync(join(tmpdir(), 'images-'));
  synthesize(assembly);
  cloud = await LocalCloud.start({ maxEnvironmentsPerFunction: 8 });
  outputs = (await cloud.deploy(assembly)).outputs;
  api = Object.values((await cloud.openFrontDoors()).apis)[0];
  s3 = new S3Client({ ...cloud.clientConfig, forcePathStyle: true });
  sqs = new SQSClient(cloud.clientConfig);
});

afterAll(async () => {
  await cloud?.stop();
  rmSync(assembly, { recursive: true, force: true });
});

function synthesize(outdir: string): void {
  const app = new App({ outdir, context: { 'cdk-serverless-shop:allow-data-removal': true } });
  const stack = new Stack(app, 'Images');
  const pipeline = new ImagePipeline(stack, 'Photos', {
    removalPolicy: RemovalPolicy.DESTROY,
    variants: [
      { name: 'thumb', width: 60 },
      { name: 'square', width: 40, height: 40, fit: ImageFit.COVER, format: ImageFormat.JPEG },
      { name: 'large', width: 1600, format: ImageFormat.PNG },
    ],
  });
  const values = {
    Bucket: pipeline.sourceBucket.bucketName,
    Arrivals: pipeline.imageWorker.queue.queueUrl,
    DeadLetters: pipeline.imageWorker.deadLetterQueue.queueUrl,
    Process: pipeline.processFunction.functionName,
    Keeper: pipeline.keeperFunction.functionName,
    Upload: pipeline.uploadFunction.functionName,
    Query: pipeline.queryFunction.functionName,
  };
  for (const [name, value] of Object.entries(values)) new CfnOutput(stack, name, { value });
  app.synth();
}

describe('an object put into the bucket', () => {
  test.each([6, 3])('of EXIF orientation %i comes out upright and bare', async (orientation) => {
    const id = `turned-${orientation}.jpg`;
    await drop(id, await photo(orientation, GPS));
    const summary = await summaryOf(id);
    expect(summary).toMatchObject({
      id,
      status: 'ready',
      source: { format: 'jpeg', width: 120, height: 80, frames: 1 },
      steps: { validate: 'done', transform: 'done', summarise: 'done' },
      variants: [
        { name: 'thumb', format: 'webp', width: 60, height: 40, key: `media/${id}/${summary.run}/thumb.webp` },
        { name: 'square', format: 'jpeg', width: 40, height: 40, key: `media/${id}/${summary.run}/square.jpg` },
        { name: 'large', format: 'png', width: 120, height: 80, key: `media/${id}/${summary.run}/large.png` },
      ],
      problems: [],
    });
    const upright = await corners().toBuffer();
    for (const name of ['thumb', 'large']) {
      const variant = await get(`/images/${id}/variants/${name}`);
      expect([variant.status, variant.headers['content-type']]).toEqual([
        200,
        name === 'thumb' ? 'image/webp' : 'image/png',
      ]);
      expect(await difference(upright, variant.bytes)).toBeLessThan(6);
      expect(await sharp(variant.bytes).metadata()).not.toHaveProperty('exif');
    }
    const stored = await s3.send(new HeadObjectCommand({ Bucket: outputs.Bucket, Key: summary.variants[1].key }));
    expect([stored.ContentType, stored.CacheControl]).toEqual(['image/jpeg', 'public, max-age=31536000, immutable']);
    expect(cloud.logs(outputs.Process)).toContain('"ImagesReady":1');
  });

  test.each(['white space.jpg', 'a+b.jpg', '照片 é.jpg', 'what?#100%.jpg'])('under the key %s', async (id) => {
    await drop(id, await photo(1));
    expect(await summaryOf(id)).toMatchObject({ id, status: 'ready' });
    const variant = await get(`/images/${encodeURIComponent(id)}/variants/thumb`);
    expect(variant.status).toBe(200);
  });

  test('in a folder', async () => {
    await drop('2026/summer/beach.jpg', await photo(1));
    expect(await summaryOf('2026/summer/beach.jpg')).toMatchObject({ status: 'ready' });
    const { status, bytes } = await get('/images/2026%252Fsummer%252Fbeach.jpg');
    expect([status, JSON.parse(bytes.toString()).id]).toEqual([200, '2026/summer/beach.jpg']);
  });

  test('that moves keeps moving', async () => {
    await drop('moving.gif', await animation(6));
    expect(await summaryOf('moving.gif')).toMatchObject({ status: 'ready', source: { format: 'gif', frames: 6 } });
    const { bytes } = await get('/images/moving.gif/variants/thumb');
    expect((await sharp(bytes).metadata()).pages).toBe(6);
  });

  test.each([
    ['text.jpg', Buffer.from('these are words'), 'not_an_image'],
    ['empty.jpg', Buffer.alloc(0), 'not_an_image'],
    ['phone.heic', heic(), 'unsupported_codec'],
    ['bomb.png', bomb(30_000, 30_000, 30_000), 'too_many_pixels'],
  ])('that is no image is rejected with the reason: %s', async (id, bytes, code) => {
    await drop(id, bytes);
    expect(await summaryOf(id)).toMatchObject({ status: 'rejected', variants: [], problems: [{ code }] });
    expect(await problem(get(`/images/${id}/variants/thumb`))).toEqual([404, 'variant_not_found']);
  });

  test('whose event comes twice is worked on once, and another image under its key anew', async () => {
    await drop('again.jpg', await photo(1));
    const first = await summaryOf('again.jpg');
    const address = '/images/again.jpg/variants/thumb';
    const { etag } = (await get(address)).headers;
    expect((await request(address, { headers: { 'if-none-match': etag } })).status).toBe(304);
    const { MessageId } = await sqs.send(
      new SendMessageCommand({ QueueUrl: outputs.Arrivals, MessageBody: '{"key":"originals/again.jpg"}' }),
    );
    expect(MessageId).toBeDefined();
    await untilEmpty(outputs.Arrivals);
    expect(await summaryOf('again.jpg')).toEqual(first);

    const other = sharp(await photo(1)).resize(100, 50);
    await drop('again.jpg', await other.png().toBuffer());
    await until(async () => (await summaryOf('again.jpg')).source.width === 100);
    const changed = await request(address, { headers: { 'if-none-match': etag } });
    expect([changed.status, changed.headers['cache-control']]).toEqual([200, 'public, no-cache']);
    // Pages that were loaded before still show what was replaced.
    for (const { key } of first.variants) expect(await exists(key)).toBe(true);
  });

  test('and deleted takes with it what was made of it', async () => {
    await drop('gone.jpg', await photo(1));
    const { variants } = await summaryOf('gone.jpg');
    await s3.send(new DeleteObjectCommand({ Bucket: outputs.Bucket, Key: 'originals/gone.jpg' }));
    await until(async () => (await summaryOf('gone.jpg')).status === 'deleted');
    await until(async () => !(await exists(variants[0].key)) && !(await exists(variants[2].key)));
    expect(await problem(get('/images/gone.jpg'))).toEqual([404, 'image_not_found']);
  });
});

describe('the keeper', () => {
  const look = async () => {
    const { Payload, FunctionError } = await new LambdaClient(cloud.clientConfig).send(
      new InvokeCommand({ FunctionName: outputs.Keeper }),
    );
    expect(FunctionError).toBeUndefined();
    return JSON.parse(Buffer.from(Payload ?? []).toString());
  };

  test('has old images made again at its second look at another recipe, and works with its own permissions', async () => {
    await drop('old.jpg', await photo(1));
    const before = await summaryOf('old.jpg');
    // As if it had been made by other settings.
    const old = { ...before, recipe: 'another', run: '0'.repeat(16) };
    await s3.send(
      new PutObjectCommand({
        Bucket: outputs.Bucket,
        Key: 'image-summaries/media/old.jpg/summary.json',
        Body: JSON.stringify(old),
      }),
    );
    await look();
    await look();
    await until(async () => (await summaryOf('old.jpg')).recipe === before.recipe);
    const after = await summaryOf('old.jpg');
    expect(after).toMatchObject({ status: 'ready' });
    expect(after.run).not.toBe(before.run);
    expect(await look()).toEqual({ handedOn: 0, removed: 0 });
  });
});

describe('POST /images', () => {
  test('answers 201 at once and tells where the summary will be', async () => {
    const { status, headers, bytes } = await post(await photo(6), { 'content-type': 'image/jpeg; charset=UTF-8' });
    const { id, ...accepted } = JSON.parse(bytes.toString());
    expect([status, headers.location]).toEqual([201, `/v1/images/${id}`]);
    expect(id).toMatch(/^[0-9a-f-]{36}\.jpg$/);
    expect(accepted).toMatchObject({ status: 'processing', source: { width: 120, height: 80 } });
    const early = JSON.parse((await get(headers.location.slice('/v1'.length))).bytes.toString());
    expect(['processing', 'ready']).toContain(early.status);
    expect(await summaryOf(id)).toMatchObject({ status: 'ready' });
    const { TagSet } = await s3.send(new GetObjectTaggingCommand({ Bucket: outputs.Bucket, Key: `originals/${id}` }));
    expect(TagSet).toEqual([{ Key: 'upload', Value: 'unclaimed' }]);
  });

  test('answers 200 with the finished summary to who prefers to wait', async () => {
    const answer = await post(await photo(8), { 'content-type': 'application/octet-stream', prefer: 'wait=15' });
    expect([answer.status, answer.headers['preference-applied']]).toEqual([200, 'wait']);
    const summary = JSON.parse(answer.bytes.toString());
    expect(summary).toMatchObject({ status: 'ready', source: { width: 120, height: 80 } });
    expect(summary.variants.map((it: { name: string }) => it.name)).toEqual(['thumb', 'square', 'large']);
  });

  test('takes a form', async () => {
    const form = new FormData();
    form.append('note', 'from the beach');
    form.append('file', new Blob([new Uint8Array(await photo(5))], { type: 'image/jpeg' }), 'beach.jpg');
    const answer = await post(form, { prefer: 'wait' });
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.bytes.toString())).toMatchObject({ status: 'ready' });
  });

  test('takes a large photo and redirects to its large variant', async () => {
    const noise = sharp({
      create: {
        width: 900,
        height: 600,
        channels: 3,
        noise: { type: 'gaussian', mean: 128, sigma: 60 },
        background: 'red',
      },
    });
    const answer = await post(await noise.jpeg({ quality: 95 }).toBuffer(), {
      'content-type': 'image/jpeg',
      prefer: 'wait',
    });
    const { id, variants } = JSON.parse(answer.bytes.toString());
    const large = variants.find((it: { name: string }) => it.name === 'large');
    expect(large.bytes).toBeGreaterThan(1_048_576);
    const redirect = await get(`/images/${id}/variants/large`);
    expect([redirect.status, redirect.headers['cache-control']]).toEqual([302, 'private, max-age=150']);
    const signed = await fetch(redirect.headers.location);
    expect([signed.status, (await signed.arrayBuffer()).byteLength]).toEqual([200, large.bytes]);
  });

  test.each([
    ['text', Buffer.from('these are words'), 'image/jpeg', [400, 'not_an_image']],
    ['a bomb', bomb(30_000, 30_000, 30_000), 'image/png', [400, 'too_many_pixels']],
    ['HEIC', heic(), 'image/heic', [415, 'unsupported_codec']],
    ['SVG', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'image/svg+xml', [415, 'unsupported_codec']],
    ['another media type', Buffer.from('{}'), 'application/json', [415, 'unsupported_media_type']],
    ['no body', Buffer.alloc(0), 'image/jpeg', [400, 'invalid_request']],
    ['more than 4 MiB', Buffer.alloc(4_194_305, 0xff), 'image/jpeg', [413, 'payload_too_large']],
    ['a form without boundary', Buffer.from('file=x'), 'multipart/form-data', [400, 'malformed_form']],
  ])('refuses %s', async (_, bytes, type, expected) => {
    expect(await problem(post(bytes, { 'content-type': type }))).toEqual(expected);
  });

  test('refuses a photo that was cut off, and a form without file', async () => {
    const whole = await photo(1);
    const cut = whole.subarray(0, whole.length / 2);
    expect(await problem(post(cut, { 'content-type': 'image/jpeg' }))).toEqual([400, 'broken_image']);
    const form = new FormData();
    form.append('picture', new Blob([new Uint8Array(whole)]), 'x.jpg');
    expect(await problem(post(form))).toEqual([400, 'invalid_request']);
  });
});

describe('GET /images', () => {
  test('knows what is not there', async () => {
    await drop('known.jpg', await photo(1));
    await summaryOf('known.jpg');
    expect(await problem(get('/images/unknown.jpg'))).toEqual([404, 'image_not_found']);
    expect(await problem(get('/images/unknown.jpg/variants/thumb'))).toEqual([404, 'image_not_found']);
    expect(await problem(get('/images/known.jpg/variants/poster'))).toEqual([404, 'variant_not_found']);
    expect(await problem(get('/images/known.jpg/variants/no.such.name'))).toEqual([404, 'variant_not_found']);
  });
});

describe('hundreds of images at once', () => {
  test('are all ready in the end', async () => {
    const bytes = await photo(1);
    const ids = Array.from({ length: 200 }, (_, index) => `many/${index}.jpg`);
    for (const id of ids) await drop(id, bytes);
    await untilEmpty(outputs.Arrivals, 280);
    for (const id of ids) expect(await summaryOf(id)).toMatchObject({ status: 'ready' });
  }, 300_000);
});

describe('without its policy', () => {
  test('Process is denied: nothing is told, nothing is lost, and it goes on once it may', async () => {
    const restore = await removePolicies(outputs.Process, /s3:/);
    await drop('denied.jpg', await photo(1));
    await until(async () => cloud.logs(outputs.Process).includes('AccessDenied'));
    const { status, bytes } = await get('/images/denied.jpg');
    expect([status, JSON.parse(bytes.toString()).status]).toEqual([200, 'processing']);
    await restore();
    expect(await summaryOf('denied.jpg')).toMatchObject({ status: 'ready' });
  });

  test('what fails for good has failed, and is in the dead-letter queue', async () => {
    const restore = await removePolicies(outputs.Process, /GetObject.*originals/);
    await drop('failing.jpg', await photo(1));
    await until(async () => JSON.parse((await get('/images/failing.jpg')).bytes.toString()).status === 'failed', 150);
    expect(await summaryOf('failing.jpg')).toMatchObject({
      steps: { validate: 'failed', transform: 'skipped', summarise: 'done' },
      problems: [{ code: 'internal_error' }],
    });
    expect(JSON.stringify(await summaryOf('failing.jpg'))).not.toMatch(/AccessDenied|arn:aws/);
    const dead = await receive(outputs.DeadLetters);
    expect(JSON.parse(dead).detail.object.key).toBe('originals/failing.jpg');
    expect(cloud.logs(outputs.Process)).toContain('"ImagesFailed":1');
    await restore();
  }, 300_000);

  test('Upload, Query and Keeper tell nothing', async () => {
    await drop('there.jpg', await photo(1));
    await summaryOf('there.jpg');
    for (const [name, send] of [
      ['Upload', async () => post(await photo(1), { 'content-type': 'image/jpeg' })],
      ['Query', async () => get('/images/there.jpg')],
    ] as const) {
      await removePolicies(outputs[name]);
      const { status, bytes } = await send();
      expect([status, JSON.parse(bytes.toString()).code]).toEqual([500, 'internal_error']);
      expect(bytes.toString()).not.toMatch(/AccessDenied|arn:aws/);
      await until(async () => cloud.logs(outputs[name]).includes('AccessDenied'));
    }
    await removePolicies(outputs.Keeper);
    const { FunctionError } = await new LambdaClient(cloud.clientConfig).send(
      new InvokeCommand({ FunctionName: outputs.Keeper }),
    );
    expect(FunctionError).toBe('Unhandled');
  });
});

type Answer = { status: number; headers: Record<string, string>; bytes: Buffer };

async function request(path: string, init: RequestInit): Promise<Answer> {
  const response = await fetch(`${api}/v1${path}`, { redirect: 'manual', ...init });
  const bytes = Buffer.from(await response.arrayBuffer());
  return { status: response.status, headers: Object.fromEntries(response.headers), bytes };
}

function get(path: string): Promise<Answer> {
  return request(path, {});
}

function post(body: Buffer | FormData, headers: Record<string, string> = {}): Promise<Answer> {
  return request('/images', { method: 'POST', body: body instanceof FormData ? body : new Uint8Array(body), headers });
}

async function problem(answer: Promise<Answer>): Promise<[number, string]> {
  const { status, headers, bytes } = await answer;
  expect(headers['content-type']).toBe('application/problem+json');
  return [status, JSON.parse(bytes.toString()).code];
}

async function drop(id: string, bytes: Buffer): Promise<void> {
  await s3.send(new PutObjectCommand({ Bucket: outputs.Bucket, Key: `originals/${id}`, Body: bytes }));
}

/** The summary as it stands in the bucket, once it is there. */
async function summaryOf(id: string) {
  return JSON.parse(await until(() => textOf(`image-summaries/media/${id}/summary.json`)));
}

/** Read to its end: a body that no one reads keeps its connection, of which a client has 50. */
async function textOf(Key: string): Promise<string | undefined> {
  const found = await s3.send(new GetObjectCommand({ Bucket: outputs.Bucket, Key })).catch(() => undefined);
  return found?.Body?.transformToString();
}

async function exists(key: string): Promise<boolean> {
  const found = await s3.send(new HeadObjectCommand({ Bucket: outputs.Bucket, Key: key })).catch(() => undefined);
  return found !== undefined;
}

async function untilEmpty(QueueUrl: string, seconds?: number): Promise<void> {
  const names = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;
  await until(async () => {
    const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...names] }));
    return names.every((name) => Attributes?.[name] === '0');
  }, seconds);
}

function receive(QueueUrl: string): Promise<string> {
  return until(async () => {
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 1 }));
    return Messages[0]?.Body;
  }, 90);
}

/** Takes permissions from a function, every one unless told which; what it returns gives them back. */
async function removePolicies(functionName: string, only?: RegExp): Promise<() => Promise<void>> {
  const { Role = '' } = await new LambdaClient(cloud.clientConfig).send(
    new GetFunctionConfigurationCommand({ FunctionName: functionName }),
  );
  const RoleName = Role.slice(Role.lastIndexOf('/') + 1);
  const iam = new IAMClient(cloud.clientConfig);
  const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
  expect(PolicyNames).not.toEqual([]);
  const documents = await Promise.all(
    PolicyNames.map((PolicyName) => iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }))),
  );
  for (const { PolicyName, PolicyDocument = '' } of documents) {
    await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName }));
    if (!only) continue;
    const document = JSON.parse(decodeURIComponent(PolicyDocument));
    const Statement = document.Statement.filter((it: object) => !only.test(JSON.stringify(it)));
    expect(Statement.length).toBeLessThan(document.Statement.length);
    const rest = JSON.stringify({ ...document, Statement });
    await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument: rest }));
  }
  return async () => {
    for (const { PolicyName, PolicyDocument = '' } of documents) {
      await iam.send(
        new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument: decodeURIComponent(PolicyDocument) }),
      );
    }
  };
}
