/** Classifiers on the local cloud: the digits model in a function, and a model behind an endpoint. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DeleteRolePolicyCommand, IAMClient, ListRolePoliciesCommand } from '@aws-sdk/client-iam';
import { GetFunctionConfigurationCommand, InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { App, CfnOutput, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import sharp from 'sharp';
import { LocalCloud } from '../../local/src';
import { ImagePreprocessing, InferenceModel, MlInferenceFunction, ServiceApi, TensorLayout } from '../../src';
import { strokes } from '../inference/strokes';
import { until } from './support';

jest.setTimeout(120_000);

const MODEL = join(__dirname, '../../examples/models/digits');
const card = JSON.parse(readFileSync(join(MODEL, 'model.json'), 'utf8'));
const OTHER_SHA256 = 'ab'.repeat(32);
const lateModel = edition();

let cloud: LocalCloud;
let assembly: string;
let outputs: Record<string, string>;
let api: string;
let objects: S3Client;
let functions: LambdaClient;

beforeAll(async () => {
  assembly = mkdtempSync(join(tmpdir(), 'inference-'));
  synthesize(assembly);
  cloud = await LocalCloud.start({ maxEnvironmentsPerFunction: 3 });
  outputs = (await cloud.deploy(assembly)).outputs;
  api = Object.values((await cloud.openFrontDoors()).apis)[0];
  objects = new S3Client({ ...cloud.clientConfig, forcePathStyle: true });
  functions = new LambdaClient(cloud.clientConfig);
  await put(outputs.Models, 'models/digits.onnx', readFileSync(join(MODEL, card.file)));
});

afterAll(async () => {
  functions?.destroy();
  objects?.destroy();
  await cloud?.stop();
  rmSync(assembly, { recursive: true, force: true });
});

/**
 * The digits model with a text of its own (field 6 of ONNX's ModelProto), so that a function does not find the
 * copy that another has left: on this machine they share their /tmp.
 */
function edition(): { bytes: Buffer; sha256: string } {
  const text = randomBytes(16).toString('hex');
  const bytes = Buffer.concat([
    readFileSync(join(MODEL, card.file)),
    Buffer.from([0x32, text.length]),
    Buffer.from(text),
  ]);
  return { bytes, sha256: createHash('sha256').update(bytes).digest('hex') };
}

function synthesize(outdir: string): void {
  const app = new App({ outdir });
  const stack = new Stack(app, 'Inference');
  // Outputs have the names of what they tell of, so that needs a scope of its own.
  const scope = new Construct(stack, 'Parts');
  const bucket = new s3.Bucket(scope, 'Models', { removalPolicy: RemovalPolicy.DESTROY });
  const digits = (key: string, sha256: string, modelName?: string) =>
    InferenceModel.inFunction({
      modelName,
      bucket,
      key,
      sha256,
      preprocessing: ImagePreprocessing.drawing({ width: 8, height: 8, layout: TensorLayout.FLAT }),
      softmax: false,
    });
  const classifiers = {
    Digits: new MlInferenceFunction(scope, 'Digits', {
      model: digits('models/digits.onnx', card.sha256),
      labels: card.labels,
      top: 3,
      threshold: 0.5,
      api: new ServiceApi(scope, 'Api'),
      source: {},
    }),
    Wrong: new MlInferenceFunction(scope, 'Wrong', { model: digits('models/digits.onnx', OTHER_SHA256), source: {} }),
    Late: new MlInferenceFunction(scope, 'Late', {
      model: digits('models/late.onnx', lateModel.sha256, 'digits at last'),
    }),
    Endpoint: new MlInferenceFunction(scope, 'Endpoint', {
      model: InferenceModel.fromEndpointName('cats', { timeout: Duration.seconds(4) }),
      labels: ['cat', 'dog'],
    }),
  };
  new CfnOutput(stack, 'Models', { value: bucket.bucketName });
  for (const [name, { inferenceFunction, sourceBucket, imageWorker }] of Object.entries(classifiers)) {
    new CfnOutput(stack, name, { value: inferenceFunction.functionName });
    if (sourceBucket) new CfnOutput(stack, `${name}Images`, { value: sourceBucket.bucketName });
    if (imageWorker) new CfnOutput(stack, `${name}Queue`, { value: imageWorker.queue.queueUrl });
  }
  app.synth();
}

