/** The shop's resources written down with the CDK's own constructs: as many of each type, and much the same in them. */
import * as path from 'node:path';
import { CustomResource, Duration, type Stack } from 'aws-cdk-lib';
import * as apigateway from 'aws-cdk-lib/aws-apigateway';
import * as apigatewayv2 from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import * as origins from 'aws-cdk-lib/aws-cloudfront-origins';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as assets from 'aws-cdk-lib/aws-s3-assets';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import type { BundleName } from '../../src/building-blocks/bundles.generated';
import { timeSynth } from './time-synth';

const ASSETS = path.resolve(__dirname, '..', '..', 'assets');
const { GET, POST, PUT, DELETE } = apigatewayv2.HttpMethod;

timeSynth((stack) => {
  const [products, orders, mails] = ['Products', 'Orders', 'Mails'].map((id) => table(stack, id));
  const [files, site] = ['Files', 'Site'].map((id) => bucket(stack, id));
  const bus = new events.EventBus(stack, 'Bus');

  const query = handler(stack, 'Query', 'catalog-query');
  files.grantRead(query);
  const cart = handler(stack, 'Cart', 'cart');
  products.grantReadData(cart);
  orders.grantReadWriteData(cart);
  const checkout = handler(stack, 'Checkout', 'checkout');
  products.grantReadData(checkout);
  orders.grantReadWriteData(checkout);
  const orderQuery = handler(stack, 'OrderQuery', 'order-query');
  orders.grantReadData(orderQuery);

  const importer = worker(stack, 'Import', 'catalog-import', {
    eventPattern: {
      source: ['aws.s3'],
      detailType: ['Object Created'],
      detail: { bucket: { name: [files.bucketName] } },
    },
  });
  products.grantReadWriteData(importer);
  files.grantReadWrite(importer);
  const opener = worker(stack, 'StockOpener', 'stock-opener', {
    eventBus: bus,
    eventPattern: { source: ['catalog'], detailType: ['catalog.published'] },
  });
  orders.grantReadWriteData(opener);
  files.grantRead(opener);
  const mailer = worker(stack, 'Mailer', 'mail-worker-ses', {
    eventBus: bus,
    eventPattern: { source: ['ordering'], detailType: ['order.placed'] },
  });
  mails.grantReadWriteData(mailer);
  mailer.addToRolePolicy(new iam.PolicyStatement({ actions: ['ses:SendEmail'], resources: ['*'] }));
  outbox(stack, 'ProductEvents', products, bus);
  outbox(stack, 'OrderEvents', orders, bus);

  const config = handler(stack, 'Config', 'store-config');
  const api = httpApi(stack, {
    '': [handler(stack, 'Default', 'api-default'), ['/openapi.json', GET]],
    query: [query, ['/products', GET], ['/products/{id}', GET], ['/categories', GET]],
    cart: [
      cart,
      ['/carts', POST],
      ['/carts/{id}', GET],
      ['/carts/{id}', DELETE],
      ['/carts/{id}/items/{sku}', PUT],
      ['/availability', GET],
    ],
    checkout: [checkout, ['/carts/{id}/checkout', POST]],
    orders: [orderQuery, ['/orders/{id}', GET]],
    config: [config, ['/config', GET]],
  });
  storefront(stack, site, api);
});

function table(stack: Stack, id: string): dynamodb.TableV2 {
  const string = (name: string) => ({ name, type: dynamodb.AttributeType.STRING });
  return new dynamodb.TableV2(stack, id, {
    partitionKey: string('pk'),
    sortKey: string('sk'),
    globalSecondaryIndexes: ['gsi1', 'gsi2', 'gsi3'].map((index) => ({
      indexName: index,
      partitionKey: string(`${index}pk`),
      sortKey: string(`${index}sk`),
    })),
    timeToLiveAttribute: 'ttl',
    dynamoStream: dynamodb.StreamViewType.NEW_IMAGE,
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
  });
}

function bucket(stack: Stack, id: string): s3.Bucket {
  return new s3.Bucket(stack, id, {
    enforceSSL: true,
    versioned: true,
    blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
    encryption: s3.BucketEncryption.S3_MANAGED,
    lifecycleRules: [{ noncurrentVersionExpiration: Duration.days(30) }],
  });
}

