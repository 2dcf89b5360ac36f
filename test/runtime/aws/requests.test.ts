import { useAwsEnvironment } from './environment';
import { type ReceivedRequest, ScriptedServer } from './scripted-server';
import { ours, outcomeOf, type Side, sdk } from './sides';
import { isSignedWith } from './signature';

const SECRET = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';

let server: ScriptedServer;
beforeAll(async () => {
  server = await ScriptedServer.start();
});
afterAll(() => server.stop());

useAwsEnvironment(() => ({
  AWS_ENDPOINT_URL: server.url,
  AWS_REGION: 'eu-west-1',
  AWS_ACCESS_KEY_ID: 'id',
  AWS_SECRET_ACCESS_KEY: SECRET,
  AWS_SESSION_TOKEN: 'token/+=',
  AWS_MAX_ATTEMPTS: '1',
}));

const AT = { Bucket: 'bucket', Key: 'k' };
const NAMES = { '#state': 'state' };
const VALUES = { ':one': 1, ':none': undefined };
const EVENT = { Source: 's', DetailType: 'd', Detail: '{"a":"ü"}', EventBusName: 'bus', Resources: ['arn'] };
const MAIL = {
  FromEmailAddress: 'Shop <a@example.com>',
  Destination: { ToAddresses: ['b@example.com'] },
  ConfigurationSetName: undefined,
  Content: {
    Simple: { Subject: { Data: 'Grüße', Charset: 'UTF-8' }, Body: { Text: { Data: 't' }, Html: { Data: '<p>' } } },
  },
};
const QueueUrl = 'https://sqs.eu-west-1.amazonaws.com/1/q';

