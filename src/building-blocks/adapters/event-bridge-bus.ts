import { AwsError } from '../../runtime/aws/error';
import type { EventBridge } from '../../runtime/aws/eventbridge';
import { isPassingName } from '../../runtime/retry';
import type { Bus, OutboxEvent, Outcome } from '../domain/outbox';

/** EventBridge's limits of one call; what is above them, it refuses as a whole. */
const ENTRIES_PER_CALL = 10;
const BYTES_PER_CALL = 256 * 1024;

/** What an entry has beside its detail, at most: names of the source, the type, the bus and the resource. */
const BYTES_AROUND_DETAIL = 4096;

/** Codes of single entries beside those that mean throttling. */
const PASSING_CODES = ['InternalFailure', 'InternalException', 'InternalError'];

export class EventBridgeBus implements Bus {
  constructor(
    private readonly client: EventBridge,
    private readonly names: {
      readonly bus: string;
      readonly source: string;
      /** What tells the events from those of others on the bus. */
      readonly resource: string;
    },
  ) {}

  batchesOf<Event extends OutboxEvent>(events: readonly Event[]): Event[][] {
    const batches: Event[][] = [];
    let bytes = 0;
    for (const event of events) {
      const size = Buffer.byteLength(event.detail) + BYTES_AROUND_DETAIL;
      const last = batches.at(-1);
      if (last && last.length < ENTRIES_PER_CALL && bytes + size <= BYTES_PER_CALL) {
        last.push(event);
        bytes += size;
      } else {
        batches.push([event]);
        bytes = size;
      }
    }
    return batches;
  }

  async publish(batch: readonly OutboxEvent[]): Promise<Outcome[]> {
    try {
      const { Entries = [] } = await this.client.putEvents({ Entries: batch.map((event) => this.entryOf(event)) });
      return batch.map((_, index) => outcomeOf(Entries[index]?.ErrorCode));
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      if (error.retryable) return batch.map(() => 'later');
      if (error.name !== 'ValidationException') throw error;
      return batch.length === 1 ? ['never'] : this.publishOneByOne(batch);
    }
  }

  /** One of them is what EventBridge refuses the whole call for. */
  private async publishOneByOne(batch: readonly OutboxEvent[]): Promise<Outcome[]> {
    const outcomes: Outcome[] = [];
    for (const event of batch) outcomes.push(...(await this.publish([event])));
    return outcomes;
  }

  private entryOf({ eventType, detail }: OutboxEvent) {
    const { bus, source, resource } = this.names;
    return { EventBusName: bus, Source: source, DetailType: eventType, Detail: detail, Resources: [resource] };
  }
}

function outcomeOf(errorCode: string | undefined): Outcome {
  if (errorCode === undefined) return 'published';
  return isPassingName(errorCode) || PASSING_CODES.includes(errorCode) ? 'later' : 'never';
}