function handler(stack: Stack, id: string, bundle: BundleName): lambda.Function {
  const logGroup = new logs.LogGroup(stack, `${id}Logs`);
  const role = new iam.Role(stack, `${id}Role`, { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
  logGroup.grantWrite(role);
  return new lambda.Function(stack, id, {
    code: lambda.Code.fromAsset(path.join(ASSETS, 'functions', bundle)),
    handler: 'index.handler',
    runtime: lambda.Runtime.NODEJS_24_X,
    architecture: lambda.Architecture.ARM_64,
    tracing: lambda.Tracing.ACTIVE,
    loggingFormat: lambda.LoggingFormat.JSON,
    environment: { NAME: id },
    logGroup,
    role,
  });
}

function worker(stack: Stack, id: string, bundle: BundleName, rule: events.RuleProps): lambda.Function {
  const deadLetters = new sqs.Queue(stack, `${id}DeadLetters`, { enforceSSL: true });
  const queue = new sqs.Queue(stack, `${id}Queue`, {
    enforceSSL: true,
    deadLetterQueue: { queue: deadLetters, maxReceiveCount: 5 },
  });
  const made = handler(stack, id, bundle);
  made.addEventSource(new SqsEventSource(queue, { reportBatchItemFailures: true }));
  new events.Rule(stack, `${id}Rule`, {
    ...rule,
    targets: [new targets.SqsQueue(queue, { deadLetterQueue: deadLetters })],
  });
  return made;
}

function outbox(stack: Stack, id: string, source: dynamodb.TableV2, bus: events.EventBus): void {
  const failures = bucket(stack, `${id}Failures`);
  const publisher = handler(stack, `${id}Publisher`, 'outbox-publisher');
  source.grantReadWriteData(publisher);
  source.grantStreamRead(publisher);
  failures.grantPut(publisher);
  bus.grantPutEventsTo(publisher);
  publisher.addEventSourceMapping('Stream', {
    eventSourceArn: source.tableStreamArn,
    startingPosition: lambda.StartingPosition.TRIM_HORIZON,
  });
  const sweeper = handler(stack, `${id}Sweeper`, 'outbox-sweeper');
  source.grantReadWriteData(sweeper);
  bus.grantPutEventsTo(sweeper);
  new events.Rule(stack, `${id}Sweep`, {
    schedule: events.Schedule.rate(Duration.minutes(5)),
    targets: [new targets.LambdaFunction(sweeper)],
  });
}

type Routes = Record<string, [lambda.Function, ...[path: string, method: apigatewayv2.HttpMethod][]]>;

function httpApi(stack: Stack, { '': fallback, ...others }: Routes): apigatewayv2.HttpApi {
  const integrate = (id: string, to: lambda.Function) =>
    new HttpLambdaIntegration(id, to, { scopePermissionToRoute: false });
  const defaultIntegration = integrate('Fallback', fallback[0]);
  const api = new apigatewayv2.HttpApi(stack, 'Api', { createDefaultStage: false, defaultIntegration });
  const add = (integration: HttpLambdaIntegration, routes: [path: string, method: apigatewayv2.HttpMethod][]) => {
    for (const [route, method] of routes) api.addRoutes({ path: `/v1${route}`, methods: [method], integration });
  };
  const [, ...fallbackRoutes] = fallback;
  add(defaultIntegration, fallbackRoutes);
  for (const [id, [to, ...routes]] of Object.entries(others)) add(integrate(id, to), routes);
  new apigatewayv2.HttpStage(stack, 'Stage', {
    httpApi: api,
    autoDeploy: true,
    throttle: { rateLimit: 100, burstLimit: 200 },
    accessLogSettings: {
      destination: new apigatewayv2.LogGroupLogDestination(new logs.LogGroup(stack, 'AccessLog')),
      format: apigateway.AccessLogFormat.clf(),
    },
  });
  return api;
}

function storefront(stack: Stack, site: s3.Bucket, api: apigatewayv2.HttpApi): void {
  const pages = new assets.Asset(stack, 'Pages', { path: path.join(ASSETS, 'site') });
  const publisher = handler(stack, 'Publisher', 'site-publisher');
  pages.grantRead(publisher);
  site.grantReadWrite(publisher);
  const published = new CustomResource(stack, 'Published', {
    resourceType: 'Custom::PublishedSite',
    serviceToken: publisher.functionArn,
    properties: { SourceKey: pages.s3ObjectKey, TargetBucket: site.bucketName, Version: pages.assetHash },
  });
  const responseHeadersPolicy = new cloudfront.ResponseHeadersPolicy(stack, 'Headers', {
    securityHeadersBehavior: { contentTypeOptions: { override: true } },
  });
  const viewerRequest = {
    function: new cloudfront.Function(stack, 'Router', {
      code: cloudfront.FunctionCode.fromInline('function handler(event) { return event.request; }'),
    }),
    eventType: cloudfront.FunctionEventType.VIEWER_REQUEST,
  };
  const distribution = new cloudfront.Distribution(stack, 'Distribution', {
    defaultRootObject: 'index.html',
    defaultBehavior: {
      origin: origins.S3BucketOrigin.withOriginAccessControl(site, { originPath: `/${pages.assetHash}` }),
      responseHeadersPolicy,
      functionAssociations: [viewerRequest],
    },
    additionalBehaviors: {
      '/v1/*': {
        origin: new origins.HttpOrigin(`${api.apiId}.execute-api.${stack.region}.${stack.urlSuffix}`),
        allowedMethods: cloudfront.AllowedMethods.ALLOW_ALL,
        cachePolicy: new cloudfront.CachePolicy(stack, 'ApiCache', { maxTtl: Duration.minutes(1) }),
        originRequestPolicy: cloudfront.OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
        responseHeadersPolicy,
      },
    },
  });
  distribution.node.addDependency(published);
}
