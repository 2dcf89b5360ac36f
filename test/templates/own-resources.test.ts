import { App, CfnParameter, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as events from 'aws-cdk-lib/aws-events';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import {
  FunctionChain,
  type FunctionSettings,
  GlueAnalyticsJob,
  ImagePipeline,
  ImagePreprocessing,
  InferenceModel,
  MailTransport,
  MlInferenceFunction,
  Notifications,
  OrderProcessing,
  ProductCatalog,
  QueueWorker,
  ServerlessShop,
  ServiceApi,
  ShoppingCart,
  Storefront,
} from '../../src';

const mail = MailTransport.ses({ from: 'shop@example.com' });
const endpoint = InferenceModel.fromEndpointName('digits');

function mistakesIn(scope: Construct): string[] {
  return scope.node.findAll().flatMap(({ node }) => node.validate());
}

function usersFunction(scope: Construct, id: string): lambda.Function {
  return new lambda.Function(scope, id, {
    runtime: lambda.Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: lambda.Code.fromInline('exports.handler = async () => ({})'),
  });
}

describe('an API that two constructs want for the same operations', () => {
  test.each<[string, string, (scope: Construct, id: string, api: ServiceApi) => Construct]>([
    ['ImagePipeline', 'POST /images', (scope, id, api) => new ImagePipeline(scope, id, { api })],
    [
      'MlInferenceFunction',
      'POST /classify',
      (scope, id, api) => new MlInferenceFunction(scope, id, { model: endpoint, api }),
    ],
    ['Storefront', 'GET /config', (scope, id, api) => new Storefront(scope, id, { api })],
    ['ServerlessShop', 'GET /products', (scope, id, api) => new ServerlessShop(scope, id, { api, mail })],
  ])('%s: both are named, and what to do', (_name, operation, make) => {
    const app = new App();
    const stack = new Stack(app, 'Stack');
    const api = new ServiceApi(stack, 'Api');
    make(stack, 'One', api);
    make(stack, 'Two', api);
    const mistakes = mistakesIn(stack);
    expect(mistakes).toContainEqual(
      expect.stringMatching(
        new RegExp(`^${operation} is wanted by Stack/Two/.* and by Stack/One/.*Give one of the two an API of its own`),
      ),
    );
    expect(() => app.synth()).toThrow(`${operation} is wanted by`);
  });
});

describe('parts in different stacks of an app', () => {
  const app = new App();
  const stackFor = (id: string) => new Stack(app, id, { env: { region: 'eu-west-1' } });
  const data = stackFor('Data');
  const key = new kms.Key(data, 'Key');
  const uploads = new s3.Bucket(data, 'Uploads', { encryptionKey: key });
  const media = new s3.Bucket(data, 'Media', { encryptionKey: key });
  const bus = new events.EventBus(data, 'Bus');
  const api = new ServiceApi(stackFor('Front'), 'Api', { logEncryptionKey: key });
  const images = new ImagePipeline(stackFor('Images'), 'Photos', {
    source: { bucket: uploads },
    output: { bucket: media },
    api,
    encryptionKey: key,
  });
  const catalog = new ProductCatalog(stackFor('Products'), 'Catalog', {
    bucket: uploads,
    bus,
    api,
    encryptionKey: key,
  });
  const cart = new ShoppingCart(stackFor('Carts'), 'Cart', { catalog, encryptionKey: key });
  new OrderProcessing(stackFor('Sales'), 'Orders', { catalog, store: cart.store });
  new Notifications(stackFor('Mails'), 'Notifications', { mail, store: cart.store, encryptionKey: key });
  const pages = stackFor('Pages');
  new Storefront(pages, 'Storefront', { api, images });
  new MlInferenceFunction(stackFor('Inference'), 'Classify', {
    model: endpoint,
    api,
    source: { bucket: uploads, prefix: 'digits/' },
    output: { bucket: media },
    encryptionKey: key,
  });
  new GlueAnalyticsJob(stackFor('Analytics'), 'Job', { source: { bucket: uploads }, output: { bucket: media } });

  test('depend on one another in one direction', () => {
    expect(() => app.synth()).not.toThrow();
  });

  test('a route stands beside its function, and leads to the API', () => {
    Template.fromStack(Stack.of(cart)).hasResourceProperties('AWS::ApiGatewayV2::Route', {
      ApiId: { 'Fn::ImportValue': Match.stringLikeRegexp('Front.*HttpApi') },
      RouteKey: 'POST /v1/carts',
      Target: Match.anyValue(),
    });
    Template.fromStack(Stack.of(api)).hasResourceProperties('AWS::Lambda::Function', {
      Environment: {
        Variables: Match.objectLike({ API_OPERATIONS: Match.stringLikeRegexp('checkOut,classify,createCart') }),
      },
    });
  });

  test("photos of another stack's bucket are signed for, and its policy lets the account's distributions read", () => {
    Template.fromStack(pages).hasResourceProperties('AWS::CloudFront::Distribution', {
      DistributionConfig: {
        Origins: Match.arrayWith([
          Match.objectLike({
            DomainName: { 'Fn::ImportValue': Match.stringLikeRegexp('Data.*Media') },
            OriginAccessControlId: Match.anyValue(),
          }),
        ]),
      },
    });
    Template.fromStack(data).hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Action: 's3:GetObject',
            Principal: { Service: 'cloudfront.amazonaws.com' },
            Condition: { ArnLike: { 'AWS:SourceArn': Match.anyValue() } },
          }),
        ]),
      },
    });
  });

  test('buckets of the app are made to send their events', () => {
    Template.fromStack(data).hasResourceProperties('AWS::S3::Bucket', {
      NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } },
    });
  });
});

