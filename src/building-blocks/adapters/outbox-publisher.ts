import type { DynamoDBStreamEvent } from 'aws-lambda';
import type { EventBridge } from '../../runtime/aws/eventbridge';
import type { Table } from '../../runtime/table';
import { OUTBOX } from '../contract';

/** EventBridge's limits of one call; what is above them, it refuses as a whole. */
const ENTRIES_PER_CALL = 10;
const BYTES_PER_CALL = 256 * 1024;

/** What an entry has beside its detail, at most: names of the source, the type, the bus and the resource. */
const BYTES_AROUND_DETAIL = 4096;

export interface OutboxEvent {
  readonly pk: string;
  readonly sk: string;
  readonly eventType: string;
  readonly detail: string;
}

export interface StreamedEvent extends OutboxEvent {
  readonly sequenceNumber: string;
}

/** The outbox items among the records of a stream, oldest first. */
export function eventsOf(stream: DynamoDBStreamEvent): StreamedEvent[] {
  return stream.Records.flatMap(({ eventName, dynamodb }) => {
    const item = dynamodb?.NewImage;
    if (eventName !== 'INSERT' || !item?.pk?.S?.startsWith(OUTBOX.PREFIX)) return [];
    return [
      {
        pk: item.pk.S,
        sk: item.sk.S ?? '',
        eventType: item.eventType.S ?? '',
        detail: item.detail.S ?? '',
        sequenceNumber: dynamodb?.SequenceNumber ?? '',
      },
    ];
  });
}

/**
 * Publishes events, then deletes their items.
 * A crash between the two publishes again: listeners get every event at least once, with the same id.
 */
export class OutboxPublisher {
  constructor(
    private readonly table: Pick<Table, 'query' | 'remove'>,
    private readonly bus: EventBridge,
    private readonly names: {
      readonly resource: string;
      readonly bus: string;
      readonly source: string;
    },
  ) {}

  /** Publishes the events in their order; returns those that the bus refused. */
  async publish<Event extends OutboxEvent>(events: Event[]): Promise<Event[]> {
    const failed: Event[] = [];
    for (const chunk of calls(events)) {
      const refused = await this.publishChunk(chunk);
      failed.push(...refused);
      await Promise.all(chunk.filter((event) => !refused.includes(event)).map((event) => this.remove(event)));
    }
    return failed;
  }

  /** Events that are older than any healthy stream would leave them. */
  async forgotten(now: Date): Promise<OutboxEvent[]> {
    const before = new Date(now.getTime() - OUTBOX.SWEEP_AFTER_MINUTES * 60_000).toISOString();
    const shards = Array.from({ length: OUTBOX.SHARDS }, (_, shard) => `${OUTBOX.PREFIX}${shard}`);
    const found = await Promise.all(
      shards.map((pk) =>
        this.table.query({ where: 'pk = :pk AND sk < :before', values: { ':pk': pk, ':before': before }, limit: 100 }),
      ),
    );
    return found.flatMap(({ items }) => items as readonly object[] as readonly OutboxEvent[]);
  }

  private async publishChunk<Event extends OutboxEvent>(chunk: Event[]): Promise<Event[]> {
    const { Entries = [] } = await this.bus.putEvents({
      Entries: chunk.map(({ eventType, detail }) => ({
        EventBusName: this.names.bus,
        Source: this.names.source,
        DetailType: eventType,
        Detail: detail,
        Resources: [this.names.resource],
      })),
    });
    return chunk.filter((_, index) => Entries[index]?.ErrorCode);
  }

  private async remove({ pk, sk }: OutboxEvent): Promise<void> {
    await this.table.remove({ pk, sk });
  }
}

/** The events in their order, as many together as one call takes. */
function calls<Event extends OutboxEvent>(events: readonly Event[]): Event[][] {
  const chunks: Event[][] = [];
  let bytes = 0;
  for (const event of events) {
    const size = Buffer.byteLength(event.detail) + BYTES_AROUND_DETAIL;
    const last = chunks.at(-1);
    if (last && last.length < ENTRIES_PER_CALL && bytes + size <= BYTES_PER_CALL) {
      last.push(event);
      bytes += size;
    } else {
      chunks.push([event]);
      bytes = size;
    }
  }
  return chunks;
}
