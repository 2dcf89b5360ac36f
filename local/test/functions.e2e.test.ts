/** Functions and their triggers on the local cloud, by a small app that has nothing to do with a shop. */
import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { DescribeExecutionCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { LocalCloud } from '../src';
import { allow, assembly, att, eventually, inlineFunction, joined, type Resources, ref } from './assemblies';

jest.setTimeout(120_000);

const MAIN = `
const { DynamoDBClient, GetItemCommand, PutItemCommand, TransactWriteItemsCommand } = require('@aws-sdk/client-dynamodb');
const { SageMakerRuntimeClient, InvokeEndpointCommand } = require('@aws-sdk/client-sagemaker-runtime');
const db = new DynamoDBClient({ maxAttempts: 1 });
const TableName = process.env.TABLE;
const item = (pk) => ({ pk: { S: pk } });
exports.handler = async ({ ask, name }, context) => {
  switch (ask) {
    case 'context': return { arn: context.invokedFunctionArn, left: context.getRemainingTimeInMillis(), host: process.env.CDK_HOST_SECRET ?? null };
    case 'sleep': await new Promise((resolve) => setTimeout(resolve, 60_000)); return 'awake';
    case 'log':
      for (let line = 0; line < 300; line++) console.log(name, 'x'.repeat(200), line);
      return process.stdout.write(name + ' without end of line');
    case 'nap': await new Promise((resolve) => setTimeout(resolve, 100)); return process.pid;
    case 'fail': throw Object.assign(new Error('as asked'), { name });
    case 'read': return db.send(new GetItemCommand({ TableName, Key: item('a') }));
    case 'put': return db.send(new PutItemCommand({ TableName, Item: item(name) })).then(() => 'put', (error) => error.name);
    case 'transact':
      return db.send(new TransactWriteItemsCommand({ TransactItems: ['t1', 't2'].map((pk) => ({ Put: { TableName, Item: item(pk) } })) }))
        .then(() => 'written', (error) => ({ name: error.name, reasons: error.CancellationReasons.map(({ Code }) => Code).sort() }));
    case 'infer':
      return new SageMakerRuntimeClient({ maxAttempts: 1 }).send(new InvokeEndpointCommand({ EndpointName: name, Body: '7', ContentType: 'text/plain' }))
        .then(({ Body }) => Buffer.from(Body).toString(), (error) => error.name);
  }
};`;
const WORKER = `
exports.handler = async ({ Records }) => {
  for (const record of Records) if (record.body !== 'bad') console.log('worked on', record.body);
  return { batchItemFailures: Records.filter(({ body }) => body === 'bad').map(({ messageId }) => ({ itemIdentifier: messageId })) };
};`;

/** Long enough for a busy machine, and short enough to be waited for. */
const MAIN_SECONDS = 5;

/** Called for the first time by one test alone. */
const UNCALLED = Array.from({ length: 10 }, (_, index) => `Uncalled${index}`);

const resources: Resources = {
  ...Object.assign({}, ...UNCALLED.map((name) => inlineFunction(name, `exports.handler = async () => '${name}';`))),
  Table: {
    Type: 'AWS::DynamoDB::Table',
    Properties: {
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      BillingMode: 'PAY_PER_REQUEST',
    },
  },
  ...inlineFunction('Main', MAIN, {
    timeout: MAIN_SECONDS,
    environment: { TABLE: ref('Table') },
    statements: [
      allow('dynamodb:PutItem', att('Table')),
      allow(
        'sagemaker:InvokeEndpoint',
        joined('arn:aws:sagemaker:', ref('AWS::Region'), ':', ref('AWS::AccountId'), ':endpoint/digits'),
      ),
    ],
  }),
  DeadLetters: { Type: 'AWS::SQS::Queue' },
  Queue: {
    Type: 'AWS::SQS::Queue',
    Properties: {
      // Longer than the worker takes, as AWS demands: a message that is being worked on must not come again.
      VisibilityTimeout: 5,
      RedrivePolicy: { deadLetterTargetArn: att('DeadLetters'), maxReceiveCount: 2 },
    },
  },
  QueuePolicy: {
    Type: 'AWS::SQS::QueuePolicy',
    Properties: {
      Queues: [ref('Queue')],
      PolicyDocument: {
        Version: '2012-10-17',
        Statement: [{ ...allow('sqs:SendMessage', att('Queue')), Principal: { Service: 'events.amazonaws.com' } }],
      },
    },
  },
  ...inlineFunction('Worker', WORKER, {
    statements: [allow(['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'], att('Queue'))],
  }),
  Mapping: {
    Type: 'AWS::Lambda::EventSourceMapping',
    Properties: {
      EventSourceArn: att('Queue'),
      FunctionName: ref('Worker'),
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    },
  },
  Bucket: {
    Type: 'AWS::S3::Bucket',
    Properties: { NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } } },
  },
  Rule: {
    Type: 'AWS::Events::Rule',
    Properties: {
      EventPattern: {
        source: ['aws.s3'],
        'detail-type': ['Object Created'],
        detail: { bucket: { name: [ref('Bucket')] }, object: { key: [{ prefix: 'in/' }] } },
      },
      Targets: [{ Id: 'Queue', Arn: att('Queue'), InputPath: '$.detail.object.key' }],
    },
  },
  MachineRole: {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Principal: { Service: 'states.amazonaws.com' }, Action: 'sts:AssumeRole' }],
      },
    },
  },
  Machine: {
    Type: 'AWS::StepFunctions::StateMachine',
    Properties: {
      RoleArn: att('MachineRole'),
      DefinitionString: joined(
        '{"StartAt":"Call","States":{"Call":{"Type":"Task","Resource":"',
        att('Main'),
        '","Catch":[{"ErrorEquals":["OutOfStock"],"Next":"Caught"}],"End":true},',
        '"Caught":{"Type":"Pass","Result":"caught","End":true}}}',
      ),
    },
  },
};