describe('a model in the function', () => {
  test('tells what digit is drawn when it is invoked', async () => {
    const answer = await invoke('Digits', { image: (await drawn('7')).toString('base64') });
    expect(answer).toMatchObject({ label: '7', model: { name: 'digits', sha256: card.sha256 } });
    expect(answer.scores).toHaveLength(3);
    expect(answer.scores[0]).toEqual({ label: '7', score: answer.score });
    expect(cloud.logs(outputs.Digits)).toContain('"ImagesClassified":1');
  });

  test('takes images from the bucket it may read', async () => {
    await put(outputs.DigitsImages, 'incoming/four.png', await drawn('4'));
    const s3 = { bucket: outputs.DigitsImages, key: 'incoming/four.png' };
    expect(await invoke('Digits', { s3, top: 1 })).toMatchObject({ label: '4', scores: [{ label: '4' }] });
    expect(await invoke('Digits', { s3: { ...s3, key: 'incoming/absent.png' } })).toMatchObject({
      errorType: 'image_not_found',
    });
    expect(await invoke('Digits', { s3: { ...s3, bucket: outputs.Models } })).toMatchObject({
      errorType: 'image_not_readable',
    });
  });

  test('answers POST /classify', async () => {
    const { status, body } = await post(await drawn('3'), 'image/png', '?top=2');
    expect([status, body.label, body.scores.length]).toEqual([200, '3', 2]);
  });

  test('names nothing that it is not sure of', async () => {
    const blank = await sharp({ create: { width: 40, height: 40, channels: 3, background: 'white' } })
      .png()
      .toBuffer();
    expect((await post(blank, 'image/png')).body).toMatchObject({ label: null, score: expect.any(Number) });
  });

  test.each([
    ['text', Buffer.from('seven'), 'image/png', '', 400, 'not_an_image'],
    ['half an image', drawn('7').then((png) => png.subarray(0, 60)), 'image/png', '', 400, 'broken_image'],
    ['a bomb', bomb(), 'image/png', '', 400, 'too_many_pixels'],
    ['SVG', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'image/svg+xml', '', 415, 'unsupported_codec'],
    ['JSON', Buffer.from('{}'), 'application/json', '', 415, 'unsupported_media_type'],
    ['no body', Buffer.alloc(0), 'image/png', '', 400, 'invalid_request'],
    ['no number', drawn('7'), 'image/png', '?top=none', 400, 'invalid_request'],
    ['more than 4 MiB', Buffer.alloc(4_194_305, 0xff), 'image/jpeg', '', 413, 'payload_too_large'],
  ])('refuses %s', async (_name, bytes, type, query, status, code) => {
    expect(await post(await bytes, type, query)).toMatchObject({ status, body: { status, code } });
  });

  test('writes the result of an image that is put into the bucket', async () => {
    const key = 'incoming/a nine+#1.png';
    await put(outputs.DigitsImages, key, await drawn('9'));
    expect(await resultOf('Digits', key)).toMatchObject({
      image: { bucket: outputs.DigitsImages, key },
      label: '9',
      model: { name: 'digits', sha256: card.sha256 },
    });
  });

  test('writes what is wrong with an object that is no image', async () => {
    await put(outputs.DigitsImages, 'incoming/words.png', Buffer.from('nine'));
    expect(await resultOf('Digits', 'incoming/words.png')).toMatchObject({ problem: { code: 'not_an_image' } });
    expect(cloud.logs(outputs.Digits)).toContain('"ImagesRejected":1');
  });

  test('never runs a file with another checksum, and names both', async () => {
    const answer = await invoke('Wrong', { image: (await drawn('7')).toString('base64') });
    expect(answer).toMatchObject({
      errorType: 'model_checksum_mismatch',
      errorMessage: `The model digits.onnx should have the SHA-256 checksum ${OTHER_SHA256}, but has ${card.sha256}.`,
    });
  });

  test('keeps an image in its queue as long as the model cannot be used', async () => {
    await put(outputs.WrongImages, 'incoming/seven.png', await drawn('7'));
    await until(async () => cloud.logs(outputs.Wrong).includes('"A message comes again later"'));
    const { Attributes = {} } = await new SQSClient(cloud.clientConfig).send(
      new GetQueueAttributesCommand({ QueueUrl: outputs.WrongQueue, AttributeNames: ['All'] }),
    );
    const { ApproximateNumberOfMessages, ApproximateNumberOfMessagesNotVisible } = Attributes;
    expect(Number(ApproximateNumberOfMessages) + Number(ApproximateNumberOfMessagesNotVisible)).toBe(1);
    expect(cloud.logs(outputs.Wrong)).toContain('"reason":"model_checksum_mismatch"');
    expect(cloud.logs(outputs.Wrong)).toContain('"ClassificationsFailed":1');
  });

  test('says that it is missing, and is found once it is there', async () => {
    const image = (await drawn('5')).toString('base64');
    expect(await invoke('Late', { image })).toMatchObject({ errorType: 'model_missing' });
    await put(outputs.Models, 'models/late.onnx', lateModel.bytes);
    expect(await invoke('Late', { image })).toMatchObject({ label: '5', model: { name: 'digits at last' } });
  });

  test('is denied the image when its policy is taken away', async () => {
    await removePolicies(outputs.Digits);
    const s3 = { bucket: outputs.DigitsImages, key: 'incoming/four.png' };
    expect(await invoke('Digits', { s3 })).toMatchObject({ errorType: 'image_not_readable' });
  });
});

