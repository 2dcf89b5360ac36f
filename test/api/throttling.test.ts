import { App, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as s3 from 'aws-cdk-lib/aws-s3';
import {
  ImagePipeline,
  ImagePreprocessing,
  InferenceModel,
  MlInferenceFunction,
  OperationKind,
  type OperationThrottles,
  ServerlessShop,
  ServiceApi,
} from '../../src';

/** Executions that an account may have at one moment in a region, unless AWS grants it more. */
const CONCURRENCY_OF_AN_ACCOUNT = 1000;

type Resources = ReturnType<Template['findResources']>;
type Limits = Record<string, { ThrottlingRateLimit: number; ThrottlingBurstLimit: number }>;

/** A shop with every operation that there is. */
function everything(throttles?: OperationThrottles): Template {
  const stack = new Stack(new App(), 'Stack');
  const api = new ServiceApi(stack, 'Api', { throttles });
  new ServerlessShop(stack, 'Shop', { api, images: new ImagePipeline(stack, 'Photos', { api }) });
  new MlInferenceFunction(stack, 'Classify', {
    api,
    model: InferenceModel.inFunction({
      bucket: s3.Bucket.fromBucketName(stack, 'Models', 'models'),
      key: 'digits.onnx',
      sha256: '0'.repeat(64),
      preprocessing: ImagePreprocessing.drawing({ width: 8, height: 8 }),
    }),
  });
  return Template.fromStack(stack);
}

function stageOf(template: Template) {
  const [stage] = Object.values(template.findResources('AWS::ApiGatewayV2::Stage'));
  const { DefaultRouteSettings, RouteSettings } = stage.Properties;
  return { common: DefaultRouteSettings, own: RouteSettings as Limits, dependsOn: stage.DependsOn as string[] };
}

const limits = (rate: number, burst: number) => ({ ThrottlingRateLimit: rate, ThrottlingBurstLimit: burst });

describe('by default', () => {
  const template = everything();
  const { common, own, dependsOn } = stageOf(template);

  test('each operation is limited by what it costs', () => {
    expect(common).toEqual(limits(100, 200));
    expect(own).toEqual({
      'DELETE /v1/carts/{id}': limits(50, 100),
      'GET /v1/carts/{id}': limits(50, 100),
      'HEAD /v1/carts/{id}': limits(50, 100),
      'POST /v1/carts': limits(50, 100),
      'POST /v1/carts/{id}/items': limits(50, 100),
      'PUT /v1/carts/{id}/items/{sku}': limits(50, 100),
      'POST /v1/carts/{id}/checkout': limits(25, 50),
      'POST /v1/images': limits(5, 10),
      'POST /v1/classify': limits(5, 10),
    });
  });

  test('the stage, which refuses settings of routes that are not there, waits for them', () => {
    const routes = template.findResources('AWS::ApiGatewayV2::Route');
    const named = Object.keys(own).map(
      (key) => Object.entries(routes).find(([, { Properties }]) => Properties.RouteKey === key)?.[0],
    );
    expect([...dependsOn].sort()).toEqual(named.sort());
  });

  test('what takes long leaves most of an account to the rest, however it is flooded', () => {
    const busy = ['POST /v1/images', 'POST /v1/classify'].map((key) => {
      const { ThrottlingRateLimit, ThrottlingBurstLimit } = own[key];
      return ThrottlingRateLimit * timeoutBehind(template, key) + ThrottlingBurstLimit;
    });
    expect(busy.reduce((sum, it) => sum + it)).toBeLessThan(CONCURRENCY_OF_AN_ACCOUNT / 3);
  });
});

/** Seconds that a request of a route can keep a function busy. */
function timeoutBehind(template: Template, key: string): number {
  const resources = template.toJSON().Resources as Resources;
  const route = Object.values(resources).find((it) => it.Properties?.RouteKey === key);
  const integration = resources[route?.Properties.Target['Fn::Join'][1][1].Ref];
  const [functionId] = integration.Properties.IntegrationUri['Fn::GetAtt'];
  return resources[functionId].Properties.Timeout;
}

test('a kind may be given limits, of which one may be left out', () => {
  const { common, own } = stageOf(everything({ browse: { rateLimit: 500 }, checkout: { burstLimit: 70 } }));
  expect(common).toEqual(limits(500, 200));
  expect(own['POST /v1/carts/{id}/checkout']).toEqual(limits(25, 70));
  expect(own['POST /v1/images']).toEqual(limits(5, 10));
});

test('limits that let nothing through are mistakes, named as they were given', () => {
  const stack = new Stack(new App(), 'Stack');
  new ServiceApi(stack, 'Api', {
    throttles: { browse: { rateLimit: 0 }, checkout: { burstLimit: 1.5 }, upload: { rateLimit: -1, burstLimit: 0 } },
  });
  expect(() => Template.fromStack(stack)).toThrow(
    /throttles.browse.rateLimit is 0; .*\n.*throttles.checkout.burstLimit is 1.5; .*\n.*throttles.upload.rateLimit is -1; .*\n.*throttles.upload.burstLimit is 0; /,
  );
});

describe('a route in the stack of its function', () => {
  const app = new App();
  const api = new ServiceApi(new Stack(app, 'Front'), 'Api');
  const home = new Stack(app, 'Functions');
  const handler = new lambda.Function(home, 'Handler', {
    runtime: lambda.Runtime.NODEJS_LATEST,
    handler: 'index.handler',
    code: lambda.Code.fromInline('exports.handler = () => {}'),
  });
  api.addRoutes(
    [
      { method: 'POST', path: '/files', operationId: 'putFile', kind: OperationKind.UPLOAD },
      { method: 'POST', path: '/baskets', operationId: 'openBasket', kind: OperationKind.CART },
    ],
    handler,
  );

  test('is throttled as browsing is, and says so where that is much', () => {
    expect(stageOf(Template.fromStack(Stack.of(api))).own).toBeUndefined();
    const warnings = Annotations.fromStack(home).findWarning('*', Match.stringLikeRegexp('throttled as browsing'));
    expect(warnings.map(({ entry }) => String(entry.data).slice(0, 12))).toEqual(['POST /files ']);
  });
});
