import type { Context } from 'aws-lambda';
import { remainingMs, withBudget } from './budget';
import { logger } from './entry';
import { Busy, Refusal } from './refusal';

/** API Gateway gives up after 30 seconds. */
const LONGEST_MS = 29_000;

/** Left to send the answer; less than what handlers keep for one of their own, which says more than this one. */
const RESERVE_MS = 250;

/** Of everything that is tried again for one request. */
const RETRIES = 10;

/**
 * Runs a request within a budget that ends before the function and the gateway do.
 *
 * @throws Busy when the time is over. What still runs then is left alone: its writes are safe to repeat.
 */
export function withRequestBudget<T>(context: Context, run: () => Promise<T>): Promise<T> {
  const milliseconds = Math.min(context.getRemainingTimeInMillis(), LONGEST_MS) - RESERVE_MS;
  return withBudget({ milliseconds, retries: RETRIES }, async () => {
    const timeIsUp = new Error('The time of the request is used up');
    let timer: NodeJS.Timeout | undefined;
    const end = new Promise<never>((_, reject) => {
      timer = setTimeout(reject, milliseconds, timeIsUp);
    });
    try {
      return await Promise.race([run(), end]);
    } catch (error) {
      const tooLate = error === timeIsUp || remainingMs() <= 0;
      if (error instanceof Refusal || !tooLate) throw error;
      logger.warn('The request took too long', { requestId: context.awsRequestId, error: error as Error });
      throw new Busy('The service is too slow at this moment. Send the same request again.');
    } finally {
      clearTimeout(timer);
    }
  });
}