const CALLS: [string, (side: Side) => Promise<unknown>][] = [
  [
    'GetItem',
    ({ dynamoDb }) =>
      dynamoDb().get({
        TableName: 't',
        Key: { pk: 'a', sk: 'ü😀' },
        ConsistentRead: true,
        ReturnConsumedCapacity: 'TOTAL',
      }),
  ],
  [
    'PutItem',
    ({ dynamoDb }) =>
      dynamoDb().put({
        TableName: 't',
        Item: { pk: 'a', list: [1, 'b', null, { c: true }] },
        ConditionExpression: '#state = :one',
        ExpressionAttributeNames: NAMES,
        ExpressionAttributeValues: VALUES,
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
  ],
  [
    'UpdateItem',
    ({ dynamoDb }) =>
      dynamoDb().update({
        TableName: 't',
        Key: { pk: 'a' },
        UpdateExpression: 'SET a = :one',
        ExpressionAttributeValues: VALUES,
        ReturnValues: 'ALL_NEW',
      }),
  ],
  ['DeleteItem', ({ dynamoDb }) => dynamoDb().delete({ TableName: 't', Key: { pk: Buffer.from('binary') } })],
  [
    'Query',
    ({ dynamoDb }) =>
      dynamoDb().query({
        TableName: 't',
        IndexName: 'i',
        KeyConditionExpression: 'pk = :one',
        ExpressionAttributeValues: VALUES,
        ExclusiveStartKey: { pk: 'a' },
        ScanIndexForward: false,
        Limit: 5,
      }),
  ],
  [
    'BatchGetItem',
    ({ dynamoDb }) =>
      dynamoDb().batchGet({
        RequestItems: {
          t: {
            Keys: [{ pk: 'a' }, { pk: 'b' }],
            ProjectionExpression: '#state',
            ExpressionAttributeNames: NAMES,
            ConsistentRead: true,
          },
          Item: { Keys: [{ pk: 'c' }] },
        },
      }),
  ],
  [
    'BatchWriteItem',
    ({ dynamoDb }) =>
      dynamoDb().batchWrite({
        RequestItems: {
          t: [{ PutRequest: { Item: { pk: 'a', undef: undefined } } }, { DeleteRequest: { Key: { pk: 'b' } } }],
        },
      }),
  ],
  [
    'TransactWriteItems',
    ({ dynamoDb }) =>
      dynamoDb().transactWrite({
        ClientRequestToken: 'token',
        TransactItems: [
          { Put: { TableName: 't', Item: { pk: 'a' } } },
          {
            Update: {
              TableName: 't',
              Key: { pk: 'b' },
              UpdateExpression: 'SET a = :one',
              ExpressionAttributeValues: VALUES,
            },
          },
          { Delete: { TableName: 't', Key: { pk: 'c' } } },
          { ConditionCheck: { TableName: 't', Key: { pk: 'd' }, ConditionExpression: 'attribute_exists(pk)' } },
        ],
      }),
  ],
  [
    'PutEvents',
    ({ eventBridge }) => eventBridge().putEvents({ Entries: [EVENT, { ...EVENT, Time: new Date(1_700_000_000_000) }] }),
  ],
  [
    'Invoke',
    ({ lambda }) =>
      lambda().invoke({
        FunctionName: 'f',
        Payload: Buffer.from('{"ü":1}'),
        InvocationType: 'Event',
        Qualifier: '$LATEST',
      }),
  ],
  [
    'Invoke by name in full',
    ({ lambda }) =>
      lambda().invoke({ FunctionName: 'arn:aws:lambda:eu-west-1:123456789012:function:my-function:live' }),
  ],
  [
    'GetSecretValue',
    ({ secrets }) => secrets().getSecretValue({ SecretId: 'arn:aws:secretsmanager:x', VersionStage: 'AWSCURRENT' }),
  ],
  ['SendEmail', ({ ses }) => ses().sendEmail(MAIL)],
  [
    'SendMessage',
    ({ sqs }) =>
      sqs().sendMessage({
        QueueUrl,
        MessageBody: 'ü',
        DelaySeconds: 3,
        MessageGroupId: 'g',
        MessageDeduplicationId: 'd',
        MessageAttributes: { a: { DataType: 'Binary', BinaryValue: Buffer.from('hi') } },
      }),
  ],
  ['SendMessageBatch', ({ sqs }) => sqs().sendMessageBatch({ QueueUrl, Entries: [{ Id: '1', MessageBody: 'a' }] })],
  [
    'ChangeMessageVisibility',
    ({ sqs }) => sqs().changeMessageVisibility({ QueueUrl, ReceiptHandle: 'r', VisibilityTimeout: 0 }),
  ],
  [
    'ChangeMessageVisibilityBatch',
    ({ sqs }) =>
      sqs().changeMessageVisibilityBatch({
        QueueUrl,
        Entries: [{ Id: '1', ReceiptHandle: 'r', VisibilityTimeout: 9 }],
      }),
  ],
  ['DeleteMessage', ({ sqs }) => sqs().deleteMessage({ QueueUrl, ReceiptHandle: 'r' })],
  [
    'StartExecution',
    ({ stepFunctions }) => stepFunctions().startExecution({ stateMachineArn: 'arn', name: 'n', input: '{}' }),
  ],
  ['GetObject', ({ s3 }) => s3().getObject({ ...AT, IfNoneMatch: '"e"' })],
  ['GetObject of a part', ({ s3 }) => s3().getObject({ ...AT, Range: 'bytes=8-15', IfMatch: '"e"' })],
  ['HeadObject', ({ s3 }) => s3().headObject({ ...AT, IfMatch: '"e"' })],
  [
    'PutObject',
    ({ s3 }) =>
      s3().putObject({
        ...AT,
        Body: Buffer.from([0, 255, 128]),
        ContentType: 'image/png',
        CacheControl: 'no-store',
        Tagging: 'upload=unclaimed',
        IfNoneMatch: '*',
        Metadata: { Name: 'value' },
      }),
  ],
  ['PutObject of text', ({ s3 }) => s3().putObject({ ...AT, Body: 'grüße', IfMatch: '"e"' })],
  ['DeleteObject', ({ s3 }) => s3().deleteObject(AT)],
  ['DeleteObjects', ({ s3 }) => s3().deleteObjects({ Bucket: 'bucket', Keys: ['a', 'b&<>"\'ü', 'c\u000dd'] })],
  [
    'ListObjectsV2',
    ({ s3 }) =>
      s3().listObjects({
        Bucket: 'bucket',
        Prefix: 'a b+ü/',
        ContinuationToken: '1+/=',
        StartAfter: 'a b+ü/c',
        MaxKeys: 7,
      }),
  ],
  ['CopyObject', ({ s3 }) => s3().copyObject({ ...AT, Source: { Bucket: 'other', Key: 'from' } })],
];

describe('a request of ours and of the SDK', () => {
  test.each(CALLS)('%s says the same, and is signed so that it is believed', async (_, call) => {
    const said = [];
    for (const side of [ours(), sdk()]) {
      server.play({});
      await outcomeOf(() => call(side)).catch(() => undefined);
      const [request] = server.received;
      expect({ side: side.name, signed: isSignedWith(SECRET, request) }).toEqual({ side: side.name, signed: true });
      expect(isSignedWith(`${SECRET}x`, request)).toBe(false);
      expect(request.headers['x-amz-security-token']).toBe('token/+=');
      said.push(meaning(request));
    }
    expect(said[0]).toEqual(said[1]);
  });

  test.each(['plain.txt', 'a b', 'a+b', 'ü/€/😀', '#?%25&=;,:@$', "!'()*~_-.", 'a//b', 'x\ny', '"<>^`{|}\\'])(
    'names the object %j',
    async (Key) => {
      const paths = [];
      for (const side of [ours(), sdk()]) {
        server.play({});
        await side.s3().putObject({ Bucket: 'bucket', Key, Body: 'x' });
        const [request] = server.received;
        expect({ side: side.name, signed: isSignedWith(SECRET, request) }).toEqual({ side: side.name, signed: true });
        paths.push(meaning(request).path);
      }
      expect(paths[0]).toBe(paths[1]);
    },
  );

  test('carries the trace of the function that makes it', async () => {
    Object.assign(process.env, { AWS_LAMBDA_FUNCTION_NAME: 'f', _X_AMZN_TRACE_ID: 'Root=1-2-3;Sampled=1' });
    for (const side of [ours(), sdk()]) {
      server.play({});
      await side.dynamoDb().get({ TableName: 't', Key: { pk: 'a' } });
      expect(server.received[0].headers['x-amzn-trace-id']).toBe('Root=1-2-3;Sampled=1');
      expect(isSignedWith(SECRET, server.received[0])).toBe(true);
    }
  });
});

/** Headers that tell the service what to do; of the others the sides may have their own. */
const TELLING = [
  'content-type',
  'x-amz-target',
  'if-match',
  'if-none-match',
  'cache-control',
  'x-amz-meta-name',
  'x-amz-copy-source',
  'x-amz-invocation-type',
  'x-amz-checksum-crc32',
];

function meaning({ method, path, headers, body }: ReceivedRequest) {
  const [pathname, query = ''] = path.split('?');
  const parameters = new URLSearchParams(query);
  // The SDK's name for the operation, which S3 takes no notice of.
  parameters.delete('x-id');
  parameters.sort();
  return {
    method,
    path: pathname,
    parameters: [...parameters],
    headers: TELLING.map((name) => [name, headers[name]]).filter(([, value]) => value !== undefined),
    body: isJson(headers) ? JSON.parse(body.toString()) : body.toString('latin1'),
  };
}

function isJson({ 'content-type': type = '' }: ReceivedRequest['headers']): boolean {
  return type.includes('json');
}
