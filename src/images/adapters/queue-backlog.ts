import { chunksOf, inParallel } from '../../runtime/parallel';
import type { Backlog } from '../domain/keeper';

/** What SQS takes in one call. */
const AT_ONCE = 10;
const LANES = 8;

interface Queue {
  sendMessageBatch(input: {
    QueueUrl: string;
    Entries: { Id: string; MessageBody: string }[];
  }): Promise<{ Failed?: { Code?: string }[] }>;
}

/** A queue of SQS whose messages are `{"key": ...}`. */
export class QueueBacklog implements Backlog {
  constructor(
    private readonly sqs: Queue,
    private readonly url: string,
  ) {}

  async add(keys: readonly string[]): Promise<void> {
    await inParallel(chunksOf(keys, AT_ONCE), LANES, (chunk) => this.send(chunk));
  }

  /** A key that comes twice, because a call is made again, does no harm. */
  private async send(keys: readonly string[]): Promise<void> {
    const Entries = keys.map((key, index) => ({ Id: String(index), MessageBody: JSON.stringify({ key }) }));
    const { Failed = [] } = await this.sqs.sendMessageBatch({ QueueUrl: this.url, Entries });
    if (Failed.length > 0) throw new Error(`SQS did not take ${Failed.length} messages: ${Failed[0].Code}`);
  }
}
