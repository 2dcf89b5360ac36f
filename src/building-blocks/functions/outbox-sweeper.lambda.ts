import type { Context } from 'aws-lambda';
import { withBudget } from '../../runtime/budget';
import { systemClock } from '../../runtime/clock';
import { logger } from '../../runtime/entry';
import { sweep } from '../domain/outbox-sweeper';
import { items, publisher } from './outbox';

/** Kept for the answer, once the time for sweeping is over. */
const RESERVE_MS = 2000;

/** Publishes what the stream's reader missed. */
export async function handler(_: unknown, context: Context): Promise<void> {
  const milliseconds = context.getRemainingTimeInMillis() - RESERVE_MS;
  const swept = await withBudget({ milliseconds, retries: 10_000 }, () => sweep(items, publisher, systemClock));
  if (swept.found === 0 && !swept.unfinished) return;
  logger.warn('Swept events that had not been published', { ...swept });
  const failed = swept.later + swept.never;
  if (failed > 0) throw new Error(`${failed} events were refused by the bus; the next run tries again.`);
}
