import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as s3 from 'aws-cdk-lib/aws-s3';
import {
  ImagePreprocessing,
  InferenceModel,
  MlInferenceFunction,
  type MlInferenceFunctionProps,
  ServiceApi,
  TensorLayout,
} from '../../src';
import { ASSETS } from '../../src/building-blocks/assets';

const SHA256 = 'AB'.repeat(32);

let app: App;
let stack: Stack;

beforeEach(() => {
  app = new App();
  stack = new Stack(app, 'Stack');
});

function onnx(key = 'models/digits.onnx', sha256 = SHA256): InferenceModel {
  return InferenceModel.inFunction({
    bucket: s3.Bucket.fromBucketName(stack, `Models${key}${sha256}`, 'models-bucket'),
    key,
    sha256,
    preprocessing: ImagePreprocessing.drawing({ width: 8, height: 8, layout: TensorLayout.FLAT }),
    softmax: false,
  });
}

function make(props: Partial<MlInferenceFunctionProps> = {}): MlInferenceFunction {
  return new MlInferenceFunction(stack, 'It', { model: InferenceModel.fromEndpointName('Cats-v2'), ...props });
}

/** What the function may do, as `action on resource`, besides writing its log and its traces. */
function permissions(): string[] {
  const policies = Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy'));
  return policies
    .flatMap(({ Properties }) => Properties.PolicyDocument.Statement)
    .flatMap(({ Action, Resource }) => [Action].flat().map((action) => `${action} on ${JSON.stringify(Resource)}`))
    .filter((permission) => !/^(logs|xray):/.test(permission))
    .sort();
}

function settingsOf(template: Template): Record<string, unknown> {
  const [{ Properties }] = Object.values(
    template.findResources('AWS::Lambda::Function', {
      Properties: { Environment: { Variables: { INFERENCE_SETTINGS: Match.anyValue() } } },
    }),
  );
  return JSON.parse(Properties.Environment.Variables.INFERENCE_SETTINGS);
}

function mistakes(): string {
  try {
    app.synth();
    return '';
  } catch (error) {
    return String(error);
  }
}

test('an endpoint: may be called, and nothing else; no native layer', () => {
  make();
  expect(permissions()).toEqual([
    'sagemaker:InvokeEndpoint on {"Fn::Join":["",["arn:",{"Ref":"AWS::Partition"},":sagemaker:",{"Ref":"AWS::Region"},":",{"Ref":"AWS::AccountId"},":endpoint/cats-v2"]]}',
  ]);
  const template = Template.fromStack(stack);
  template.resourceCountIs('AWS::Lambda::LayerVersion', 0);
  template.hasResourceProperties('AWS::Lambda::Function', {
    Environment: { Variables: { MODEL_ENDPOINT_NAME: 'Cats-v2' } },
    Timeout: 29,
  });
  expect(settingsOf(template)).toEqual({
    endpoint: { maxRetries: 2, timeoutMs: 8000 },
    softmax: false,
    threshold: 0,
    top: 5,
  });
});

test('a model in the function: its file may be read, and nothing else; both native layers', () => {
  make({ model: onnx(), labels: ['a', 'b'], threshold: 0.4, top: 2 });
  expect(permissions()).toEqual([
    's3:GetObject on {"Fn::Join":["",["arn:",{"Ref":"AWS::Partition"},":s3:::models-bucket/models/digits.onnx"]]}',
  ]);
  const template = Template.fromStack(stack);
  template.resourceCountIs('AWS::Lambda::LayerVersion', 2);
  template.hasResourceProperties('AWS::Lambda::Function', {
    Architectures: ['arm64'],
    Layers: [Match.anyValue(), Match.anyValue()],
    Environment: {
      Variables: {
        MODEL_BUCKET: 'models-bucket',
        MODEL_KEY: 'models/digits.onnx',
        MODEL_SHA256: SHA256.toLowerCase(),
      },
    },
  });
  expect(settingsOf(template)).toEqual({
    labels: ['a', 'b'],
    preprocessing: { height: 8, kind: 'drawing', layout: 'flat', maxPixels: 4_000_000, width: 8 },
    softmax: false,
    threshold: 0.4,
    top: 2,
  });
});