describe('imported resources', () => {
  test('a bucket that a catalogue is given may have to be told to send its events', () => {
    const stack = new Stack(new App(), 'Stack');
    new ProductCatalog(stack, 'Catalog', { bucket: s3.Bucket.fromBucketName(stack, 'Own', 'own') });
    Annotations.fromStack(stack).hasWarning('/Stack/Catalog', Match.stringLikeRegexp('go unnoticed unless'));
  });

  test('a table without a stream is a mistake where events come from it, and none where none do', () => {
    const stack = new Stack(new App(), 'Stack');
    const table = (name: string) => dynamodb.TableV2.fromTableName(stack, name, name);
    expect(mistakesIn(new Notifications(stack, 'Notifications', { mail, table: table('mails') }))).toEqual([]);
    expect(mistakesIn(new ProductCatalog(stack, 'Catalog', { table: table('products') }))).toEqual([
      expect.stringMatching(/^The table has no stream.*fromTableAttributes/),
    ]);
  });

  test('a function, whose time-out is not known, works off a queue', () => {
    const stack = new Stack(new App(), 'Stack');
    const worker = lambda.Function.fromFunctionName(stack, 'Own', 'own');
    new QueueWorker(stack, 'Worker', { handler: worker });
    Template.fromStack(stack).hasResourceProperties('AWS::SQS::Queue', { VisibilityTimeout: 5400 });
  });

  test('a key, whose policy cannot be changed from here', () => {
    const app = new App();
    const stack = new Stack(app, 'Stack', { env: { region: 'eu-west-1' } });
    const encryptionKey = kms.Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:eu-west-1:111122223333:key/own');
    new ServerlessShop(stack, 'Shop', { encryptionKey, functions: { logEncryptionKey: encryptionKey }, mail });
    expect(() => app.synth()).not.toThrow();
  });
});

