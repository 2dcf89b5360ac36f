import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client as SdkS3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SESv2Client } from '@aws-sdk/client-sesv2';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';
import { S3Client as SdkS3 } from '../../../bench/first-call/sdk-clients/s3';
import { DYNAMODB } from '../../../src/runtime/aws/dynamodb';
import { regionalEndpoint } from '../../../src/runtime/aws/endpoint';
import { EVENTBRIDGE } from '../../../src/runtime/aws/eventbridge';
import { LAMBDA } from '../../../src/runtime/aws/lambda';
import { S3Client } from '../../../src/runtime/aws/s3';
import { S3_SERVICE } from '../../../src/runtime/aws/s3-address';
import { SECRETS_MANAGER } from '../../../src/runtime/aws/secrets-manager';
import { SES } from '../../../src/runtime/aws/sesv2';
import { STEP_FUNCTIONS } from '../../../src/runtime/aws/sfn';
import { SQS } from '../../../src/runtime/aws/sqs';
import { setAwsEnvironment, useAwsEnvironment } from './environment';
import { ScriptedServer } from './scripted-server';
import { ours, outcomeOf, type Side, sdk } from './sides';
import { isPresignedWith } from './signature';

const CREDENTIALS = { AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'secret' };
useAwsEnvironment(() => CREDENTIALS);

const REGIONS = [
  'us-east-1',
  'eu-central-1',
  'ap-southeast-7',
  'cn-north-1',
  'cn-northwest-1',
  'us-gov-east-1',
  'us-gov-west-1',
  'us-iso-east-1',
  'us-isob-east-1',
  'eu-isoe-west-1',
  'us-isof-south-1',
  'eusc-de-east-1',
  'mars-north-1',
];

describe('the endpoint of a region is the SDK’s', () => {
  const region = 'eu-west-1';
  const S3_RULES = { UseGlobalEndpoint: false };
  test.each([
    [DYNAMODB, new DynamoDBClient({ region }), {}],
    [EVENTBRIDGE, new EventBridgeClient({ region }), {}],
    [LAMBDA, new LambdaClient({ region }), {}],
    [S3_SERVICE, new SdkS3Client({ region }), S3_RULES],
    [SECRETS_MANAGER, new SecretsManagerClient({ region }), {}],
    [SES, new SESv2Client({ region }), {}],
    [STEP_FUNCTIONS, new SFNClient({ region }), {}],
    [SQS, new SQSClient({ region }), {}],
  ])('for $host', (service, { config }, rules) => {
    const provider = config.endpointProvider as (parameters: object) => { url: URL };
    for (const Region of REGIONS) {
      for (const UseFIPS of [false, true]) {
        // The SDK refuses this one.
        if (UseFIPS && service === S3_SERVICE && Region.startsWith('cn-')) continue;
        process.env.AWS_USE_FIPS_ENDPOINT = String(UseFIPS);
        const expected = provider({ Region, UseFIPS, UseDualStack: false, ...rules }).url;
        expect({ Region, UseFIPS, url: regionalEndpoint(service, Region).href }).toEqual({
          Region,
          UseFIPS,
          url: expected.href,
        });
      }
    }
  });
});