let cloud: LocalCloud;
let id: (logicalId: string) => string;

beforeAll(async () => {
  process.env.CDK_HOST_SECRET = 'of the host';
  cloud = await LocalCloud.start({ maxEnvironmentsPerFunction: 3 });
  const stack = await cloud.deploy(assembly('Functions', resources));
  id = (logicalId) => stack.resources.find((resource) => resource.logicalId === logicalId)?.physicalId ?? '';
});

afterAll(() => cloud?.stop());

async function invoke(event: object, name = 'Main'): Promise<{ failed: boolean; payload: unknown }> {
  const lambda = new LambdaClient(cloud.clientConfig);
  const answer = await lambda.send(new InvokeCommand({ FunctionName: id(name), Payload: JSON.stringify(event) }));
  return {
    failed: answer.FunctionError !== undefined,
    payload: JSON.parse(Buffer.from(answer.Payload ?? []).toString()),
  };
}

test('a function sees its ARN, its deadline and nothing of the host', async () => {
  const { payload } = await invoke({ ask: 'context' });
  expect(payload).toMatchObject({ arn: expect.stringContaining(`:function:${id('Main')}`), host: null });
  const { left } = payload as { left: number };
  expect(left).toBeGreaterThan(1000);
  expect(left).toBeLessThanOrEqual(1000 * MAIN_SECONDS);
});

test('a function that takes too long is ended at its time-out, and the next call finds a fresh one', async () => {
  expect(await invoke({ ask: 'sleep' })).toMatchObject({ failed: true, payload: { errorType: 'Sandbox.Timedout' } });
  expect(await invoke({ ask: 'put', name: 'after' })).toMatchObject({ failed: false, payload: 'put' });
});

test('a call that the role does not allow is denied, and the log says which', async () => {
  expect(await invoke({ ask: 'read' })).toMatchObject({
    failed: true,
    payload: { errorType: 'AccessDeniedException' },
  });
  expect(cloud.logs(id('Main'))).toContain('not authorized to perform: dynamodb:GetItem');
});

test('all that a call logs is in the log, however busy the machine', async () => {
  const names = Array.from({ length: 12 }, (_, index) => `caller-${index}`);
  await Promise.all(names.map((name) => invoke({ ask: 'log', name })));
  const log = cloud.logs(id('Main'));
  const lines = (name: string) => [...log.matchAll(new RegExp(`${name} x{200} \\d+$`, 'gm'))].length;
  expect(names.map(lines)).toEqual(names.map(() => 300));
  expect(names.filter((name) => !log.includes(`${name} without end of line\n`))).toEqual([]);
  expect(log).not.toContain('end-of-log');
});

test('more calls at once than environments all get their answer, from no more processes than allowed', async () => {
  const answers = await Promise.all(Array.from({ length: 12 }, () => invoke({ ask: 'nap' })));
  expect(answers.filter(({ failed }) => failed)).toEqual([]);
  expect(new Set(answers.map(({ payload }) => payload)).size).toBeLessThanOrEqual(3);
});

test('the first calls of a function may come at once', async () => {
  const calls = UNCALLED.flatMap((name) => Array.from({ length: 3 }, () => invoke({}, name)));
  expect((await Promise.all(calls)).filter(({ failed }) => failed)).toEqual([]);
});

