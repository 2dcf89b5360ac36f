import { App, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { ServiceApi } from '../../src/api';
import { ProductCatalog, type ProductCatalogProps } from '../../src/catalog';

type Statement = { Action: string | string[]; Resource: unknown };

function synthesize(props?: ProductCatalogProps | ((stack: Stack) => ProductCatalogProps)) {
  const stack = new Stack(new App(), 'Test', { env: { region: 'eu-west-1' } });
  const catalog = new ProductCatalog(stack, 'Catalog', typeof props === 'function' ? props(stack) : props);
  return { stack, catalog, template: () => Template.fromStack(stack) };
}

/** What a role may do, but for its own log group: `action on resource`, with names instead of references. */
function allowed(template: Template, role: RegExp): string[] {
  return Object.values(template.findResources('AWS::IAM::Policy'))
    .filter(({ Properties }) => Properties.Roles.some(({ Ref }: { Ref: string }) => role.test(Ref)))
    .flatMap(({ Properties }) => Properties.PolicyDocument.Statement as Statement[])
    .flatMap(({ Action, Resource }) =>
      [Action].flat().flatMap((action) => [Resource].flat().map((resource) => `${action} on ${named(resource)}`)),
    )
    .filter((line) => !/^(logs|xray):/.test(line))
    .sort();
}

function named(resource: unknown): string {
  return JSON.stringify(resource)
    .replace(/\{"Fn::GetAtt":\["([A-Za-z]+)[0-9A-F]{8}","Arn"\]\}/g, '$1')
    .replace(/\{"Fn::Join":\["",\[(.*)\]\]\}/g, '$1')
    .replace(/[",]/g, '');
}

test('alone it works with its defaults: a table, a bucket, an API, a bus', () => {
  const { catalog, template } = synthesize();
  template().resourceCountIs('AWS::DynamoDB::GlobalTable', 1);
  template().resourceCountIs('AWS::ApiGatewayV2::Api', 1);
  template().resourceCountIs('AWS::Events::EventBus', 1);
  for (const route of ['GET /v1/products', 'GET /v1/products/{id}', 'GET /v1/categories']) {
    template().hasResourceProperties('AWS::ApiGatewayV2::Route', { RouteKey: route });
  }
  template().hasResource('AWS::S3::Bucket', {
    DeletionPolicy: 'Retain',
    Properties: { NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } } },
  });
  template().hasResourceProperties('AWS::Lambda::Function', {
    Description: 'Imports product files and publishes the catalogue',
    Environment: { Variables: Match.objectLike({ CATALOG_CURRENCY: 'USD' }) },
    Timeout: 300,
  });
  expect(catalog.api.url).toContain('execute-api');
});

test('only files under imports/ of its own bucket reach the queue', () => {
  const { stack, catalog, template } = synthesize();
  template().hasResourceProperties('AWS::Events::Rule', {
    EventPattern: {
      source: ['aws.s3'],
      'detail-type': ['Object Created'],
      detail: {
        bucket: { name: [stack.resolve(catalog.bucket.bucketName)] },
        object: { key: [{ prefix: 'imports/' }] },
      },
    },
  });
  template().hasResourceProperties('AWS::Lambda::EventSourceMapping', {
    BatchSize: 10,
    FunctionResponseTypes: ['ReportBatchItemFailures'],
    FunctionName: { Ref: Match.stringLikeRegexp('CatalogImport') },
  });
});

test('files are imported one call after the other, in the order in which they come', () => {
  const { stack, catalog, template } = synthesize();
  expect(stack.resolve(catalog.importWorker.queue.fifo)).toBe(true);
  template().hasResourceProperties('AWS::Events::Rule', {
    Description: 'Files to import',
    Targets: [Match.objectLike({ SqsParameters: { MessageGroupId: 'FileArrived' } })],
  });
});

test('what is left of deleted versions goes after a day; files to import and their results stay', () => {
  const { template } = synthesize();
  template().hasResourceProperties('AWS::S3::Bucket', {
    LifecycleConfiguration: {
      Rules: Match.arrayWith([
        Match.objectLike({
          Prefix: 'published/',
          NoncurrentVersionExpiration: { NoncurrentDays: 1 },
          ExpiredObjectDeleteMarker: true,
        }),
      ]),
    },
  });
});

test('each function may do what it does and nothing else', () => {
  const { template } = synthesize();
  expect(allowed(template(), /QueryParts/)).toEqual([
    's3:GetObject on CatalogFiles/published/*',
    's3:ListBucket on CatalogFiles',
  ]);
  expect(allowed(template(), /ImportParts/)).toEqual([
    'dynamodb:BatchGetItem on CatalogProductsTable',
    'dynamodb:BatchWriteItem on CatalogProductsTable',
    'dynamodb:PutItem on CatalogProductsTable',
    'dynamodb:Query on CatalogProductsTable',
    'dynamodb:Query on CatalogProductsTable/index/GSI2',
    's3:DeleteObject on CatalogFiles/published/*',
    's3:GetObject on CatalogFiles/import-results/*',
    's3:GetObject on CatalogFiles/imports/*',
    's3:GetObject on CatalogFiles/published/*',
    's3:ListBucket on CatalogFiles',
    's3:PutObject on CatalogFiles/import-results/*',
    's3:PutObject on CatalogFiles/published/*',
    'sqs:ChangeMessageVisibility on CatalogImportsQueue',
    'sqs:DeleteMessage on CatalogImportsQueue',
    'sqs:GetQueueAttributes on CatalogImportsQueue',
    'sqs:GetQueueUrl on CatalogImportsQueue',
    'sqs:ReceiveMessage on CatalogImportsQueue',
    'sqs:SendMessage on CatalogImportsDeadLetters',
  ]);
});

test('what others are granted', () => {
  const { stack, catalog, template } = synthesize();
  const role = (id: string) => new iam.Role(stack, id, { assumedBy: new iam.AnyPrincipal() });
  catalog.grantReadProducts(role('Reader'));
  catalog.grantReadPublished(role('Listener'));
  catalog.grantImport(role('Merchant'));
  expect(allowed(template(), /^Reader/)).toEqual([
    'dynamodb:BatchGetItem on CatalogProductsTable',
    'dynamodb:GetItem on CatalogProductsTable',
  ]);
  template().hasResourceProperties('AWS::IAM::Policy', {
    PolicyName: Match.stringLikeRegexp('^Reader'),
    PolicyDocument: {
      Statement: [
        Match.objectLike({ Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['SKU#*'] } } }),
      ],
    },
  });
  expect(allowed(template(), /^Listener/)).toEqual([
    's3:GetObject on CatalogFiles/published/*',
    's3:ListBucket on CatalogFiles',
  ]);
  expect(allowed(template(), /^Merchant/)).toEqual([
    's3:GetObject on CatalogFiles/import-results/*',
    's3:ListBucket on CatalogFiles',
    's3:PutObject on CatalogFiles/imports/*',
  ]);
});

