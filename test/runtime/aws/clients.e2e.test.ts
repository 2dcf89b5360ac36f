import { CreateTableCommand, DynamoDBClient as SdkDynamoDb } from '@aws-sdk/client-dynamodb';
import {
  CreateAccessKeyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  IAMClient,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import { CreateBucketCommand, S3Client as SdkS3 } from '@aws-sdk/client-s3';
import { CreateSecretCommand, SecretsManagerClient as SdkSecrets } from '@aws-sdk/client-secrets-manager';
import { CreateEmailIdentityCommand, SESv2Client as SdkSes } from '@aws-sdk/client-sesv2';
import { CreateStateMachineCommand, SFNClient as SdkStates } from '@aws-sdk/client-sfn';
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient as SdkSqs } from '@aws-sdk/client-sqs';
import { LocalCloud } from '../../../local/src';
import { DynamoDbClient } from '../../../src/runtime/aws/dynamodb';
import { EventBridgeClient } from '../../../src/runtime/aws/eventbridge';
import { LambdaClient } from '../../../src/runtime/aws/lambda';
import { S3Client } from '../../../src/runtime/aws/s3';
import { SecretsManagerClient } from '../../../src/runtime/aws/secrets-manager';
import { SesClient } from '../../../src/runtime/aws/sesv2';
import { StepFunctionsClient } from '../../../src/runtime/aws/sfn';
import { SqsClient } from '../../../src/runtime/aws/sqs';
import { setAwsEnvironment } from './environment';

jest.setTimeout(120_000);

let cloud: LocalCloud;
let queueUrl = '';
let stateMachineArn = '';

beforeAll(async () => {
  cloud = await LocalCloud.start();
  const { clientConfig } = cloud;
  await new SdkDynamoDb(clientConfig).send(
    new CreateTableCommand({
      TableName: 'things',
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
    }),
  );
  await new SdkS3({ ...clientConfig, forcePathStyle: true }).send(new CreateBucketCommand({ Bucket: 'things' }));
  const queue = await new SdkSqs(clientConfig).send(new CreateQueueCommand({ QueueName: 'things' }));
  queueUrl = queue.QueueUrl ?? '';
  await new SdkSecrets(clientConfig).send(new CreateSecretCommand({ Name: 'thing', SecretString: 'ü' }));
  await new SdkSes(clientConfig).send(new CreateEmailIdentityCommand({ EmailIdentity: 'shop@example.com' }));
  const role = await new IAMClient(clientConfig).send(
    new CreateRoleCommand({
      RoleName: 'things',
      AssumeRolePolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Principal: { Service: 'states.amazonaws.com' }, Action: 'sts:AssumeRole' }],
      }),
    }),
  );
  const machine = await new SdkStates(clientConfig).send(
    new CreateStateMachineCommand({
      name: 'things',
      roleArn: role.Role?.Arn,
      definition: JSON.stringify({ StartAt: 'Done', States: { Done: { Type: 'Succeed' } } }),
    }),
  );
  stateMachineArn = machine.stateMachineArn ?? '';
});
afterAll(async () => {
  setAwsEnvironment({});
  await cloud?.stop();
});

/** A user who may do these things and no others, as whom the clients call from now on. */
async function become(name: string, actions: string[]): Promise<void> {
  const iam = new IAMClient(cloud.clientConfig);
  await iam.send(new CreateUserCommand({ UserName: name }));
  if (actions.length > 0) {
    const Statement = [{ Effect: 'Allow', Action: actions, Resource: '*' }];
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
    await iam.send(new PutUserPolicyCommand({ UserName: name, PolicyName: 'only', PolicyDocument }));
  }
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: name }));
  setAwsEnvironment({
    AWS_ENDPOINT_URL: cloud.endpoint,
    AWS_REGION: cloud.region,
    AWS_ACCESS_KEY_ID: AccessKey?.AccessKeyId,
    AWS_SECRET_ACCESS_KEY: AccessKey?.SecretAccessKey,
  });
}

const MAIL = {
  FromEmailAddress: 'shop@example.com',
  Destination: { ToAddresses: ['ada@example.com'] },
  Content: { Simple: { Subject: { Data: 'Grüße' }, Body: { Text: { Data: 'Hello' } } } },
};