test('a message that fails goes to the dead-letter queue after its receives, its neighbours are done once', async () => {
  const sqs = new SQSClient(cloud.clientConfig);
  for (const MessageBody of ['one', 'bad', 'two']) {
    await sqs.send(new SendMessageCommand({ QueueUrl: id('Queue'), MessageBody }));
  }
  const dead = await eventually(
    async () => (await sqs.send(new ReceiveMessageCommand({ QueueUrl: id('DeadLetters') }))).Messages ?? [],
    (messages) => messages.length > 0,
  );
  expect(dead.map(({ Body }) => Body)).toEqual(['bad']);
  expect(
    cloud
      .logs(id('Worker'))
      .match(/worked on (one|two)/g)
      ?.sort(),
  ).toEqual(['worked on one', 'worked on two']);
});

test('an object put under the prefix reaches the queue by its rule, and no other', async () => {
  const s3 = new S3Client({ ...cloud.clientConfig, forcePathStyle: true });
  for (const Key of ['out/no.csv', 'in/yes.csv'])
    await s3.send(new PutObjectCommand({ Bucket: id('Bucket'), Key, Body: 'x' }));
  const log = await eventually(
    async () => cloud.logs(id('Worker')),
    (text) => text.includes('in/yes.csv'),
  );
  expect(log).not.toContain('out/no.csv');
});

test.each([
  ['OutOfStock', 'SUCCEEDED', '"caught"'],
  ['Unknown', 'FAILED', undefined],
])('a state machine catches %s by its name or fails', async (name, status, output) => {
  const states = new SFNClient(cloud.clientConfig);
  const input = JSON.stringify({ ask: 'fail', name });
  const { executionArn } = await states.send(new StartExecutionCommand({ stateMachineArn: id('Machine'), input }));
  const execution = await eventually(
    () => states.send(new DescribeExecutionCommand({ executionArn })),
    (found) => found.status !== 'RUNNING',
  );
  expect(execution).toMatchObject({ status, ...(output ? { output } : { error: name }) });
});

describe('injected faults', () => {
  afterEach(() => cloud.faults.clear());

  test('cancel a transaction with its reasons, as often as asked', async () => {
    await cloud.faults.inject({
      service: 'dynamodb',
      operation: 'TransactWriteItems',
      error: 'TransactionConflict',
      times: 1,
    });
    expect((await invoke({ ask: 'transact' })).payload).toEqual({
      name: 'TransactionCanceledException',
      reasons: ['None', 'TransactionConflict'],
    });
    expect((await invoke({ ask: 'transact' })).payload).toBe('written');
  });

  test('throttle, and lose the reply to a call that was carried out; the tester is spared', async () => {
    const table = { service: 'dynamodb', operation: 'PutItem' };
    await cloud.faults.inject({ ...table, error: 'ProvisionedThroughputExceededException', times: 1 });
    expect((await invoke({ ask: 'put', name: 'throttled' })).payload).toBe('ProvisionedThroughputExceededException');
    await cloud.faults.inject({ ...table, error: 'ReplyLost' });
    await cloud.faults.inject({ service: 'dynamodb', operation: 'Scan', error: 'ThrottlingException' });
    expect((await invoke({ ask: 'put', name: 'lost' })).payload).toBe('InternalServerError');
    const { Items = [] } = await new DynamoDBClient(cloud.clientConfig).send(
      new ScanCommand({ TableName: id('Table') }),
    );
    const written = Items.map(({ pk }) => pk.S);
    expect(written).toContain('lost');
    expect(written).not.toContain('throttled');
  });

  test('hit the same calls for the same seed', async () => {
    const strikes = async () => {
      const fault = {
        service: 'dynamodb',
        operation: 'PutItem',
        error: 'ThrottlingException',
        probability: 0.5,
        seed: 7,
      };
      await cloud.faults.inject(fault);
      const answers: unknown[] = [];
      for (let call = 0; call < 12; call++) answers.push((await invoke({ ask: 'put', name: 'seeded' })).payload);
      await cloud.faults.clear();
      return answers;
    };
    const first = await strikes();
    expect(new Set(first)).toEqual(new Set(['put', 'ThrottlingException']));
    expect(await strikes()).toEqual(first);
  });
});

test('a SageMaker endpoint answers, fails and is missing as on AWS, to a role that may call it', async () => {
  expect((await invoke({ ask: 'infer', name: 'digits' })).payload).toBe('ValidationError');
  const endpoint = await cloud.sagemaker.serve('digits', {
    modelServer: ({ body, contentType }) => ({ body: `${contentType} ${body}` }),
  });
  expect((await invoke({ ask: 'infer', name: 'digits' })).payload).toBe('text/plain 7');
  endpoint.fail();
  expect((await invoke({ ask: 'infer', name: 'digits' })).payload).toBe('ModelError');
  endpoint.heal();
  endpoint.slow(1000 * MAIN_SECONDS + 2000);
  expect(await invoke({ ask: 'infer', name: 'digits' })).toMatchObject({ payload: { errorType: 'Sandbox.Timedout' } });
  expect((await invoke({ ask: 'infer', name: 'other' })).payload).toBe('AccessDeniedException');
});
