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

/** The host of a queue's URL is where it is called. */
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

const SQS: JsonService = {
  id: 'SQS',
  host: 'sqs',
  signing: 'sqs',
  fipsAsUsual: ['us-gov-east-1', 'us-gov-west-1'],
  target: 'AmazonSQS',
  version: '1.0',
};

export class SqsClient implements Sqs {
  private readonly client: JsonClient;

  constructor(private readonly options: ClientOptions = {}) {
    this.client = new JsonClient(SQS, options);
  }

  async sendMessage(input: SendMessageCommandInput) {
    const output = await this.call<Output<SendMessageCommandOutput>>('SendMessage', input);
    checkArrived(input.MessageBody, output.MD5OfMessageBody);
    return output;
  }

  async sendMessageBatch(input: SendMessageBatchCommandInput) {
    const output = await this.call<Output<SendMessageBatchCommandOutput>>('SendMessageBatch', input);
    for (const { Id, MD5OfMessageBody } of output.Successful ?? []) {
      checkArrived(input.Entries?.find((entry) => entry.Id === Id)?.MessageBody, MD5OfMessageBody);
    }
    return output;
  }

  async changeMessageVisibility(input: ChangeMessageVisibilityCommandInput) {
    await this.call('ChangeMessageVisibility', input);
  }

  changeMessageVisibilityBatch(input: ChangeMessageVisibilityBatchCommandInput) {
    return this.call<Output<ChangeMessageVisibilityBatchCommandOutput>>('ChangeMessageVisibilityBatch', input);
  }

  async deleteMessage(input: DeleteMessageCommandInput) {
    await this.call('DeleteMessage', input);
  }

  private call<Result>(operation: string, input: { readonly QueueUrl: string | undefined }): Promise<Result> {
    const host = this.options.endpoint || !input.QueueUrl ? undefined : new URL(new URL(input.QueueUrl).origin);
    return this.client.call(operation, input, host);
  }
}

function checkArrived(body = '', md5: string | undefined): void {
  if (md5 === createHash('md5').update(body).digest('hex')) return;
  throw new AwsError('InvalidChecksumError', 'SQS has another message than was sent.', { status: 200 });
}