test("the user's own resources take the place of ours", () => {
  const { stack, catalog, template } = synthesize((stack) => ({
    api: new ServiceApi(stack, 'Api'),
    bus: events.EventBus.fromEventBusName(stack, 'Bus', 'theirs'),
    bucket: s3.Bucket.fromBucketName(stack, 'Bucket', 'their-bucket'),
    table: dynamodb.TableV2.fromTableAttributes(stack, 'Table', {
      tableName: 'their-table',
      tableStreamArn: 'arn:aws:dynamodb:eu-west-1:111122223333:table/their-table/stream/1',
    }),
    currency: 'GBP',
  }));
  template().resourceCountIs('AWS::DynamoDB::GlobalTable', 0);
  template().resourceCountIs('AWS::Events::EventBus', 0);
  template().resourceCountIs('AWS::ApiGatewayV2::Api', 1);
  template().hasResourceProperties('AWS::Lambda::Function', {
    Environment: {
      Variables: {
        CATALOG_BUCKET_NAME: 'their-bucket',
        CATALOG_CURRENCY: 'GBP',
        CATALOG_TABLE_NAME: 'their-table',
      },
    },
  });
  expect(stack.resolve(catalog.bus.eventBusName)).toBe('theirs');
});

test("a key of the user's encrypts everything, and those who read or write may use it", () => {
  const { stack, catalog, template } = synthesize((stack) => ({ encryptionKey: new kms.Key(stack, 'Key') }));
  const reader = new iam.Role(stack, 'Reader', { assumedBy: new iam.AnyPrincipal() });
  catalog.grantReadPublished(reader);
  template().hasResourceProperties('AWS::DynamoDB::GlobalTable', {
    SSESpecification: { SSEEnabled: true, SSEType: 'KMS' },
  });
  template().allResourcesProperties('AWS::SQS::Queue', { KmsMasterKeyId: Match.anyValue() });
  template().hasResourceProperties('AWS::S3::Bucket', {
    BucketEncryption: {
      ServerSideEncryptionConfiguration: [
        Match.objectLike({ ServerSideEncryptionByDefault: Match.objectLike({ SSEAlgorithm: 'aws:kms' }) }),
      ],
    },
  });
  expect(allowed(template(), /^Reader/)).toContain('kms:Decrypt on Key');
  expect(allowed(template(), /QueryParts/)).toContain('kms:Decrypt on Key');
  expect(allowed(template(), /ImportParts/)).toEqual(
    expect.arrayContaining(['kms:Decrypt on Key', 'kms:GenerateDataKey* on Key']),
  );
});

test('all mistakes are told at once', () => {
  const app = new App();
  new ProductCatalog(new Stack(app, 'Test'), 'Catalog', { currency: 'Dollars', removalPolicy: RemovalPolicy.DESTROY });
  const synth = () => app.synth();
  expect(synth).toThrow('currency is Dollars; it must be an ISO 4217 code such as USD.');
  expect(synth).toThrow(/removalPolicy DESTROY would delete data/);
});

test('its metrics are those of its queues', () => {
  const { stack, catalog } = synthesize();
  const queue = (metric: { toMetricConfig(): { metricStat?: { dimensions?: { value: unknown }[] } } }) =>
    stack.resolve(metric.toMetricConfig().metricStat?.dimensions?.[0].value);
  expect(catalog.metricImportAge().metricName).toBe('ApproximateAgeOfOldestMessage');
  expect(queue(catalog.metricImportDeadLetters())).toEqual(
    stack.resolve(catalog.importWorker.deadLetterQueue.queueName),
  );
});

test('two catalogues fit in one stack', () => {
  const { stack, template } = synthesize();
  new ProductCatalog(stack, 'Other');
  template().resourceCountIs('AWS::DynamoDB::GlobalTable', 2);
});