test('CloudWatch Logs may use the key of every log group, and of no other account', () => {
  const stack = new Stack(new App(), 'Stack');
  const encryptionKey = new kms.Key(stack, 'Key');
  new ImagePipeline(stack, 'Photos', { functions: { logEncryptionKey: encryptionKey }, encryptionKey });
  const template = Template.fromStack(stack);
  template.allResourcesProperties('AWS::Logs::LogGroup', { KmsKeyId: stack.resolve(encryptionKey.keyArn) });
  template.hasResourceProperties('AWS::KMS::Key', {
    KeyPolicy: {
      Statement: Match.arrayWith([
        Match.objectLike({
          Principal: {
            Service: { 'Fn::Join': ['', ['logs.', { Ref: 'AWS::Region' }, '.', { Ref: 'AWS::URLSuffix' }]] },
          },
          Condition: { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': Match.anyValue() } },
        }),
      ]),
    },
  });
});

describe('settings of functions', () => {
  const stack = new Stack(new App(), 'Stack');
  const layer = (id: string) => lambda.LayerVersion.fromLayerVersionArn(stack, id, `arn:aws:lambda:::layer:${id}:1`);
  const functions: FunctionSettings = {
    architecture: lambda.Architecture.X86_64,
    runtime: lambda.Runtime.NODEJS_22_X,
    memorySize: 3008,
    logRetention: logs.RetentionDays.ONE_WEEK,
    tracingEnabled: false,
    sharpLayer: layer('sharp'),
    onnxRuntimeLayer: layer('onnx'),
  };
  new ServerlessShop(stack, 'Shop', { functions, mail });
  const images = new ImagePipeline(stack, 'Photos', { functions });
  new MlInferenceFunction(stack, 'Classify', {
    functions,
    model: InferenceModel.inFunction({
      bucket: images.sourceBucket,
      key: 'digits.onnx',
      sha256: '0'.repeat(64),
      preprocessing: ImagePreprocessing.drawing({ width: 8, height: 8 }),
    }),
    source: {},
  });
  const template = Template.fromStack(stack);

  test('hold for every function', () => {
    template.allResourcesProperties('AWS::Lambda::Function', {
      Architectures: ['x86_64'],
      Runtime: 'nodejs22.x',
      MemorySize: 3008,
      TracingConfig: Match.absent(),
    });
    template.resourceCountIs('AWS::Lambda::LayerVersion', 0);
  });

  test('hold for logs as well', () => {
    template.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 7 });
  });

  test('a runtime of another language is a mistake', () => {
    const settings = { runtime: lambda.Runtime.PYTHON_3_13 };
    const api = new ServiceApi(new Stack(new App(), 'Stack'), 'Api', { functions: settings });
    expect(mistakesIn(api)).toEqual([
      'functions.runtime is python3.13; the functions are written for Node.js: use nodejs20.x or newer.',
    ]);
  });
});

describe('a step of a chain', () => {
  test('may have any name', () => {
    const stack = new Stack(new App(), 'Stack');
    const handler = usersFunction(stack, 'Function');
    const names = ['Logs', 'StateMachine', 'Steps', 'Nothing', 'a/b'];
    new FunctionChain(stack, 'Chain', { steps: names.map((name) => ({ name, handler })) });
    expect(() => Template.fromStack(stack)).not.toThrow();
  });

  test('has a name, which nothing else has, and is tried again a number of times', () => {
    const stack = new Stack(new App(), 'Stack');
    const handler = usersFunction(stack, 'Function');
    const chain = new FunctionChain(stack, 'Chain', {
      steps: [
        { name: '', handler },
        { name: 'OnFailure', handler },
        { name: 'Twice', handler, maxRetries: -1 },
        { name: 'Twice', handler },
      ],
      onFailure: handler,
      timeout: Duration.minutes(6),
    });
    expect(mistakesIn(chain)).toEqual([
      'steps are named twice: Twice; each name must be unique.',
      'a step is named ""; a name has 1 to 80 characters, and is none of OnFailure, KeepForLater, Failed, which the chain itself uses.',
      'a step is named "OnFailure"; a name has 1 to 80 characters, and is none of OnFailure, KeepForLater, Failed, which the chain itself uses.',
      'maxRetries of step "Twice" is -1; it must be a whole number from 0 to 100.',
      'timeout is 6 minutes; it must be whole seconds, and express state machines allow 5 minutes. Use StateMachineType.STANDARD for longer runs.',
    ]);
  });
});

test('a removal policy that neither tables nor buckets know is a mistake', () => {
  const catalog = new ProductCatalog(new Stack(new App(), 'Stack'), 'Catalog', {
    removalPolicy: RemovalPolicy.SNAPSHOT,
  });
  expect(mistakesIn(catalog)).toContain(
    'removalPolicy SNAPSHOT is for neither tables nor buckets; use RETAIN, or DESTROY.',
  );
});