describe('settings of the environment', () => {
  let server: ScriptedServer;
  beforeAll(async () => {
    server = await ScriptedServer.start();
  });
  afterAll(() => server.stop());

  const CALLS: [string, (side: Side) => Promise<unknown>][] = [
    ['DYNAMODB', ({ dynamoDb }) => dynamoDb().get({ TableName: 't', Key: { pk: 'a' } })],
    ['EVENTBRIDGE', ({ eventBridge }) => eventBridge().putEvents({ Entries: [] })],
    [
      'LAMBDA',
      ({ lambda }) => lambda().invoke({ FunctionName: 'arn:aws:lambda:eu-west-1:1:function:f', Payload: '1' }),
    ],
    ['S3', ({ s3 }) => s3().putObject({ Bucket: 'bucket', Key: 'a b/c', Body: 'x' })],
    ['SECRETS_MANAGER', ({ secrets }) => secrets().getSecretValue({ SecretId: 's' })],
    ['SESV2', ({ ses }) => ses().sendEmail({ Content: {} })],
    ['SFN', ({ stepFunctions }) => stepFunctions().startExecution({ stateMachineArn: 'a' })],
    [
      'SQS',
      ({ sqs }) => sqs().deleteMessage({ QueueUrl: 'https://sqs.eu-west-1.amazonaws.com/1/q', ReceiptHandle: 'r' }),
    ],
  ];

  test.each(CALLS)('name the address of %s, or of all services', async (id, call) => {
    for (const name of [`AWS_ENDPOINT_URL_${id}`, 'AWS_ENDPOINT_URL']) {
      for (const path of ['', '/behind/a/path']) {
        const settings = { ...CREDENTIALS, AWS_REGION: 'eu-west-1', AWS_MAX_ATTEMPTS: '1', [name]: server.url + path };
        const paths = [];
        for (const side of [ours(), sdk()]) {
          setAwsEnvironment(settings);
          server.play({});
          await outcomeOf(() => call(side));
          paths.push(server.received.map((request) => request.path.replace('?x-id=PutObject', '')));
        }
        expect({ path, paths: paths[0] }).toEqual({ path, paths: paths[1] });
        expect(paths[0]).toHaveLength(1);
      }
    }
  });

  test('the address of a service counts before that of all', async () => {
    const settings = { ...CREDENTIALS, AWS_REGION: 'eu-west-1', AWS_ENDPOINT_URL: 'http://127.0.0.1:1' };
    setAwsEnvironment({ ...settings, AWS_ENDPOINT_URL_DYNAMODB: server.url });
    server.play({});
    await ours()
      .dynamoDb()
      .get({ TableName: 't', Key: { pk: 'a' } });
    expect(server.received).toHaveLength(1);
  });

  test('a missing region is told', () => {
    expect(() => ours().dynamoDb()).toThrow('Region is missing');
  });

  test('the region of Lambda is found by either name', async () => {
    for (const name of ['AWS_REGION', 'AWS_DEFAULT_REGION']) {
      setAwsEnvironment({ ...CREDENTIALS, [name]: 'ap-south-1', AWS_ENDPOINT_URL: server.url });
      server.play({});
      await ours()
        .dynamoDb()
        .get({ TableName: 't', Key: { pk: 'a' } });
      expect(server.received[0].headers.authorization).toContain('/ap-south-1/dynamodb/aws4_request');
    }
  });
});

describe('the address of an object is the SDK’s', () => {
  const BUCKETS = ['bucket', 'my-bucket-1', 'a.bucket.with.dots', 'Upper-Case', 'under_score', '127.0.0.1', 'abc'];
  const KEYS = [
    'plain.txt',
    'a b',
    'a+b',
    'ü/€/😀',
    '#?%25&=;,:@$',
    "!'()*~_-.",
    'a//b',
    '/first',
    'a/../b',
    './c',
    'x\ny',
    '"<>^`{|}\\',
  ];
  const ENDPOINTS = [
    undefined,
    'https://objects.example.com',
    'http://objects.example.com:9000',
    'http://127.0.0.1:9000',
    'http://localhost:4566',
    'http://[::1]:9000',
    'https://objects.example.com/path',
  ];

  test.each(ENDPOINTS)('at the endpoint %s', async (endpoint) => {
    for (const region of endpoint ? ['eu-west-1'] : REGIONS.slice(0, 7)) {
      setAwsEnvironment({ ...CREDENTIALS, AWS_REGION: region, ...(endpoint && { AWS_ENDPOINT_URL: endpoint }) });
      for (const bucket of BUCKETS) {
        for (const key of bucket === 'bucket' ? KEYS : KEYS.slice(0, 1)) {
          expect(await addressOf(new S3Client(), bucket, key)).toEqual(await addressOf(new SdkS3(), bucket, key));
        }
      }
    }
  });

  test.each(ENDPOINTS)('and carries a valid signature, at the endpoint %s', async (endpoint) => {
    setAwsEnvironment({
      ...CREDENTIALS,
      AWS_REGION: 'eu-west-1',
      AWS_SESSION_TOKEN: 'a+b/c=',
      ...(endpoint && { AWS_ENDPOINT_URL: endpoint }),
    });
    for (const key of KEYS.filter((key) => !/^\.|\/\.\./.test(key))) {
      for (const client of [new S3Client(), new SdkS3()]) {
        const address = await client.presignedGetUrl('bucket', key, 900);
        expect({ address, valid: isPresignedWith('secret', address) }).toEqual({ address, valid: true });
        const { searchParams } = new URL(address);
        expect(searchParams.get('X-Amz-Expires')).toBe('900');
        expect(searchParams.get('X-Amz-Security-Token')).toBe('a+b/c=');
      }
    }
  });

  /** All of it but the query. */
  async function addressOf(client: S3Client | SdkS3, bucket: string, key: string): Promise<string> {
    return (await client.presignedGetUrl(bucket, key, 900)).split('?')[0];
  }
});
