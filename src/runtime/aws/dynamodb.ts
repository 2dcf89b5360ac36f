import { randomUUID } from 'node:crypto';
import type {
  BatchGetCommandInput,
  BatchGetCommandOutput,
  BatchWriteCommandInput,
  BatchWriteCommandOutput,
  DeleteCommandInput,
  DeleteCommandOutput,
  GetCommandInput,
  GetCommandOutput,
  PutCommandInput,
  PutCommandOutput,
  QueryCommandInput,
  QueryCommandOutput,
  TransactWriteCommandInput,
  TransactWriteCommandOutput,
  UpdateCommandInput,
  UpdateCommandOutput,
} from '@aws-sdk/lib-dynamodb';
import { errorDetails, fromAttributes, toAttributes } from './dynamodb-attributes';
import { JsonClient, type JsonService } from './json-protocol';
import type { ClientOptions } from './service-client';

/** Parameters from before there were expressions; DynamoDB has them only for old programs. */
type Legacy =
  | 'AttributesToGet'
  | 'AttributeUpdates'
  | 'ConditionalOperator'
  | 'Expected'
  | 'KeyConditions'
  | 'QueryFilter';
type Input<Command> = Omit<Command, Legacy>;
type Output<Command> = Omit<Command, '$metadata'>;

/** Tables as the SDK's document client has them: plain values in and out, `undefined` members left out. */
export interface DynamoDb {
  get(input: Input<GetCommandInput>): Promise<Output<GetCommandOutput>>;
  put(input: Input<PutCommandInput>): Promise<Output<PutCommandOutput>>;
  update(input: Input<UpdateCommandInput>): Promise<Output<UpdateCommandOutput>>;
  delete(input: Input<DeleteCommandInput>): Promise<Output<DeleteCommandOutput>>;
  query(input: Input<QueryCommandInput>): Promise<Output<QueryCommandOutput>>;
  batchGet(input: Input<BatchGetCommandInput>): Promise<Output<BatchGetCommandOutput>>;
  batchWrite(input: BatchWriteCommandInput): Promise<Output<BatchWriteCommandOutput>>;
  transactWrite(input: TransactWriteCommandInput): Promise<Output<TransactWriteCommandOutput>>;
}

export const DYNAMODB: JsonService = {
  id: 'DYNAMODB',
  host: 'dynamodb',
  signing: 'dynamodb',
  fipsAsUsual: ['us-gov-east-1', 'us-gov-west-1'],
  target: 'DynamoDB_20120810',
  version: '1.0',
  attempts: 4,
  firstWaitMs: 25,
};

export class DynamoDbClient implements DynamoDb {
  private readonly client: JsonClient;

  constructor(options: ClientOptions = {}) {
    this.client = new JsonClient(DYNAMODB, options, errorDetails);
  }

  get(input: Input<GetCommandInput>) {
    return this.call<Output<GetCommandOutput>>('GetItem', input);
  }

  put(input: Input<PutCommandInput>) {
    return this.call<Output<PutCommandOutput>>('PutItem', input);
  }

  update(input: Input<UpdateCommandInput>) {
    return this.call<Output<UpdateCommandOutput>>('UpdateItem', input);
  }

  delete(input: Input<DeleteCommandInput>) {
    return this.call<Output<DeleteCommandOutput>>('DeleteItem', input);
  }

  query(input: Input<QueryCommandInput>) {
    return this.call<Output<QueryCommandOutput>>('Query', input);
  }

  batchGet(input: Input<BatchGetCommandInput>) {
    return this.call<Output<BatchGetCommandOutput>>('BatchGetItem', input);
  }

  batchWrite(input: BatchWriteCommandInput) {
    return this.call<Output<BatchWriteCommandOutput>>('BatchWriteItem', input);
  }

  /** Its token makes DynamoDB take a repetition, by this client or its caller, for the same transaction. */
  transactWrite(input: TransactWriteCommandInput) {
    return this.call<Output<TransactWriteCommandOutput>>('TransactWriteItems', {
      ...input,
      ClientRequestToken: input.ClientRequestToken ?? randomUUID(),
    });
  }

  private async call<Result>(operation: string, input: object): Promise<Result> {
    const output = await this.client.call<object>(operation, toAttributes(input));
    return fromAttributes(output) as Result;
  }
}
