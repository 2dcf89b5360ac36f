/**
 * What the local cloud mends in its emulator, each observed on the cloud as it is and on one without any mend. A case
 * fails when the mend does not do its work, and as well when a new emulator no longer needs it.
 */
import { createHash } from 'node:crypto';
import {
  DescribeContinuousBackupsCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
  PutItemCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import {
  GetJobRunCommand,
  GetJobRunsCommand,
  GlueClient,
  StartJobRunCommand,
  StartTriggerCommand,
} from '@aws-sdk/client-glue';
import { CreateAccessKeyCommand, CreateUserCommand, IAMClient, PutUserPolicyCommand } from '@aws-sdk/client-iam';
import { GetFunctionCommand, InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  GetObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2';
import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { type DeployedStack, LocalCloud } from '../src';
import {
  allow,
  assembly,
  att,
  eventually,
  httpApi,
  inlineFunction,
  joined,
  type Resources,
  ref,
  trust,
} from './assemblies';

jest.setTimeout(120_000);

interface Case {
  readonly mend: string;
  readonly behaviour: string;
  readonly resources: Resources;
  readonly outputs?: Record<string, unknown>;
  /** A changed template to update the stack to before looking. */
  readonly update?: Resources;
  readonly prepare?: (cloud: LocalCloud, stack: DeployedStack) => Promise<unknown>;
  readonly observe: (cloud: LocalCloud, stack: DeployedStack) => Promise<unknown>;
  readonly right: unknown;
}

const TABLE = {
  KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
  AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
  BillingMode: 'PAY_PER_REQUEST',
  StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
};
/** Of a page that preflight requests come from. */
const PAGE = 'https://shop.example';
const globalTable = (properties: object = {}) => ({
  Type: 'AWS::DynamoDB::GlobalTable',
  Properties: {
    ...TABLE,
    Replicas: [{ Region: ref('AWS::Region'), PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } }],
    TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
    ...properties,
  },
});
const INDEX = {
  AttributeDefinitions: [...TABLE.AttributeDefinitions, { AttributeName: 'gsi1pk', AttributeType: 'S' }],
  GlobalSecondaryIndexes: [
    {
      IndexName: 'GSI1',
      KeySchema: [{ AttributeName: 'gsi1pk', KeyType: 'HASH' }],
      Projection: { ProjectionType: 'ALL' },
    },
  ],
};
const identity = (EmailIdentity: string): Resources => ({
  Identity: { Type: 'AWS::SES::EmailIdentity', Properties: { EmailIdentity } },
});
const identityArn = (cloud: LocalCloud, name: string) =>
  `arn:aws:ses:${cloud.region}:${cloud.account}:identity/${name}`;
const physicalId = (stack: DeployedStack, logicalId: string) =>
  stack.resources.find((resource) => resource.logicalId === logicalId)?.physicalId ?? '';
const dynamodb = (cloud: LocalCloud) => new DynamoDBClient(cloud.clientConfig);
const s3 = (cloud: LocalCloud, credentials = cloud.credentials) =>
  new S3Client({ ...cloud.clientConfig, credentials, forcePathStyle: true });
const callApi = (cloud: LocalCloud, stack: DeployedStack, init?: RequestInit) =>
  fetch(`${cloud.endpoint}/_aws/execute-api/${physicalId(stack, 'Api')}/$default/x`, init);
const put = (cloud: LocalCloud, stack: DeployedStack, pk: string) =>
  dynamodb(cloud).send(new PutItemCommand({ TableName: physicalId(stack, 'Table'), Item: { pk: { S: pk } } }));

const CASES: Case[] = [
  {
    mend: 'cloudformation',
    behaviour: 'deploys a type it does not know as a placeholder, and lists it',
    resources: {
      Budget: { Type: 'AWS::Budgets::Budget', Properties: {} },
      Parameter: { Type: 'AWS::SSM::Parameter', Properties: { Type: 'String', Value: att('Budget', 'Id') } },
    },
    observe: async (_cloud, stack) => stack.notEmulated,
    right: ['AWS::Budgets::Budget: placeholder (Budget)'],
  },
  {
    mend: 'cloudformation',
    behaviour: 'deploys an alarm on a metric expression as a placeholder',
    resources: {
      Alarm: {
        Type: 'AWS::CloudWatch::Alarm',
        Properties: {
          ComparisonOperator: 'GreaterThanThreshold',
          EvaluationPeriods: 1,
          Threshold: 1,
          Metrics: [{ Id: 'sum', Expression: 'SUM(METRICS())' }],
        },
      },
    },
    observe: async (_cloud, stack) => stack.notEmulated,
    right: ['AWS::CloudWatch::Alarm: placeholder (Alarm)'],
  },
  {
    mend: 'transport',
    behaviour: 'takes a call from this machine as one by TLS',
    resources: {
      Bucket: { Type: 'AWS::S3::Bucket' },
      Policy: {
        Type: 'AWS::S3::BucketPolicy',
        Properties: {
          Bucket: ref('Bucket'),
          PolicyDocument: {
            Version: '2012-10-17',
            Statement: [
              {
                Effect: 'Deny',
                Principal: '*',
                Action: 's3:*',
                Resource: [att('Bucket'), joined(att('Bucket'), '/*')],
                Condition: { Bool: { 'aws:SecureTransport': 'false' } },
              },
            ],
          },
        },
      },
    },
    observe: async (cloud, stack) => {
      const Bucket = physicalId(stack, 'Bucket');
      const credentials = await newUser(cloud, 'writer', allow('s3:PutObject', `arn:aws:s3:::${Bucket}/*`));
      const client = s3(cloud, credentials);
      return (await client.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'b' }))).$metadata.httpStatusCode;
    },
    right: 200,
  },
  {
    mend: 'dynamodb',
    behaviour: 'keeps time to live and point-in-time recovery of a table',
    resources: { Table: globalTable() },
    observe: async (cloud, stack) => {
      const TableName = physicalId(stack, 'Table');
      const ttl = await dynamodb(cloud).send(new DescribeTimeToLiveCommand({ TableName }));
      const backups = await dynamodb(cloud).send(new DescribeContinuousBackupsCommand({ TableName }));
      return [
        ttl.TimeToLiveDescription?.TimeToLiveStatus,
        backups.ContinuousBackupsDescription?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus,
      ];
    },
    right: ['ENABLED', 'ENABLED'],
  },
  {
    mend: 'dynamodb',
    behaviour: 'keeps the items of a global table that gets an index',
    resources: { Table: globalTable() },
    prepare: (cloud, stack) => put(cloud, stack, 'kept'),
    update: { Table: globalTable(INDEX) },
    observe: async (cloud, stack) => {
      const { Items } = await dynamodb(cloud).send(
        new ScanCommand({ TableName: physicalId(stack, 'Table'), ConsistentRead: true }),
      );
      return Items;
    },
    right: [{ pk: { S: 'kept' } }],
  },
  {
    mend: 'credentials',
    behaviour:
      'takes a call that nobody signed for nobody: it reads what a bucket policy opens to all, and nothing else',
    resources: {
      Closed: { Type: 'AWS::S3::Bucket' },
      Open: {
        Type: 'AWS::S3::Bucket',
        Properties: { PublicAccessBlockConfiguration: { BlockPublicPolicy: false, RestrictPublicBuckets: false } },
      },
      OpenPolicy: {
        Type: 'AWS::S3::BucketPolicy',
        Properties: {
          Bucket: ref('Open'),
          PolicyDocument: {
            Statement: [{ ...allow('s3:GetObject', joined(att('Open'), '/*')), Principal: '*' }],
          },
        },
      },
    },
    prepare: async (cloud, stack) => {
      for (const id of ['Closed', 'Open']) {
        await s3(cloud).send(new PutObjectCommand({ Bucket: physicalId(stack, id), Key: 'note', Body: 'text' }));
      }
    },
    observe: async (cloud, stack) => {
      const status = async (path: string, method = 'GET') =>
        (await fetch(`${cloud.endpoint}/${path}`, { method })).status;
      const [closed, open] = ['Closed', 'Open'].map((id) => `${physicalId(stack, id)}/note`);
      const keys = await status('latest/meta-data/iam/security-credentials/ministack-instance-role');
      return [keys, await status(''), await status(closed), await status(open), await status(open, 'DELETE')];
    },
    right: [403, 403, 403, 200, 403],
  },
  {
    mend: 'credentials',
    behaviour: 'takes nobody for root but who signs with the key pair of this start',
    resources: { Any: { Type: 'AWS::SQS::Queue' } },
    observe: async (cloud) => {
      const listing = (accessKeyId: string, secretAccessKey: string) =>
        s3(cloud, { accessKeyId, secretAccessKey })
          .send(new ListBucketsCommand({}))
          .then(
            () => 'listed',
            ({ name }: Error) => name,
          );
      const { accessKeyId, secretAccessKey } = cloud.credentials;
      return Promise.all([
        listing(accessKeyId, secretAccessKey),
        listing(accessKeyId, 'test'),
        listing('test', 'test'),
        listing(cloud.account, 'test'),
      ]);
    },
    right: ['listed', 'SignatureDoesNotMatch', 'InvalidAccessKeyId', 'InvalidAccessKeyId'],
  },
  {
    mend: 'functions',
    behaviour: 'gives functions keys that do not follow from their names',
    resources: inlineFunction('Function', 'exports.handler = async () => process.env.AWS_ACCESS_KEY_ID;'),
    observe: async (cloud, stack) => {
      const lambda = new LambdaClient(cloud.clientConfig);
      const FunctionName = physicalId(stack, 'Function');
      const { Configuration } = await lambda.send(new GetFunctionCommand({ FunctionName }));
      const names = `${Configuration?.FunctionArn}:${Configuration?.Role}`;
      const guess = `ASIA${createHash('sha256').update(names).digest('hex').slice(0, 16).toUpperCase()}`;
      const key = await invoke(cloud, stack);
      return [String(key).startsWith('ASIA'), key === guess];
    },
    right: [true, false],
  },
  {
    mend: 'functions',
    behaviour: "hands a function's events to no page",
    resources: inlineFunction(
      'Function',
      `exports.handler = async () => {
        const next = 'http://' + process.env.AWS_LAMBDA_RUNTIME_API + '/2018-06-01/runtime/invocation/next';
        const ask = async (headers) => {
          const { get } = require('node:http');
          return new Promise((resolve) => get(next, { headers }, ({ statusCode }) => resolve(statusCode)));
        };
        return [
          await ask({ origin: 'https://other.example' }),
          await ask({ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }),
          await ask({ host: 'other.example' }),
        ];
      };`,
    ),
    observe: invoke,
    right: [403, 403, 403],
  },
  {
    mend: 'functions',
    behaviour: "gives a function's code to who was given its address, and to nobody else",
    resources: inlineFunction('Function', 'exports.handler = async () => 1;'),
    observe: async (cloud, stack) => {
      const { Code } = await new LambdaClient(cloud.clientConfig).send(
        new GetFunctionCommand({ FunctionName: physicalId(stack, 'Function') }),
      );
      const address = new URL(Code?.Location ?? '');
      const given = await fetch(address);
      return [given.status, (await fetch(address.origin + address.pathname)).status];
    },
    right: [200, 403],
  },
  {
    mend: 'http_api',
    behaviour: 'answers a preflight request as CorsConfiguration says',
    resources: {
      ...inlineFunction('Function', 'exports.handler = async () => "called";'),
      ...httpApi('Api', 'Function', {
        CorsConfiguration: { AllowOrigins: [PAGE], AllowMethods: ['PUT'] },
      }),
    },
    observe: async (cloud, stack) => {
      const headers = { origin: PAGE, 'access-control-request-method': 'PUT' };
      const answer = await callApi(cloud, stack, { method: 'OPTIONS', headers });
      return [answer.status, answer.headers.get('access-control-allow-methods')];
    },
    right: [204, 'PUT'],
  },
  {
    mend: 'http_api',
    behaviour: 'tells a function whose connection a request came by, whatever its headers say',
    resources: {
      ...inlineFunction(
        'Function',
        'exports.handler = async ({ headers, requestContext }) => [requestContext.http.sourceIp, headers["x-forwarded-for"]];',
      ),
      ...httpApi('Api', 'Function'),
    },
    observe: async (cloud, stack) =>
      (await callApi(cloud, stack, { headers: { 'x-forwarded-for': '198.51.100.1' } })).json(),
    right: ['127.0.0.1', '198.51.100.1, 127.0.0.1'],
  },
  {
    mend: 'http_api',
    behaviour: 'tells a caller nothing of the error of a function',
    resources: {
      ...inlineFunction('Function', 'exports.handler = async () => { throw new Error("the password is 123"); };'),
      ...httpApi('Api', 'Function'),
    },
    observe: async (cloud, stack) => {
      const answer = await callApi(cloud, stack);
      return [answer.status, await answer.json()];
    },
    right: [500, { message: 'Internal Server Error' }],
  },
  {
    mend: 'functions',
    behaviour: 'names the error that a function threw',
    resources: inlineFunction(
      'Function',
      'class OutOfStock extends Error { name = "OutOfStock"; } exports.handler = async () => { throw new OutOfStock("none"); };',
    ),
    observe: async (cloud, stack) => (await invoke<{ errorType: string }>(cloud, stack)).errorType,
    right: 'OutOfStock',
  },
  {
    mend: 'streams',
    behaviour: 'gives up a failing record after its retries, keeps it, and goes on with the next',
    resources: {
      Table: globalTable(),
      Failures: { Type: 'AWS::S3::Bucket' },
      ...inlineFunction(
        'Function',
        'exports.handler = async ({ Records }) => { if (Records[0].dynamodb.Keys.pk.S === "bad") throw new Error("bad"); console.log("done", Records[0].dynamodb.Keys.pk.S); };',
        {
          statements: [
            allow('s3:PutObject', joined(att('Failures'), '/*')),
            allow(
              ['dynamodb:GetRecords', 'dynamodb:GetShardIterator', 'dynamodb:DescribeStream'],
              att('Table', 'StreamArn'),
            ),
          ],
        },
      ),
      Mapping: {
        Type: 'AWS::Lambda::EventSourceMapping',
        Properties: {
          EventSourceArn: att('Table', 'StreamArn'),
          FunctionName: ref('Function'),
          StartingPosition: 'TRIM_HORIZON',
          BatchSize: 1,
          MaximumRetryAttempts: 1,
          DestinationConfig: { OnFailure: { Destination: att('Failures') } },
        },
      },
    },
    prepare: async (cloud, stack) => {
      await put(cloud, stack, 'bad');
      await put(cloud, stack, 'good');
    },
    observe: async (cloud, stack) => {
      await eventually(
        async () => cloud.logs(physicalId(stack, 'Function')),
        (log) => log.includes('done\tgood') || log.includes('done good'),
        8,
      );
      const Bucket = physicalId(stack, 'Failures');
      const { Contents = [] } = await s3(cloud).send(new ListObjectsV2Command({ Bucket }));
      const kept = await s3(cloud).send(new GetObjectCommand({ Bucket, Key: Contents[0].Key }));
      const record = JSON.parse((await kept.Body?.transformToString()) ?? '');
      return [Contents.length, record.requestContext.condition, JSON.parse(record.payload).Records[0].dynamodb.Keys];
    },
    right: [1, 'RetryAttemptsExhausted', { pk: { S: 'bad' } }],
  },
  {
    mend: 'secrets_manager',
    behaviour: 'refers to a secret by its ARN and keeps to the rules of its characters',
    resources: {
      Secret: {
        Type: 'AWS::SecretsManager::Secret',
        Properties: { GenerateSecretString: { PasswordLength: 100, ExcludePunctuation: true } },
      },
    },
    outputs: { Secret: ref('Secret') },
    observe: async (cloud, stack) => {
      const SecretId = stack.outputs.Secret;
      const { SecretString, ARN } = await new SecretsManagerClient(cloud.clientConfig).send(
        new GetSecretValueCommand({ SecretId }),
      );
      return [ARN === SecretId, /^[A-Za-z0-9]{100}$/.test(SecretString ?? '')];
    },
    right: [true, true],
  },
  {
    mend: 'sqs',
    behaviour: 'lets who may send messages send several at once, and no one else',
    resources: { Queue: { Type: 'AWS::SQS::Queue' } },
    outputs: { Arn: att('Queue', 'Arn') },
    observe: async (cloud, stack) => {
      const send = async (user: string, action: string) => {
        const credentials = await newUser(cloud, user, allow(action, stack.outputs.Arn));
        const sqs = new SQSClient({ ...cloud.clientConfig, credentials });
        const Entries = [{ Id: '0', MessageBody: 'body' }];
        const sent = sqs.send(new SendMessageBatchCommand({ QueueUrl: physicalId(stack, 'Queue'), Entries }));
        return sent.then(
          ({ Successful }) => Successful?.length,
          (error: Error) => error.name,
        );
      };
      return [await send('sender', 'sqs:SendMessage'), await send('receiver', 'sqs:ReceiveMessage')];
    },
    right: [1, expect.stringMatching(/^AccessDenied/)],
  },
  {
    mend: 'ses',
    behaviour: 'lets a user send from the one identity that it is granted',
    resources: identity('shop@example.com'),
    observe: async (cloud) => {
      const send = await sender(cloud, 'of-identity', allow('ses:SendEmail', identityArn(cloud, 'shop@example.com')));
      return [await send('shop@example.com'), await send('other@example.com')];
    },
    right: ['sent', 'AccessDeniedException'],
  },
  {
    mend: 'ses',
    behaviour: 'lets a user send from the one address of a domain that it is granted',
    resources: identity('example.org'),
    observe: async (cloud) => {
      const send = await sender(cloud, 'of-address', {
        ...allow('ses:SendEmail', identityArn(cloud, 'example.org')),
        Condition: { StringEquals: { 'ses:FromAddress': 'shop@example.org' } },
      });
      return [await send('"The shop" <shop@example.org>'), await send('other@example.org')];
    },
    right: ['sent', 'AccessDeniedException'],
  },
  {
    mend: 'cloudfront',
    behaviour: 'reaches an HTTP API of the template by its AWS name',
    resources: {
      ...inlineFunction('Function', 'exports.handler = async ({ rawPath }) => ({ statusCode: 200, body: rawPath });'),
      ...httpApi('Api', 'Function'),
      Site: siteOfApi(),
    },
    outputs: { Domain: att('Site', 'DomainName') },
    observe: async (cloud) => {
      const { sites } = await cloud.openFrontDoors();
      const answer = await fetch(`${sites.Site}/v1/products`);
      return [answer.status, await answer.text()];
    },
    right: [200, '/v1/products'],
  },
  {
    mend: 'cloudfront',
    behaviour: 'shows itself to an API, with the viewer in X-Forwarded-For and the headers of its origin',
    resources: {
      ...inlineFunction(
        'Function',
        'exports.handler = async ({ headers, requestContext }) => [requestContext.http.sourceIp, headers["x-forwarded-for"], headers["x-proof"]];',
      ),
      ...httpApi('Api', 'Function'),
      Site: siteOfApi([{ HeaderName: 'x-proof', HeaderValue: 'secret' }]),
    },
    outputs: { Domain: att('Site', 'DomainName') },
    observe: async (cloud) => {
      const { sites } = await cloud.openFrontDoors();
      const headers = { 'x-forwarded-for': '198.51.100.1', 'x-proof': 'guessed' };
      const answer = await fetch(`${sites.Site}/v1/products`, { headers });
      return answer.json().catch(() => answer.status);
    },
    right: ['64.252.64.1', '198.51.100.1, 127.0.0.1, 64.252.64.1', 'secret'],
  },
  {
    mend: 'glue',
    behaviour: 'fails a Spark job whose script is not there',
    resources: glueJob(),
    observe: async (cloud, stack) => {
      const glue = new GlueClient(cloud.clientConfig);
      const JobName = physicalId(stack, 'Job');
      const { JobRunId } = await glue.send(new StartJobRunCommand({ JobName }));
      const run = await eventually(
        async () => (await glue.send(new GetJobRunCommand({ JobName, RunId: JobRunId }))).JobRun,
        (found) => !/STARTING|RUNNING/.test(found?.JobRunState ?? ''),
      );
      return run?.JobRunState;
    },
    right: 'FAILED',
  },
  {
    mend: 'glue',
    behaviour: 'starts the job of a trigger on demand',
    resources: {
      ...glueJob(),
      Trigger: { Type: 'AWS::Glue::Trigger', Properties: { Type: 'ON_DEMAND', Actions: [{ JobName: ref('Job') }] } },
    },
    observe: async (cloud, stack) => {
      const glue = new GlueClient(cloud.clientConfig);
      await glue.send(new StartTriggerCommand({ Name: physicalId(stack, 'Trigger') }));
      return (await glue.send(new GetJobRunsCommand({ JobName: physicalId(stack, 'Job') }))).JobRuns?.length;
    },
    right: 1,
  },
];

