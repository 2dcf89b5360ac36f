import { createHash } from 'node:crypto';
import type {
  ChangeMessageVisibilityBatchCommandInput,
  ChangeMessageVisibilityBatchCommandOutput,
  ChangeMessageVisibilityCommandInput,
  DeleteMessageCommandInput,
  SendMessageBatchCommandInput,
  SendMessageBatchCommandOutput,
  SendMessageCommandInput,
  SendMessageCommandOutput,
} from '@aws-sdk/client-sqs';
import { AwsError } from './error';
import { JsonClient, type JsonService } from './json-protocol';
import type { ClientOptions } from './service-client';

type Output<Command> = Omit<Command, '$metadata'>;

/** Queues are asked for at the client's endpoint, wherever their addresses point to. */
export interface Sqs {
  sendMessage(input: SendMessageCommandInput): Promise<Output<SendMessageCommandOutput>>;
  /** Succeeds as a call even where entries `Failed`. */
  sendMessageBatch(input: SendMessageBatchCommandInput): Promise<Output<SendMessageBatchCommandOutput>>;
  changeMessageVisibility(input: ChangeMessageVisibilityCommandInput): Promise<void>;
  /** Succeeds as a call even where entries `Failed`. */
  changeMessageVisibilityBatch(
    input: ChangeMessageVisibilityBatchCommandInput,
  ): Promise<Output<ChangeMessageVisibilityBatchCommandOutput>>;
  deleteMessage(input: DeleteMessageCommandInput): Promise<void>;
}

export const SQS: JsonService = {
  id: 'SQS',
  host: 'sqs',
  signing: 'sqs',
  fipsAsUsual: ['us-gov-east-1', 'us-gov-west-1'],
  target: 'AmazonSQS',
  version: '1.0',
};

export class SqsClient implements Sqs {
  private readonly client: JsonClient;

  constructor(options?: ClientOptions) {
    this.client = new JsonClient(SQS, options);
  }

  async sendMessage(input: SendMessageCommandInput) {
    const output = await this.client.call<Output<SendMessageCommandOutput>>('SendMessage', input);
    checkArrived(input.MessageBody, output.MD5OfMessageBody);
    return output;
  }

  async sendMessageBatch(input: SendMessageBatchCommandInput) {
    const output = await this.client.call<Output<SendMessageBatchCommandOutput>>('SendMessageBatch', input);
    for (const { Id, MD5OfMessageBody } of output.Successful ?? []) {
      checkArrived(input.Entries?.find((entry) => entry.Id === Id)?.MessageBody, MD5OfMessageBody);
    }
    return output;
  }

  async changeMessageVisibility(input: ChangeMessageVisibilityCommandInput) {
    await this.client.call('ChangeMessageVisibility', input);
  }

  changeMessageVisibilityBatch(input: ChangeMessageVisibilityBatchCommandInput) {
    return this.client.call<Output<ChangeMessageVisibilityBatchCommandOutput>>('ChangeMessageVisibilityBatch', input);
  }

  async deleteMessage(input: DeleteMessageCommandInput) {
    await this.client.call('DeleteMessage', input);
  }
}

function checkArrived(body = '', md5: string | undefined): void {
  if (md5 === createHash('md5').update(body).digest('hex')) return;
  throw new AwsError('InvalidChecksumError', 'SQS has another message than was sent.', { status: 200 });
}