describe('a model behind an endpoint', () => {
  const image = { image: 'iVBORw0KGgpyZXN0' };

  test('that is not there yet is missing', async () => {
    expect(await invoke('Endpoint', image)).toMatchObject({ errorType: 'model_missing' });
  });

  test('answers, fails, is slow, and heals', async () => {
    const sent: string[] = [];
    const endpoint = await cloud.sagemaker.serve('cats', {
      modelServer: ({ body, contentType }) => {
        sent.push(`${contentType} ${body.toString('base64')}`);
        return { body: JSON.stringify({ predictions: [[0.1, 0.9]] }) };
      },
    });
    expect(await invoke('Endpoint', image)).toEqual({
      label: 'dog',
      score: 0.9,
      scores: [
        { label: 'dog', score: 0.9 },
        { label: 'cat', score: 0.1 },
      ],
      model: { name: 'cats' },
    });
    expect(sent).toEqual([`image/png ${image.image}`]);

    endpoint.fail(500);
    expect(await invoke('Endpoint', image)).toMatchObject({ errorType: 'model_failed' });
    endpoint.fail(415);
    expect(await invoke('Endpoint', image)).toMatchObject({ errorType: 'image_refused' });
    endpoint.heal();

    endpoint.slow(12_000);
    const start = Date.now();
    expect(await invoke('Endpoint', image)).toMatchObject({ errorType: 'model_timeout' });
    expect(Date.now() - start).toBeLessThan(11_000);
    endpoint.heal();

    expect(await invoke('Endpoint', { image: 'bm8gaW1hZ2U=' })).toMatchObject({ errorType: 'not_an_image' });
    expect(await invoke('Endpoint', { url: 'x' })).toMatchObject({ errorType: 'invalid_request' });
    expect(await invoke('Endpoint', image)).toMatchObject({ label: 'dog' });
  });

  test('may not be called when the policy is taken away', async () => {
    await removePolicies(outputs.Endpoint);
    expect(await invoke('Endpoint', image)).toMatchObject({ errorType: expect.stringContaining('AccessDenied') });
  });
});

function drawn(digit: string): Promise<Buffer> {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="280" height="280"><rect width="280" height="280" fill="#eef"/>
    <path d="${strokes[digit]}" fill="none" stroke="#113" stroke-width="18" stroke-linecap="round"/></svg>`;
  return sharp(Buffer.from(svg)).png().toBuffer();
}

function bomb(): Promise<Buffer> {
  return sharp({ create: { width: 10_000, height: 5_001, channels: 3, background: 'black' } })
    .png()
    .toBuffer();
}

async function invoke(name: string, event: unknown) {
  const { Payload } = await functions.send(
    new InvokeCommand({ FunctionName: outputs[name], Payload: JSON.stringify(event) }),
  );
  return JSON.parse(Payload?.transformToString() ?? '');
}

async function post(bytes: Buffer, type: string, query = '') {
  const response = await fetch(`${api}/v1/classify${query}`, {
    method: 'POST',
    body: new Uint8Array(bytes),
    headers: { 'content-type': type },
  });
  return { status: response.status, body: JSON.parse(await response.text()) };
}

async function put(Bucket: string, Key: string, Body: Buffer): Promise<void> {
  await objects.send(new PutObjectCommand({ Bucket, Key, Body }));
}

async function resultOf(name: string, key: string) {
  const at = { Bucket: outputs[`${name}Images`], Key: `results/${key}.json` };
  const result = await until(async () => {
    const found = await objects.send(new GetObjectCommand(at)).catch(() => undefined);
    // Read to its end: a body that no one reads keeps its connection.
    return found?.Body?.transformToString();
  });
  return JSON.parse(result);
}

async function removePolicies(functionName: string): Promise<void> {
  const { Role = '' } = await functions.send(new GetFunctionConfigurationCommand({ FunctionName: functionName }));
  const RoleName = Role.slice(Role.lastIndexOf('/') + 1);
  const iam = new IAMClient(cloud.clientConfig);
  const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
  expect(PolicyNames).not.toEqual([]);
  for (const PolicyName of PolicyNames) await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName }));
}
