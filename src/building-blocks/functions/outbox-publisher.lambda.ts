import type { Context, DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { withBudget } from '../../runtime/budget';
import { logger } from '../../runtime/entry';
import type { Patience } from '../../runtime/retry';
import { eventsOf } from '../adapters/outbox-stream';
import { publisher } from './outbox';

/** Kept for the answer, once the time for trying is over. */
const RESERVE_MS = 2000;
const PATIENCE: Patience = { attempts: 100, firstWaitMs: 100, longestWaitMs: 4000 };

export async function handler(stream: DynamoDBStreamEvent, context: Context): Promise<DynamoDBBatchResponse> {
  const events = eventsOf(stream);
  const milliseconds = context.getRemainingTimeInMillis() - RESERVE_MS;
  const { later, never, kept } = await withBudget({ milliseconds, retries: 500 }, () =>
    publisher.publish(events, PATIENCE),
  );
  if (later.length + never.length + kept.length > 0) {
    const counts = { later: later.length, never: never.length, kept: kept.length };
    logger.error('Events are still to be published, or their items to be removed', counts);
  }
  // What the bus will never take is left to the sweeper, which tells of it again and again: it must not hold up others.
  // A stream is retried from the first failed record on, so the earliest is enough.
  const first = events.find((event) => later.includes(event));
  return { batchItemFailures: first ? [{ itemIdentifier: first.sequenceNumber }] : [] };
}