test.each([
  [8, 4_000_000],
  [224, 256 * 224 * 224],
  [640, 50_000_000],
])('for a model of %i x %i pixels, images of %i pixels are decoded', (side, pixels) => {
  const settings = { width: side, height: side };
  expect(ImagePreprocessing.photo(settings)._settings.maxPixels).toBe(pixels);
  expect(ImagePreprocessing.drawing(settings)._settings.maxPixels).toBe(pixels);
  expect(ImagePreprocessing.photo({ ...settings, maxPixels: 12 })._settings.maxPixels).toBe(12);
  expect(ImagePreprocessing.drawing({ ...settings, maxPixels: 50_000_001 })._mistakes).toEqual([
    'maxPixels is 50000001; it must be a whole number of pixels from 1 to 50000000.',
  ]);
});

test('a watched bucket: its events reach the function through a queue with a dead-letter queue', () => {
  const it = make({ source: {} });
  const template = Template.fromStack(stack);
  template.hasResourceProperties('AWS::S3::Bucket', {
    NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } },
  });
  template.hasResourceProperties('AWS::Events::Rule', {
    EventPattern: {
      source: ['aws.s3'],
      'detail-type': ['Object Created'],
      detail: { object: { key: [{ prefix: 'incoming/' }] } },
    },
  });
  template.hasResourceProperties('AWS::SQS::Queue', {
    RedrivePolicy: { maxReceiveCount: 20 },
    VisibilityTimeout: 29 * 6,
  });
  template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
    BatchSize: 1,
    FunctionResponseTypes: ['ReportBatchItemFailures'],
  });
  expect(it.outputPrefix).toBe('results/');
  expect(permissions().filter((permission) => permission.startsWith('s3:'))).toEqual([
    expect.stringMatching(/^s3:GetObject on .*"\/incoming\/\*"/),
    expect.stringMatching(/^s3:ListBucket on .*GetAtt/),
    expect.stringMatching(/^s3:PutObject on .*"\/results\/\*"/),
  ]);
});

test("the user's own buckets, key and API are used", () => {
  const key = new kms.Key(stack, 'Key');
  const images = new s3.Bucket(stack, 'Images', { encryptionKey: key });
  const results = new s3.Bucket(stack, 'Results', { encryptionKey: key });
  const api = new ServiceApi(stack, 'Api');
  const it = make({ api, source: { bucket: images, prefix: '' }, output: { bucket: results, prefix: '' } });
  expect([it.sourceBucket, it.outputBucket]).toEqual([images, results]);
  const template = Template.fromStack(stack);
  template.resourceCountIs('AWS::S3::Bucket', 2);
  template.hasResourceProperties('AWS::ApiGatewayV2::Route', { RouteKey: 'POST /v1/classify' });
  template.hasResourceProperties('AWS::Events::Rule', {
    EventPattern: {
      detail: { bucket: { name: [{ Ref: Match.stringLikeRegexp('^Images') }] }, object: Match.absent() },
    },
  });
  expect(permissions().filter((permission) => permission.startsWith('kms:'))).toEqual(
    expect.arrayContaining([expect.stringMatching(/^kms:Decrypt/), expect.stringMatching(/^kms:GenerateDataKey/)]),
  );
});

test('there is no HTTP and no bucket unless they are asked for', () => {
  const it = make();
  expect([it.imageWorker, it.sourceBucket, it.outputBucket]).toEqual([undefined, undefined, undefined]);
  const template = Template.fromStack(stack);
  for (const type of ['AWS::ApiGatewayV2::Api', 'AWS::S3::Bucket', 'AWS::SQS::Queue'])
    template.resourceCountIs(type, 0);
});

test('grants allow one thing each', () => {
  const it = make({ source: {} });
  const users = ['Caller', 'Sender', 'Reader'].map(
    (id) => new iam.Role(stack, id, { assumedBy: new iam.AccountRootPrincipal() }),
  );
  it.grantInvoke(users[0]);
  it.grantPutSource(users[1]);
  it.grantReadOutput(users[2]);
  const template = Template.fromStack(stack);
  for (const [index, action] of ['lambda:InvokeFunction', 's3:PutObject', 's3:GetObject'].entries()) {
    template.hasResourceProperties('AWS::IAM::Policy', {
      Roles: [stack.resolve(users[index].roleName)],
      PolicyDocument: { Statement: [Match.objectLike({ Action: action })] },
    });
  }
});

