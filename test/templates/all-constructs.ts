import { App, type RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import {
  type AlarmSettings,
  FunctionChain,
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

/** What a construct takes in most cases. */
export interface Common {
  readonly alarms?: AlarmSettings;
  readonly deletionProtection?: boolean;
  readonly encryptionKey?: kms.IKey;
  readonly removalPolicy?: RemovalPolicy;
}

type Make = (scope: Construct, id: string, common?: Common) => Construct;

/** Each public construct as its documentation shows it first: alone, with its defaults, or with what most take. */
export const CONSTRUCTS: Record<string, Make> = {
  ServerlessShop: (scope, id, common) =>
    new ServerlessShop(scope, id, { mail: MailTransport.ses({ from: 'shop@example.com' }), ...common }),
  ServiceApi: (scope, id) => new ServiceApi(scope, id),
  ProductCatalog: (scope, id, common) => new ProductCatalog(scope, id, common),
  ShoppingCart: (scope, id, common) =>
    new ShoppingCart(scope, id, { catalog: new ProductCatalog(scope, `${id}Catalog`, common), ...common }),
  OrderProcessing: (scope, id, common) =>
    new OrderProcessing(scope, id, { catalog: new ProductCatalog(scope, `${id}Catalog`, common), ...common }),
  Notifications: (scope, id, common) =>
    new Notifications(scope, id, { mail: MailTransport.ses({ from: 'shop@example.com' }), ...common }),
  Storefront: (scope, id) => new Storefront(scope, id),
  'Storefront with a closed API': (scope, id) => new Storefront(scope, id, { closeApi: true }),
  ImagePipeline: (scope, id, common) => new ImagePipeline(scope, id, common),
  MlInferenceFunction: (scope, id, common) =>
    new MlInferenceFunction(scope, id, { model: InferenceModel.fromEndpointName('digits'), ...common }),
  'MlInferenceFunction with its own model, a bucket and an API': (scope, id, common) =>
    new MlInferenceFunction(scope, id, {
      model: InferenceModel.inFunction({
        bucket: s3.Bucket.fromBucketName(scope, `${id}Models`, 'models'),
        key: 'digits.onnx',
        sha256: '0'.repeat(64),
        preprocessing: ImagePreprocessing.drawing({ width: 8, height: 8 }),
      }),
      source: {},
      api: new ServiceApi(scope, `${id}Api`),
      ...common,
    }),
  GlueAnalyticsJob: (scope, id, common) => new GlueAnalyticsJob(scope, id, common),
  QueueWorker: (scope, id, common) =>
    new QueueWorker(scope, id, { handler: usersFunction(scope, `${id}Function`), ...common }),
  FunctionChain: (scope, id, common) =>
    new FunctionChain(scope, id, {
      steps: [{ name: 'Only', handler: usersFunction(scope, `${id}Function`) }],
      ...common,
    }),
};

export function usersFunction(scope: Construct, id: string): lambda.Function {
  return new lambda.Function(scope, id, {
    runtime: lambda.Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: lambda.Code.fromInline('exports.handler = async () => ({})'),
  });
}

/** An app with one stack that holds the construct, under an id that no test depends on the content of. */
export function stackOf(make: (scope: Construct, id: string) => Construct): { app: App; stack: Stack } {
  const app = new App();
  const stack = new Stack(app, 'Stack');
  make(stack, 'It');
  return { app, stack };
}

const templates = new Map<string, string>();

/** The template of a stack with the construct of this name alone; synthesized once for all tests of a file. */
// biome-ignore lint/suspicious/noExplicitAny: as Template.toJSON() has it
export function templateOf(name: string): any {
  const text = templates.get(name) ?? JSON.stringify(Template.fromStack(stackOf(CONSTRUCTS[name]).stack).toJSON());
  templates.set(name, text);
  return JSON.parse(text);
}