function siteOfApi(OriginCustomHeaders: object[] = []): Resources[string] {
  return {
    Type: 'AWS::CloudFront::Distribution',
    Properties: {
      DistributionConfig: {
        Enabled: true,
        Origins: [
          {
            Id: 'api',
            DomainName: joined(ref('Api'), '.execute-api.', ref('AWS::Region'), '.', ref('AWS::URLSuffix')),
            CustomOriginConfig: { OriginProtocolPolicy: 'https-only' },
            OriginCustomHeaders,
          },
        ],
        DefaultCacheBehavior: {
          TargetOriginId: 'api',
          ViewerProtocolPolicy: 'redirect-to-https',
          CachePolicyId: '4135ea2d-6df8-44a3-9df3-4b5a84be39ad',
          OriginRequestPolicyId: 'b689b0a8-53d0-40ab-baf2-68738e2966ac',
        },
      },
    },
  };
}

function glueJob(): Resources {
  return {
    Scripts: { Type: 'AWS::S3::Bucket' },
    Role: {
      Type: 'AWS::IAM::Role',
      Properties: {
        AssumeRolePolicyDocument: trust({ Service: 'glue.amazonaws.com' }),
      },
    },
    Job: {
      Type: 'AWS::Glue::Job',
      Properties: {
        Role: att('Role'),
        GlueVersion: '5.0',
        Command: { Name: 'glueetl', ScriptLocation: joined('s3://', ref('Scripts'), '/missing.py') },
      },
    },
  };
}

