import {
  ChangeMessageVisibilityBatchCommand,
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
  type SQSClientConfig,
} from '@aws-sdk/client-sqs';
import type { Sqs } from '../../../src/runtime/aws/sqs';
import { withOurErrors } from './errors';

export class SqsClient implements Sqs {
  private readonly client: SQSClient;

  constructor(config: SQSClientConfig = {}) {
    this.client = new SQSClient({ useQueueUrlAsEndpoint: false, ...config });
  }

  sendMessage: Sqs['sendMessage'] = (input) => withOurErrors(this.client.send(new SendMessageCommand(input)));
  sendMessageBatch: Sqs['sendMessageBatch'] = (input) =>
    withOurErrors(this.client.send(new SendMessageBatchCommand(input)));
  changeMessageVisibility: Sqs['changeMessageVisibility'] = async (input) =>
    void (await withOurErrors(this.client.send(new ChangeMessageVisibilityCommand(input))));
  changeMessageVisibilityBatch: Sqs['changeMessageVisibilityBatch'] = (input) =>
    withOurErrors(this.client.send(new ChangeMessageVisibilityBatchCommand(input)));
  deleteMessage: Sqs['deleteMessage'] = async (input) =>
    void (await withOurErrors(this.client.send(new DeleteMessageCommand(input))));
}
