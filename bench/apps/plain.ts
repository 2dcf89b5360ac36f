import * as path from 'node:path';
import { CfnResource, type Stack } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { SHOP_BUNDLES, shopResources } from './shop-resources';
import { timeSynth } from './time-synth';

const ASSETS = path.resolve(__dirname, '..', '..', 'assets', 'functions');
const counts = shopResources();

const string = (name: string) => ({ name, type: dynamodb.AttributeType.STRING });

/** How one resource of a type is written by hand; policies come with their buckets, queues and roles. */
const BY_HAND: Record<string, (stack: Stack, id: string, index: number) => unknown> = {
  'AWS::Lambda::Function': (stack, id, index) =>
    new lambda.Function(stack, id, {
      runtime: lambda.Runtime.NODEJS_24_X,
      handler: 'index.handler',
      code: lambda.Code.fromAsset(path.join(ASSETS, SHOP_BUNDLES[index % SHOP_BUNDLES.length])),
      role: iam.Role.fromRoleArn(stack, `${id}Role`, 'arn:aws:iam::123456789012:role/x'),
      environment: { TABLE_NAME: 'table' },
    }),
  'AWS::IAM::Role': (stack, id) =>
    new iam.Role(stack, id, { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') }).addToPolicy(
      new iam.PolicyStatement({ actions: ['xray:PutTraceSegments'], resources: ['*'] }),
    ),
  'AWS::Logs::LogGroup': (stack, id) => new logs.LogGroup(stack, id),
  'AWS::S3::Bucket': (stack, id) => new s3.Bucket(stack, id, { enforceSSL: true, versioned: true }),
  'AWS::SQS::Queue': (stack, id) => new sqs.Queue(stack, id, { enforceSSL: true }),
  'AWS::DynamoDB::GlobalTable': (stack, id) =>
    new dynamodb.TableV2(stack, id, {
      partitionKey: string('pk'),
      sortKey: string('sk'),
      globalSecondaryIndexes: ['gsi1', 'gsi2', 'gsi3'].map((index) => ({
        indexName: index,
        partitionKey: string(`${index}pk`),
        sortKey: string(`${index}sk`),
      })),
    }),
};
const COME_ALONG = ['AWS::IAM::Policy', 'AWS::S3::BucketPolicy', 'AWS::SQS::QueuePolicy'];

timeSynth((stack) => {
  for (const [type, count] of Object.entries(counts)) {
    if (COME_ALONG.includes(type)) continue;
    const make =
      BY_HAND[type] ?? ((scope: Stack, id: string) => new CfnResource(scope, id, { type, properties: { Name: id } }));
    for (let index = 0; index < count; index++) make(stack, `${type.replaceAll('::', '')}${index}`, index);
  }
});