describe('who may do it', () => {
  test('reads and writes items', async () => {
    await become('items', [
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:UpdateItem',
      'dynamodb:DeleteItem',
      'dynamodb:Query',
      'dynamodb:BatchGetItem',
      'dynamodb:BatchWriteItem',
    ]);
    const db = new DynamoDbClient();
    const Item = { pk: 'a', bytes: Uint8Array.from([0, 255]), tags: new Set(['x']), nested: { list: [1, null, 'ü'] } };
    const written = await db.put({ TableName: 'things', Item, ReturnConsumedCapacity: 'TOTAL' });
    expect(written.ConsumedCapacity?.CapacityUnits).toBe(1);
    expect((await db.get({ TableName: 'things', Key: { pk: 'a' } })).Item).toEqual(Item);
    const taken = db.put({
      TableName: 'things',
      Item: { pk: 'a' },
      ConditionExpression: 'attribute_not_exists(pk)',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    await expect(taken).rejects.toMatchObject({
      name: 'ConditionalCheckFailedException',
      item: Item,
      retryable: false,
    });
    const changed = await db.update({
      TableName: 'things',
      Key: { pk: 'a' },
      UpdateExpression: 'SET n = :one',
      ExpressionAttributeValues: { ':one': 1 },
      ReturnValues: 'UPDATED_NEW',
    });
    expect(changed.Attributes).toEqual({ n: 1 });
    await db.transactWrite({ TransactItems: [{ Put: { TableName: 'things', Item: { pk: 'b' } } }] });
    await db.batchWrite({ RequestItems: { things: [{ PutRequest: { Item: { pk: 'c' } } }] } });
    const found = await db.batchGet({ RequestItems: { things: { Keys: [{ pk: 'b' }, { pk: 'c' }, { pk: 'd' }] } } });
    expect(found.Responses?.things).toEqual(expect.arrayContaining([{ pk: 'b' }, { pk: 'c' }]));
    await db.delete({ TableName: 'things', Key: { pk: 'b' } });
    const none = await db.query({
      TableName: 'things',
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': 'b' },
    });
    expect(none.Items).toEqual([]);
  });

  test('is told why a transaction was cancelled', async () => {
    await become('transactions', ['dynamodb:PutItem', 'dynamodb:ConditionCheckItem']);
    const db = new DynamoDbClient();
    await db.put({ TableName: 'things', Item: { pk: 'taken', n: 1 } });
    const cancelled = db.transactWrite({
      TransactItems: [
        { Put: { TableName: 'things', Item: { pk: 'free' } } },
        {
          Put: {
            TableName: 'things',
            Item: { pk: 'taken' },
            ConditionExpression: 'attribute_not_exists(pk)',
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          },
        },
      ],
    });
    await expect(cancelled).rejects.toMatchObject({
      name: 'TransactionCanceledException',
      cancellationReasons: [{ Code: 'None' }, { Code: 'ConditionalCheckFailed', Item: { pk: 'taken', n: 1 } }],
    });
  });

  test('reads and writes objects, whatever their names', async () => {
    await become('objects', ['s3:GetObject', 's3:PutObject', 's3:DeleteObject', 's3:ListBucket']);
    const s3 = new S3Client();
    const keys = ['plain.txt', 'a b+c', 'ü/€😀', "#?%25&=;,:@$!'()*", '<&">'].sort();
    for (const Key of keys) {
      await s3.putObject({ Bucket: 'things', Key, Body: Key, ContentType: 'text/plain', Metadata: { kind: 'test' } });
      const { body, etag, ...head } = await s3.getObject({ Bucket: 'things', Key });
      expect(Buffer.from(body).toString()).toBe(Key);
      expect(head).toMatchObject({
        size: Buffer.byteLength(Key),
        contentType: 'text/plain',
        metadata: { kind: 'test' },
      });
      expect(await s3.headObject({ Bucket: 'things', Key })).toMatchObject({ etag, ...head });
      expect(await (await fetch(await s3.presignedGetUrl('things', Key, 60))).text()).toBe(Key);
      await expect(s3.getObject({ Bucket: 'things', Key, IfNoneMatch: etag })).rejects.toMatchObject({ status: 304 });
    }
    const first = await s3.listObjects({ Bucket: 'things', MaxKeys: 3 });
    const second = await s3.listObjects({ Bucket: 'things', ContinuationToken: first.nextToken });
    expect([...first.objects, ...second.objects].map(({ key }) => key).sort()).toEqual(keys);
    await s3.copyObject({ Bucket: 'things', Key: 'copy', Source: { Bucket: 'things', Key: keys[0] } });
    expect(await s3.deleteObjects({ Bucket: 'things', Keys: [...keys, 'copy'] })).toEqual([]);
    expect((await s3.listObjects({ Bucket: 'things' })).objects).toEqual([]);
    await expect(s3.headObject({ Bucket: 'things', Key: 'gone' })).rejects.toMatchObject({ name: 'NotFound' });
    await expect(s3.getObject({ Bucket: 'things', Key: 'gone' })).rejects.toMatchObject({ name: 'NoSuchKey' });
  });

  test('writes an object only where there is none, or the one that is expected', async () => {
    await become('conditions', ['s3:GetObject', 's3:PutObject', 's3:DeleteObject']);
    const s3 = new S3Client();
    const at = { Bucket: 'things', Key: 'once' };
    const { etag } = await s3.putObject({ ...at, Body: '1', IfNoneMatch: '*' });
    await expect(s3.putObject({ ...at, Body: '2', IfNoneMatch: '*' })).rejects.toMatchObject({ status: 412 });
    await s3.putObject({ ...at, Body: '2', IfMatch: etag });
    await expect(s3.putObject({ ...at, Body: '3', IfMatch: etag })).rejects.toMatchObject({ status: 412 });
    await s3.deleteObject(at);
  });

  test('sends messages and hides them', async () => {
    // The emulator asks for the name of the batch, where AWS is content with that of the message.
    const actions = ['SendMessage', 'SendMessageBatch', 'ChangeMessageVisibility', 'DeleteMessage'];
    await become(
      'messages',
      actions.map((action) => `sqs:${action}`),
    );
    const sqs = new SqsClient();
    await sqs.sendMessage({ QueueUrl: queueUrl, MessageBody: 'ü' });
    const Entries = [{ Id: '1', MessageBody: 'b' }];
    expect((await sqs.sendMessageBatch({ QueueUrl: queueUrl, Entries })).Successful).toHaveLength(1);
    const { Messages = [] } = await new SdkSqs(cloud.clientConfig).send(
      new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: 10 }),
    );
    expect(Messages.map(({ Body }) => Body).sort()).toEqual(['b', 'ü']);
    for (const { ReceiptHandle } of Messages) {
      await sqs.changeMessageVisibility({ QueueUrl: queueUrl, ReceiptHandle, VisibilityTimeout: 30 });
      await sqs.deleteMessage({ QueueUrl: queueUrl, ReceiptHandle });
    }
    await expect(sqs.sendMessage({ QueueUrl: `${queueUrl}-not`, MessageBody: 'x' })).rejects.toMatchObject({
      name: 'QueueDoesNotExist',
    });
  });

  test('publishes events, reads secrets, starts runs and sends mails', async () => {
    await become('others', [
      'events:PutEvents',
      'secretsmanager:GetSecretValue',
      'states:StartExecution',
      'ses:SendEmail',
    ]);
    const Entries = [{ Source: 'test', DetailType: 'Tested', Detail: '{}', Time: new Date() }];
    expect(await new EventBridgeClient().putEvents({ Entries })).toMatchObject({ FailedEntryCount: 0 });
    expect(await new SecretsManagerClient().getSecretValue({ SecretId: 'thing' })).toMatchObject({ SecretString: 'ü' });
    const run = await new StepFunctionsClient().startExecution({ stateMachineArn, name: 'run', input: '{}' });
    expect(run.executionArn).toContain(':things:run');
    expect((await new SesClient().sendEmail(MAIL)).MessageId).toBeTruthy();
    const [mail] = await cloud.mailbox().mails();
    expect(mail).toMatchObject({ subject: 'Grüße' });
  });
});

