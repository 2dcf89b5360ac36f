import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import {
  BatchGetCommand,
  BatchWriteCommand,
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDb } from '../../../src/runtime/aws/dynamodb';
import type { AwsErrorDetails } from '../../../src/runtime/aws/error';
import { withOurErrors } from './errors';

export class DynamoDbClient implements DynamoDb {
  private readonly client: DynamoDBDocumentClient;

  constructor(config: DynamoDBClientConfig = {}) {
    this.client = DynamoDBDocumentClient.from(new DynamoDBClient(config), {
      marshallOptions: { removeUndefinedValues: true },
    });
  }

  get: DynamoDb['get'] = (input) => withOurErrors(this.client.send(new GetCommand(input)), details);
  put: DynamoDb['put'] = (input) => withOurErrors(this.client.send(new PutCommand(input)), details);
  update: DynamoDb['update'] = (input) => withOurErrors(this.client.send(new UpdateCommand(input)), details);
  delete: DynamoDb['delete'] = (input) => withOurErrors(this.client.send(new DeleteCommand(input)), details);
  query: DynamoDb['query'] = (input) => withOurErrors(this.client.send(new QueryCommand(input)), details);
  batchGet: DynamoDb['batchGet'] = (input) => withOurErrors(this.client.send(new BatchGetCommand(input)), details);
  batchWrite: DynamoDb['batchWrite'] = (input) =>
    withOurErrors(this.client.send(new BatchWriteCommand(input)), details);
  transactWrite: DynamoDb['transactWrite'] = (input) =>
    withOurErrors(this.client.send(new TransactWriteCommand(input)), details);
}

type Attributes = Parameters<typeof unmarshall>[0];

function details({ CancellationReasons, Item }: Record<string, unknown>): Partial<AwsErrorDetails> {
  const reasons = CancellationReasons as { Code?: string; Message?: string; Item?: Attributes }[] | undefined;
  return {
    item: Item ? unmarshall(Item as Attributes) : undefined,
    cancellationReasons: reasons?.map(({ Item, ...reason }) => ({
      ...reason,
      ...(Item && { Item: unmarshall(Item) }),
    })),
  };
}