test('all mistakes in a queue worker are told at once', () => {
  const stack = new Stack(new App(), 'Stack');
  const worker = new QueueWorker(stack, 'Worker', {
    handler: usersFunction(stack, 'Function'),
    batchSize: 11,
    maxConcurrency: 1,
    maxReceiveCount: 0,
    retentionPeriod: Duration.days(15),
    visibilityTimeout: Duration.seconds(2),
  });
  expect(mistakesIn(worker)).toEqual([
    'batchSize is 11; it must be a whole number from 1 to 10.',
    'maxConcurrency is 1; it must be a whole number from 2 to 1000.',
    'maxReceiveCount is 0; it must be a whole number from 1 to 1000.',
    'retentionPeriod is 15 days; it must be whole seconds, from a minute to 14 days.',
    "visibilityTimeout is 2 seconds; it must be whole seconds, from the handler's time-out to 12 hours.",
  ]);
});

test.each(['', 'v1/', 'assets/photos/'])('photos under "%s" would stand in the way of the storefront', (prefix) => {
  const stack = new Stack(new App(), 'Stack');
  const images = new ImagePipeline(stack, 'Photos', { output: { bucket: new s3.Bucket(stack, 'Media'), prefix } });
  const page = () => mistakesIn(new Storefront(stack, 'Storefront', { images }));
  expect(page()).toEqual([expect.stringContaining(`images has the outputPrefix "${prefix}"`)]);
});

describe('values that are known at deployment only', () => {
  const stack = new Stack(new App(), 'Stack');
  const number = (id: string) => new CfnParameter(stack, id, { type: 'Number' }).valueAsNumber;
  const text = (id: string) => new CfnParameter(stack, id).valueAsString;

  test('are no mistakes, and reach the template', () => {
    const api = new ServiceApi(stack, 'Api', {
      apiName: text('Name'),
      throttles: { browse: { rateLimit: number('Rate'), burstLimit: number('Burst') } },
    });
    const images = new ImagePipeline(stack, 'Photos', {
      api,
      source: { prefix: text('Prefix') },
      maxBytes: number('MaxBytes'),
      maxPixels: number('MaxPixels'),
      maxFrames: number('MaxFrames'),
      variants: [{ name: 'card', width: number('Width'), height: number('Height'), quality: number('Quality') }],
    });
    const catalog = new ProductCatalog(stack, 'Catalog', { api, currency: text('Currency') });
    const cart = new ShoppingCart(stack, 'Cart', { catalog, cartExpiry: Duration.seconds(number('CartExpiry')) });
    new OrderProcessing(stack, 'Orders', { catalog, store: cart.store, defaultLanguage: text('OrderLanguage') });
    new Storefront(stack, 'Storefront', {
      api,
      images,
      shopName: text('PageName'),
      currency: text('PageCurrency'),
      languages: [text('Language')],
      defaultLanguage: text('DefaultLanguage'),
    });
    new Notifications(stack, 'Notifications', {
      mail: MailTransport.ses({ from: text('From') }),
      shopName: text('ShopName'),
      shopUrl: text('ShopUrl'),
      defaultLanguage: text('MailLanguage'),
    });
    new MlInferenceFunction(stack, 'Classify', {
      model: InferenceModel.fromEndpointName(text('Endpoint'), {
        maxRetries: number('Retries'),
        timeout: Duration.millis(number('EndpointTimeout')),
      }),
      top: number('Top'),
      threshold: number('Threshold'),
      timeout: Duration.seconds(number('FunctionTimeout')),
      source: { prefix: text('Incoming') },
      output: { prefix: text('Results') },
    });
    new QueueWorker(stack, 'Worker', {
      handler: usersFunction(stack, 'Function'),
      batchSize: number('BatchSize'),
      maxConcurrency: number('Concurrency'),
      maxReceiveCount: number('ReceiveCount'),
      retentionPeriod: Duration.seconds(number('Retention')),
      visibilityTimeout: Duration.seconds(number('Visibility')),
    });
    expect(mistakesIn(stack)).toEqual([]);
    const { Parameters, ...rest } = Template.fromStack(stack).toJSON();
    const used = JSON.stringify(rest);
    const lost = Object.keys(Parameters).filter((id) => id !== 'BootstrapVersion' && !used.includes(`{"Ref":"${id}"}`));
    expect(lost).toEqual([]);
    expect(used).not.toMatch(/-1\.8+\d*e\+289|\$\{Token/);
  });
});
