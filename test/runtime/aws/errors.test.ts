import { AwsError } from '../../../src/runtime/aws/error';
import { useAwsEnvironment } from './environment';
import { type Answer, ScriptedServer } from './scripted-server';
import { ours, outcomeOf, type Side, sdk } from './sides';

let server: ScriptedServer;
beforeAll(async () => {
  server = await ScriptedServer.start();
});
afterAll(() => server.stop());

useAwsEnvironment(() => ({
  AWS_ENDPOINT_URL: server.url,
  AWS_REGION: 'eu-west-1',
  AWS_ACCESS_KEY_ID: 'id',
  AWS_SECRET_ACCESS_KEY: 'secret',
  AWS_MAX_ATTEMPTS: '1',
}));

async function compare(answer: Answer, call: (side: Side) => Promise<unknown>) {
  server.play(answer);
  const outcomes = [await outcomeOf(() => call(ours())), await outcomeOf(() => call(sdk()))];
  expect(outcomes[0]).toEqual(outcomes[1]);
  return outcomes[0];
}

const get = ({ dynamoDb }: Side) => dynamoDb().get({ TableName: 'shop', Key: { pk: 'a' } });
const json = (status: number, body: unknown, headers = {}): Answer => ({ status, headers, body: JSON.stringify(body) });
const xml = (status: number, code: string, rest = ''): Answer => ({
  status,
  headers: { 'content-type': 'application/xml' },
  body: `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>No &amp; never &#x2014; ok</Message>${rest}<RequestId>r</RequestId></Error>`,
});

describe('an error has the name that the SDK gives it', () => {
  test.each<[string, Answer, string]>([
    [
      'with a namespace',
      json(400, { __type: 'com.amazonaws.dynamodb.v20120810#ValidationException', message: 'm' }),
      'ValidationException',
    ],
    ['without one', json(400, { __type: 'ValidationException', Message: 'm' }), 'ValidationException'],
    ['that nobody models', json(400, { __type: 'com.amazon.coral.validate#Novel', message: 'm' }), 'Novel'],
    [
      'in a header',
      json(400, { message: 'm' }, { 'x-amzn-errortype': 'Novel:http://internal.amazon.com/coral/' }),
      'Novel',
    ],
    ['in a member', json(400, { code: 'Novel', message: 'm' }), 'Novel'],
    [
      'in both, of which the body counts',
      json(400, { __type: 'a#Body', message: 'm' }, { 'x-amzn-errortype': 'Header' }),
      'Body',
    ],
    ['nowhere', json(400, {}), 'Unknown'],
    ['in no body at all', { status: 413, body: '' }, 'Unknown'],
  ])('of DynamoDB, %s', async (_, answer, name) => {
    expect(await compare(answer, get)).toMatchObject({ name });
  });

  test.each<[string, (side: Side) => Promise<unknown>, string]>([
    ['Lambda', ({ lambda }) => lambda().invoke({ FunctionName: 'f' }), 'ResourceNotFoundException'],
    ['SES', ({ ses }) => ses().sendEmail({ Content: {} }), 'MessageRejected'],
    ['SES', ({ ses }) => ses().sendEmail({ Content: {} }), 'MailFromDomainNotVerifiedException'],
  ])('of %s, whose header counts', async (_, call, name) => {
    const answer = json(400, { __type: 'Other', message: 'm' }, { 'x-amzn-errortype': name });
    expect(await compare(answer, call)).toMatchObject({ name });
  });

  test.each<[string, (side: Side) => Promise<unknown>, string]>([
    ['EventBridge', ({ eventBridge }) => eventBridge().putEvents({ Entries: [] }), 'InternalException'],
    ['Secrets Manager', ({ secrets }) => secrets().getSecretValue({ SecretId: 's' }), 'ResourceNotFoundException'],
    [
      'Step Functions',
      ({ stepFunctions }) => stepFunctions().startExecution({ stateMachineArn: 'a' }),
      'ExecutionAlreadyExists',
    ],
    ['SQS', ({ sqs }) => sqs().deleteMessage({ QueueUrl: 'https://sqs/1/q', ReceiptHandle: 'r' }), 'QueueDoesNotExist'],
  ])('of %s', async (_, call, name) => {
    expect(await compare(json(400, { __type: `com.amazonaws.service#${name}`, message: 'm' }), call)).toMatchObject({
      name,
    });
  });

  test.each<[string, Answer, (side: Side) => Promise<unknown>, string]>([
    [
      'no such key',
      xml(404, 'NoSuchKey', '<Key>a&amp;b</Key>'),
      ({ s3 }) => s3().getObject({ Bucket: 'bucket', Key: 'k' }),
      'NoSuchKey',
    ],
    [
      'no such bucket',
      xml(404, 'NoSuchBucket'),
      ({ s3 }) => s3().getObject({ Bucket: 'bucket', Key: 'k' }),
      'NoSuchBucket',
    ],
    [
      'access denied',
      xml(403, 'AccessDenied'),
      ({ s3 }) => s3().getObject({ Bucket: 'bucket', Key: 'k' }),
      'AccessDenied',
    ],
    [
      'a condition that does not hold',
      xml(412, 'PreconditionFailed'),
      ({ s3 }) => s3().putObject({ Bucket: 'bucket', Key: 'k', Body: 'x' }),
      'PreconditionFailed',
    ],
    [
      'two conditional writes at once',
      xml(409, 'ConditionalRequestConflict'),
      ({ s3 }) => s3().putObject({ Bucket: 'bucket', Key: 'k', Body: 'x' }),
      'ConditionalRequestConflict',
    ],
    [
      'a HEAD of nothing',
      { status: 404, body: '' },
      ({ s3 }) => s3().headObject({ Bucket: 'bucket', Key: 'k' }),
      'NotFound',
    ],
    ['slow down', xml(503, 'SlowDown'), ({ s3 }) => s3().listObjects({ Bucket: 'bucket' }), 'SlowDown'],
    [
      'a copy that fails after it began',
      xml(200, 'InternalError'),
      ({ s3 }) => s3().copyObject({ Bucket: 'bucket', Key: 'k', Source: { Bucket: 'b', Key: 'k' } }),
      'InternalError',
    ],
    [
      'a deletion that fails after it began',
      xml(200, 'InternalError'),
      ({ s3 }) => s3().deleteObjects({ Bucket: 'bucket', Keys: ['k'] }),
      'InternalError',
    ],
  ])('of S3: %s', async (_, answer, call, name) => {
    expect(await compare(answer, call)).toMatchObject({ name });
  });
});

