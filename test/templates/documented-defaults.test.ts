import { runInNewContext } from 'node:vm';
import { App, Aws, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { HttpJwtAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as events from 'aws-cdk-lib/aws-events';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import * as ts from 'typescript';
import * as shop from '../../src';
import { PUBLIC_STRUCTS } from './public-api';

type Props = Record<string, unknown>;

const {
  FunctionChain,
  GlueAnalyticsJob,
  ImagePipeline,
  ImagePreprocessing,
  InferenceModel,
  MailTransport,
  MlInferenceFunction,
  Notifications,
  OrderingStore,
  OrderProcessing,
  ProductCatalog,
  QueueWorker,
  ServerlessShop,
  ServiceApi,
  ShoppingCart,
  Storefront,
} = shop;

const CHECKSUM = '0'.repeat(64);
const ENDPOINT = InferenceModel.fromEndpointName('digits');
const MODEL = {
  key: 'digits.onnx',
  sha256: CHECKSUM,
  preprocessing: ImagePreprocessing.drawing({ width: 8, height: 8 }),
};
const PHOTO = { width: 8, height: 8 };
const QUERY = { name: 'days', sql: 'SELECT day FROM lines', columns: [{ name: 'day', type: 'date' }] };
const SES = MailTransport.ses({ from: 'shop@example.com' });

/** A construct that uses each public struct, with nothing but what the struct requires and the props under test. */
const USES: Record<string, (stack: Stack, props: Props) => Construct> = {
  AlarmSettings: (stack, props) => new QueueWorker(stack, 'It', { handler: usersFunction(stack), alarms: props }),
  AnalyticsQuery: (stack, props) => new GlueAnalyticsJob(stack, 'It', { queries: [{ ...QUERY, ...props }] }),
  AnalyticsSource: (stack, props) => new GlueAnalyticsJob(stack, 'It', { source: props }),
  AnalyticsSourceColumns: (stack, props) => new GlueAnalyticsJob(stack, 'It', { source: { columnNames: props } }),
  BucketLocation: (stack, props) => new GlueAnalyticsJob(stack, 'It', { output: props }),
  DrawingPreprocessingOptions: (stack, props) =>
    classifier(stack, inFunction(stack, { preprocessing: ImagePreprocessing.drawing({ ...PHOTO, ...props }) })),
  EndpointModelOptions: (stack, props) => classifier(stack, InferenceModel.fromEndpointName('digits', props)),
  FunctionChainProps: (stack, props) =>
    new FunctionChain(stack, 'It', { steps: [{ name: 'Only', handler: usersFunction(stack) }], ...props }),
  FunctionChainStep: (stack, props) =>
    new FunctionChain(stack, 'It', { steps: [{ name: 'Only', handler: usersFunction(stack), ...props }] }),
  FunctionSettings: (stack, props) => new ProductCatalog(stack, 'It', { functions: props }),
  GlueAnalyticsJobProps: (stack, props) => new GlueAnalyticsJob(stack, 'It', props),
  ImagePipelineProps: (stack, props) => new ImagePipeline(stack, 'It', props),
  ImageVariant: (stack, props) =>
    new ImagePipeline(stack, 'It', { variants: [{ name: 'a', width: 100, height: 100, ...props }] }),
  InFunctionModelOptions: (stack, props) => classifier(stack, inFunction(stack, props)),
  MlInferenceFunctionProps: (stack, props) =>
    new MlInferenceFunction(stack, 'It', { model: ENDPOINT, source: {}, ...props }),
  NotificationsProps: (stack, props) => new Notifications(stack, 'It', { mail: SES, ...props }),
  OrderLimits: (stack, props) => new ShoppingCart(stack, 'It', { catalog: catalogOf(stack), orderLimits: props }),
  OperationThrottles: (stack, props) => {
    const api = new ServiceApi(stack, 'It', { throttles: props });
    const kinds = Object.values(shop.OperationKind);
    const routes = kinds.map((kind) => ({ method: 'POST', path: `/${kind}`, operationId: kind, kind }));
    api.addRoutes(routes, usersFunction(stack));
    return api;
  },
  OrderingStoreProps: (stack, props) => new OrderingStore(stack, 'It', { catalog: catalogOf(stack), ...props }),
  OrderProcessingProps: (stack, props) => new OrderProcessing(stack, 'It', { catalog: catalogOf(stack), ...props }),
  PhotoPreprocessingOptions: (stack, props) =>
    classifier(stack, inFunction(stack, { preprocessing: ImagePreprocessing.photo({ ...PHOTO, ...props }) })),
  ProductCatalogProps: (stack, props) => new ProductCatalog(stack, 'It', props),
  QueueWorkerProps: (stack, props) => new QueueWorker(stack, 'It', { handler: usersFunction(stack), ...props }),
  ServerlessShopProps: (stack, props) => new ServerlessShop(stack, 'It', { mail: SES, ...props }),
  ServiceApiProps: (stack, props) => {
    const api = new ServiceApi(stack, 'It', props);
    api.closeDirectAccess();
    return api;
  },
  ServiceRoute: (stack, props) => {
    const customerAuthorizer = new HttpJwtAuthorizer('Customers', 'https://example.com', { jwtAudience: ['shop'] });
    const api = new ServiceApi(stack, 'It', { customerAuthorizer });
    api.addRoutes([{ method: 'GET', path: '/notes', operationId: 'listNotes', ...props }], usersFunction(stack));
    return api;
  },
  SesMailTransportOptions: (stack, props) =>
    new Notifications(stack, 'It', { mail: MailTransport.ses({ from: 'shop@example.com', ...props }) }),
  ShoppingCartProps: (stack, props) => new ShoppingCart(stack, 'It', { catalog: catalogOf(stack), ...props }),
  SmtpMailTransportOptions: (stack, props) =>
    new Notifications(stack, 'It', {
      mail: MailTransport.smtp({
        from: 'shop@example.com',
        host: 'smtp.example.com',
        secret: secretsmanager.Secret.fromSecretNameV2(stack, 'Secret', 'smtp'),
        ...props,
      }),
    }),
  ShopContact: (stack, props) => new Storefront(stack, 'It', { contact: props }),
  SiteProps: (stack, props) => new Storefront(stack, 'It', props),
  StorefrontProps: (stack, props) => new Storefront(stack, 'It', props),
};

function classifier(stack: Stack, model: shop.InferenceModel): Construct {
  return new MlInferenceFunction(stack, 'It', { model });
}

function inFunction(stack: Stack, props: Props): shop.InferenceModel {
  return InferenceModel.inFunction({ bucket: s3.Bucket.fromBucketName(stack, 'Models', 'models'), ...MODEL, ...props });
}

function usersFunction(stack: Stack): lambda.Function {
  return new lambda.Function(stack, 'Users', {
    runtime: lambda.Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: lambda.Code.fromInline('exports.handler = async () => ({})'),
    timeout: Duration.seconds(7),
  });
}

function catalogOf(stack: Stack): shop.ProductCatalog {
  return (stack.node.tryFindChild('Catalog') as shop.ProductCatalog) ?? new ProductCatalog(stack, 'Catalog');
}

/** What a construct with the id `It` calls itself on its bus. */
function eventResourceOfIt({ node, region, account }: Stack): string {
  const { addr } = new Construct(new Stack(new App(), node.id), 'It').node;
  return `cdk-serverless-shop:${region}:${account}:${Aws.STACK_NAME}:${addr.slice(-8)}`;
}

/** Defaults that documents tell in words, as the value that means the same. */
const IN_WORDS: Record<string, (stack: Stack) => unknown> = {
  'AlarmSettings.actions': () => [],
  'AnalyticsQuery.partitionBy': () => [],
  'AnalyticsSource.columnNames': () => ({ invoice: 'InvoiceNo', unitPrice: 'UnitPrice' }),
  'DrawingPreprocessingOptions.maxPixels': () => 4_000_000,
  'FunctionChainStep.finalErrors': () => [],
  'GlueAnalyticsJobProps.output': () => ({ prefix: 'tables/' }),
  'GlueAnalyticsJobProps.source': () => ({ prefix: 'lines/' }),
  'ServerlessShopProps.deletionProtection': () => true,
  'ProductCatalogProps.deletionProtection': () => true,
  'OrderingStoreProps.deletionProtection': () => true,
  'NotificationsProps.deletionProtection': () => true,
  'GlueAnalyticsJobProps.queries': () => GlueAnalyticsJob.defaultQueries(),
  'ImagePipelineProps.output': () => ({ prefix: 'media/' }),
  'ImagePipelineProps.source': () => ({ prefix: 'originals/' }),
  'ImagePipelineProps.variants': () => [
    { name: 'thumb', width: 160, format: shop.ImageFormat.WEBP },
    { name: 'card', width: 480, format: shop.ImageFormat.WEBP },
    { name: 'full', width: 1200, format: shop.ImageFormat.WEBP },
  ],
  'ImagePipelineProps.uploadExpiry': () => Duration.days(30),
  'ImageVariant.quality': () => 80,
  'MlInferenceFunctionProps.output': () => ({ prefix: 'results/' }),
  'OperationThrottles.browse': () => ({ rateLimit: 100, burstLimit: 200 }),
  'OperationThrottles.cart': () => ({ rateLimit: 50, burstLimit: 100 }),
  'OperationThrottles.checkout': () => ({ rateLimit: 25, burstLimit: 50 }),
  'OperationThrottles.upload': () => ({ rateLimit: 5, burstLimit: 10 }),
  'OperationThrottles.inference': () => ({ rateLimit: 5, burstLimit: 10 }),
  'OrderingStoreProps.eventResource': eventResourceOfIt,
  'OrderingStoreProps.bus': (stack) => catalogOf(stack).bus,
  'OrderProcessingProps.api': (stack) => catalogOf(stack).api,
  'PhotoPreprocessingOptions.maxPixels': () => 4_000_000,
  'ProductCatalogProps.eventResource': eventResourceOfIt,
  'QueueWorkerProps.description': () => 'Messages of Stack/It',
  'QueueWorkerProps.visibilityTimeout': () => Duration.seconds(6 * 7),
  'ServerlessShopProps.eventResource': eventResourceOfIt,
  'ServerlessShopProps.defaultLanguage': () => 'en',
  'SiteProps.closeApi': () => false,
  'ServerlessShopProps.shopDescription': () => 'Shop',
  'StorefrontProps.shopDescription': () => 'Shop',
  'ServiceApiProps.logRetention': () => logs.RetentionDays.THREE_MONTHS,
  'ShoppingCartProps.api': (stack) => catalogOf(stack).api,
  'StorefrontProps.defaultLanguage': () => 'en',
};

/** What constructs make for themselves unless the user brings it: its type, and one that the user may have. */
const MADE: Record<string, { type: string; own: (stack: Stack) => unknown }> = {
  api: { type: 'AWS::ApiGatewayV2::Api', own: (stack) => new ServiceApi(new Stack(App.of(stack), 'Other'), 'Api') },
  bucket: { type: 'AWS::S3::Bucket', own: (stack) => s3.Bucket.fromBucketName(stack, 'Own', 'own') },
  output: { type: 'AWS::S3::Bucket', own: (stack) => ({ bucket: s3.Bucket.fromBucketName(stack, 'Own', 'own') }) },
  source: { type: 'AWS::S3::Bucket', own: (stack) => ({ bucket: s3.Bucket.fromBucketName(stack, 'Own', 'own') }) },
  bus: { type: 'AWS::Events::EventBus', own: (stack) => events.EventBus.fromEventBusName(stack, 'Own', 'own') },
  table: {
    type: 'AWS::DynamoDB::GlobalTable',
    own: (stack) =>
      dynamodb.TableV2.fromTableAttributes(stack, 'Own', {
        tableArn: stack.formatArn({ service: 'dynamodb', resource: 'table', resourceName: 'own' }),
        tableStreamArn: stack.formatArn({ service: 'dynamodb', resource: 'table', resourceName: 'own/stream/1' }),
      }),
  },
};
const OWN =
  /^- (a|an|the store's bus, or|(CSV files )?(under|below) `[a-z]+\/` in a) .*(of (its|their) own|of the \w+'s own|'s own|settings alone)$/;

/** Nothing is there, or the value is known at deployment or to a function only. */
const WITHOUT_VALUE = [
  /^- (none|not shown|no .*|mails have no links|see FunctionSettings|see OperationThrottles|see OrderLimits|everyone|on demand only|the run fails)/,
  /^- (products are shown without photos|every order on the bus|as many as the account allows|a store of its own)/,
  /^- (keys that AWS owns|encrypted by .*)$/,
  /^- see the property that takes the location$/,
  /^- (made from the path of the construct|as the width and the original's proportions give)$/,
  /^- (the distribution's own name|the first of the domain names, or the distribution's own name)$/,
  /^- (the shipped layer|what each function needs|the identity's own|that of the image|the name of its file|the number of)/,
];

interface Documented {
  readonly name: string;
  readonly struct: string;
  readonly prop: string;
  readonly text?: string;
}

/** Every prop that may be left out of a public struct, with what its documentation says of that. */
function documented(): Documented[] {
  return PUBLIC_STRUCTS.flatMap(({ name: { text: struct }, members }) =>
    members
      .filter((member) => member.questionToken)
      .map((member) => {
        const tag = ts.getJSDocTags(member).find(({ tagName }) => tagName.text === 'default');
        const prop = member.name?.getText() as string;
        return { name: `${struct}.${prop}`, struct, prop, text: ts.getTextOfJSDocComment(tag?.comment) };
      }),
  );
}

const WORDS_OF_CODE = { ...shop, Duration, RemovalPolicy, lambda, logs, sfn };
const PROPS = documented();
const IN_CODE = PROPS.filter(({ text }) => text !== undefined && !text.startsWith('-'));

/** The template of the stack with the construct in it, as text. */
function template(struct: string, props: (stack: Stack) => Props = () => ({})): string {
  const app = new App({ context: { 'cdk-serverless-shop:allow-data-removal': true } });
  const stack = new Stack(app, 'Stack');
  USES[struct](stack, props(stack));
  return JSON.stringify(app.synth().getStackArtifact(stack.artifactId).template, null, 1);
}

const defaults = new Map<string, string>();

function withDefaults(struct: string): string {
  const text = defaults.get(struct) ?? template(struct);
  defaults.set(struct, text);
  return text;
}

/** Where not every other value makes a difference to the template: one that does. */
const DIFFERENT: Record<string, unknown> = {
  'EndpointModelOptions.maxRetries': 1,
  'ServiceApiProps.originSecrets': ['2'],
  'ServiceRoute.signIn': shop.SignIn.CUSTOMER,
};

/** A value of the same kind that is allowed as well. */
function another(text: string): unknown {
  const value = runInNewContext(text, WORDS_OF_CODE);
  const [, kind] = /^([\w.]+)\.\w+$/.exec(text) ?? [];
  if (typeof value === 'number' && !kind) return value > 2 ? value - 1 : value + 1;
  if (typeof value === 'boolean') return !value;
  if (Array.isArray(value)) return [...value].reverse();
  if (value instanceof Duration)
    return value.minus(value.toHours({ integral: false }) < 1 ? Duration.seconds(1) : Duration.minutes(1));
  if (kind) {
    const members = Object.values(runInNewContext(kind, WORDS_OF_CODE) as object);
    return members.find((member) => member !== value && member?.constructor === value.constructor);
  }
  if (value === 'en') return 'zh';
  if (/^[A-Z]{3}$/.test(value)) return 'EUR';
  return value.endsWith('/') ? 'other/' : 'Other';
}

test('every prop that may be left out says what happens then, in a way that is checked here or needs no check', () => {
  const unchecked = PROPS.filter(
    ({ name, prop, text }) =>
      text === undefined ||
      !(
        !text.startsWith('-') ||
        IN_WORDS[name] ||
        (MADE[prop] && OWN.test(text)) ||
        WITHOUT_VALUE.some((words) => words.test(text))
      ),
  );
  expect(unchecked).toEqual([]);
});

test('every public struct with props that may be left out is used here', () => {
  expect(Object.keys(USES).sort()).toEqual([...new Set(PROPS.map(({ struct }) => struct))].sort());
});

describe('left out is the same as the documented default', () => {
  test.each(IN_CODE)('$name: $text', ({ struct, prop, text = '' }) => {
    const given = template(struct, () => ({ [prop]: runInNewContext(text, WORDS_OF_CODE) }));
    expect(JSON.parse(given)).toEqual(JSON.parse(withDefaults(struct)));
  });

  test.each(PROPS.filter(({ name }) => IN_WORDS[name]))('$name $text', ({ name, struct, prop }) => {
    const given = template(struct, (stack) => ({ [prop]: IN_WORDS[name](stack) }));
    expect(JSON.parse(given)).toEqual(JSON.parse(withDefaults(struct)));
  });
});

describe('another value makes a difference', () => {
  test.each(IN_CODE)('$name', ({ name, struct, prop, text = '' }) => {
    const given = template(struct, () => ({ [prop]: DIFFERENT[name] ?? another(text) }));
    expect(given === withDefaults(struct)).toBe(false);
  });
});

const made = PROPS.filter(({ prop, text = '' }) => MADE[prop] && OWN.test(text));

describe("what is made is not made when the user's own is given", () => {
  test.each(made)('$name $text', ({ struct, prop }) => {
    const { type, own } = MADE[prop];
    const count = (text: string) => text.split(`"Type": "${type}"`).length - 1;
    const given = template(struct, (stack) => ({ [prop]: own(stack) }));
    expect(count(given)).toBe(count(withDefaults(struct)) - 1);
  });
});

test.each(PROPS.filter(({ text = '' }) => /^- (keys that AWS owns|encrypted by)/.test(text)))(
  '$name: without it no key of KMS is named',
  ({ struct }) => {
    expect(withDefaults(struct)).not.toMatch(/"(KmsKeyId|KmsMasterKeyId|KMSMasterKeyID|SSEType|KmsKeyIdentifier)"/);
  },
);