test('grants on a bucket that is not watched say what to do', () => {
  expect(() => make().grantPutSource(new iam.AccountRootPrincipal())).toThrow('set the property "source"');
});

test('an output without a source has nothing to hold', () => {
  make({ output: { prefix: 'results/' } });
  expect(mistakes()).toContain('output is set without source');
});

test('all mistakes are told at once, each with what would be right', () => {
  make({
    model: onnx('', 'abc'),
    labels: ['a', 'a', 'x'.repeat(3000)],
    top: 0,
    threshold: 2,
    timeout: Duration.seconds(60),
    api: new ServiceApi(stack, 'Api'),
    source: { prefix: 'results' },
    output: { prefix: 'results/of/images/' },
    functions: { architecture: lambda.Architecture.X86_64 },
  });
  const told = mistakes();
  for (const mistake of [
    'model.sha256 is "abc"; it must be 64 hexadecimal digits',
    'model.key is ""',
    'labels has more than one "a"',
    'bytes as JSON; at most 3000 fit',
    'top is 0; it must be a whole number from 1 to 100',
    'threshold is 2; it must be from 0 to 1',
    'timeout is 60 s, but with api it may be 29 s at most',
    'source.prefix is "results"; it must be names',
    'output.prefix "results/of/images/" is under source.prefix "results"',
    'sharp is shipped for arm64 only',
    'onnxruntime is shipped for arm64 only',
  ]) {
    expect(told).toContain(mistake);
  }
});

test.each([
  ['name', InferenceModel.fromEndpointName('no spaces'), `The endpoint's name is "no spaces"`],
  [
    'long time-out',
    InferenceModel.fromEndpointName('e', { timeout: Duration.minutes(2) }),
    "The endpoint's timeout is 120000 ms",
  ],
  ['maxRetries', InferenceModel.fromEndpointName('e', { maxRetries: 10 }), "The endpoint's maxRetries is 10"],
  [
    'retries that outlast the function',
    InferenceModel.fromEndpointName('e', { maxRetries: 3 }),
    'timeout is 29 s, but the endpoint with its retries may take 35 s',
  ],
])("an endpoint's mistake: %s", (_name, model, message) => {
  make({ model });
  expect(mistakes()).toContain(message);
});

test('the mistakes of preprocessing are told by the construct', () => {
  const model = InferenceModel.inFunction({
    bucket: s3.Bucket.fromBucketName(stack, 'Models', 'models'),
    key: 'model.onnx',
    sha256: SHA256,
    preprocessing: ImagePreprocessing.photo({ width: 0, height: 224, mean: [0.5], standardDeviation: [1, 0, 1] }),
  });
  make({ model });
  const told = mistakes();
  expect(told).toContain('model.preprocessing.width is 0');
  expect(told).toContain('model.preprocessing.mean must be three numbers.');
  expect(told).toContain('model.preprocessing.standardDeviation must be three numbers above 0.');
});

test('a model in the function and one behind an endpoint each have their own code, without the clients of the other', () => {
  make({ model: onnx() });
  new MlInferenceFunction(stack, 'Other', { model: InferenceModel.fromEndpointName('Cats-v2') });
  const functions = Template.fromStack(stack).findResources('AWS::Lambda::Function');
  const code = Object.values(functions).map(({ Properties }) => Properties.Code.S3Key);
  expect(new Set(code).size).toBe(2);
  const clients = (bundle: string) =>
    readFileSync(join(ASSETS, 'functions', bundle, 'index.js'), 'utf8').match(/SageMakerRuntime|onnxruntime-node/g);
  expect(new Set(clients('inference-onnx'))).toEqual(new Set(['onnxruntime-node']));
  expect(new Set(clients('inference-endpoint'))).toEqual(new Set(['SageMakerRuntime']));
});