describe('who may not', () => {
  beforeAll(() => become('nobody', []));

  test.each<[string, () => Promise<unknown>, string]>([
    ['DynamoDB', () => new DynamoDbClient().get({ TableName: 'things', Key: { pk: 'a' } }), 'AccessDeniedException'],
    ['EventBridge', () => new EventBridgeClient().putEvents({ Entries: [] }), 'AccessDeniedException'],
    ['Lambda', () => new LambdaClient().invoke({ FunctionName: 'f' }), 'AccessDeniedException'],
    ['S3', () => new S3Client().getObject({ Bucket: 'things', Key: 'a' }), 'AccessDenied'],
    [
      'Secrets Manager',
      () => new SecretsManagerClient().getSecretValue({ SecretId: 'thing' }),
      'AccessDeniedException',
    ],
    ['SES', () => new SesClient().sendEmail(MAIL), 'AccessDeniedException'],
    ['SQS', () => new SqsClient().sendMessage({ QueueUrl: queueUrl, MessageBody: 'x' }), 'AccessDeniedException'],
    ['Step Functions', () => new StepFunctionsClient().startExecution({ stateMachineArn }), 'AccessDeniedException'],
  ])('is refused by %s', async (_, call, name) => {
    await expect(call()).rejects.toMatchObject({ name, status: expect.any(Number), retryable: false });
  });
});