describe.each([
  ['with the mends', true],
  ['without any mend', false],
])('%s', (_title, mended) => {
  let cloud: LocalCloud;

  beforeAll(async () => {
    if (!mended) process.env.CDK_LOCAL_CLOUD_MENDS = 'off';
    cloud = await LocalCloud.start({ maxEnvironmentsPerFunction: 2, allowedOrigins: [PAGE] });
    delete process.env.CDK_LOCAL_CLOUD_MENDS;
  });

  afterAll(() => cloud?.stop());

  test.each(CASES.map((each, index) => ({ ...each, name: `Case${index}` })))('$mend: $behaviour', async (each) => {
    const observed = await observe(cloud, each).catch((error: Error) => error);
    if (mended) expect(observed).toEqual(each.right);
    else expect(observed).not.toEqual(each.right);
  });
});

/** What the stack's function answers or throws. */
async function invoke<T>(cloud: LocalCloud, stack: DeployedStack): Promise<T> {
  const { Payload } = await new LambdaClient(cloud.clientConfig).send(
    new InvokeCommand({ FunctionName: physicalId(stack, 'Function') }),
  );
  return JSON.parse(Buffer.from(Payload ?? []).toString());
}

/** Credentials of a new user who may do what the statement says. */
async function newUser(cloud: LocalCloud, UserName: string, statement: object) {
  const iam = new IAMClient(cloud.clientConfig);
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
  await iam.send(new CreateUserCommand({ UserName }));
  await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: 'own', PolicyDocument }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
  return { accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: AccessKey?.SecretAccessKey ?? '' };
}

/** A user who may do what the statement says: sends a mail from an address, and tells how that went. */
async function sender(cloud: LocalCloud, UserName: string, statement: object) {
  const credentials = await newUser(cloud, UserName, statement);
  const ses = new SESv2Client({ ...cloud.clientConfig, credentials });
  return (FromEmailAddress: string) =>
    ses
      .send(
        new SendEmailCommand({
          FromEmailAddress,
          Destination: { ToAddresses: ['a@b.example'] },
          Content: { Simple: { Subject: { Data: 'S' }, Body: { Text: { Data: 'T' } } } },
        }),
      )
      .then(
        () => 'sent',
        (error: Error) => error.name,
      );
}

async function observe(cloud: LocalCloud, each: Case & { name: string }): Promise<unknown> {
  let stack = await cloud.deploy(assembly(each.name, each.resources, each.outputs));
  await each.prepare?.(cloud, stack);
  if (each.update) stack = await cloud.deploy(assembly(each.name, each.update, each.outputs));
  return each.observe(cloud, stack);
}
