import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { eventBridge, logger, settings, table } from '../../runtime/entry';
import { eventsOf, OutboxPublisher } from '../adapters/outbox-publisher';
import { OUTBOX_ENV } from '../contract';

const env = settings([OUTBOX_ENV.TABLE, OUTBOX_ENV.RESOURCE, OUTBOX_ENV.BUS, OUTBOX_ENV.SOURCE]);
const publisher = new OutboxPublisher(table(env[OUTBOX_ENV.TABLE]), eventBridge(), {
  resource: env[OUTBOX_ENV.RESOURCE],
  bus: env[OUTBOX_ENV.BUS],
  source: env[OUTBOX_ENV.SOURCE],
});

export async function handler(stream: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
  const events = eventsOf(stream);
  const failed = await publisher.publish(events);
  if (failed.length > 0) logger.error('Events were refused by the bus', { refused: failed.length });
  // A stream is retried from the first failed record on, so the earliest is enough.
  const first = events.find((event) => failed.includes(event));
  return { batchItemFailures: first ? [{ itemIdentifier: first.sequenceNumber }] : [] };
}