describe('an error tells', () => {
  test('why a transaction was cancelled, with the items as they are', async () => {
    const CancellationReasons = [
      { Code: 'None' },
      {
        Code: 'ConditionalCheckFailed',
        Message: 'm',
        Item: { pk: { S: 'a' }, photo: { B: 'aGk=' }, tags: { SS: ['x'] } },
      },
    ];
    const error = json(400, {
      __type: 'com.amazonaws.dynamodb.v20120810#TransactionCanceledException',
      Message: 'm',
      CancellationReasons,
    });
    expect(await compare(error, get)).toMatchObject({
      cancellationReasons: [
        { Code: 'None' },
        {
          Code: 'ConditionalCheckFailed',
          Message: 'm',
          Item: { pk: 'a', photo: new Uint8Array([104, 105]), tags: new Set(['x']) },
        },
      ],
    });
  });

  test('the item whose condition did not hold', async () => {
    const error = json(400, {
      __type: 'ConditionalCheckFailedException',
      message: 'm',
      Item: { pk: { S: 'a' }, n: { N: '1' } },
    });
    expect(await compare(error, get)).toMatchObject({ item: { pk: 'a', n: 1 } });
  });

  test.each([
    [json(400, { __type: 'ThrottlingException' }), true],
    [json(500, { __type: 'InternalServerError' }), true],
    [json(400, { __type: 'ConditionalCheckFailedException' }), false],
  ])('whether it may pass', async (answer, retryable) => {
    server.play(answer);
    const error = await get(ours()).catch((error) => error);
    expect(error).toBeInstanceOf(AwsError);
    expect(error).toMatchObject({ retryable });
  });

  test('which request it was, and how long to wait', async () => {
    server.play(json(503, { __type: 'Busy' }, { 'x-amzn-requestid': 'r-1', 'retry-after': '3' }));
    await expect(get(ours())).rejects.toMatchObject({ requestId: 'r-1', retryAfterMs: 3000, status: 503 });
  });

  test('that an object is unchanged', async () => {
    server.play({ status: 304, body: '' });
    const call = ours().s3().getObject({ Bucket: 'bucket', Key: 'k', IfNoneMatch: '"e"' });
    await expect(call).rejects.toMatchObject({ status: 304, name: 'NotModified' });
  });

  test('that SQS got another message than was sent', async () => {
    const call = ({ sqs }: Side) => sqs().sendMessage({ QueueUrl: 'https://sqs/1/q', MessageBody: 'x' });
    server.play(json(200, { MD5OfMessageBody: 'other' }));
    await expect(call(ours())).rejects.toMatchObject({ name: 'InvalidChecksumError' });
    await expect(call(sdk())).rejects.toThrow('InvalidChecksumError');
  });
});
