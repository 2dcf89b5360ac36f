import { takeRetry } from './budget';
import type { Clock } from './clock';
import { Busy } from './refusal';

/** What an attempt returns that met others at the same things, and may succeed if made again. */
export const AGAIN = Symbol('again');

/** How long an attempt is repeated before it is given up. */
export interface Patience {
  readonly attempts: number;
  /** Upper bound of the first wait; each one after it is twice as long. */
  readonly firstWaitMs: number;
  readonly longestWaitMs: number;
}

/** Of someone who waits for the answer. */
const OF_A_REQUEST: Patience = { attempts: 10, firstWaitMs: 50, longestWaitMs: 400 };

/** AWS's names for what may not be so a moment later: as errors, and as reasons of a cancelled transaction. */
const PASSING = [
  'TransactionConflict',
  'TransactionConflictException',
  'TransactionInProgressException',
  'ThrottlingError',
  'Throttling',
  'ThrottlingException',
  'ThrottledException',
  'RequestThrottled',
  'RequestThrottledException',
  'TooManyRequestsException',
  'ProvisionedThroughputExceeded',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'BandwidthLimitExceeded',
  'LimitExceededException',
  'SlowDown',
  'PriorRequestNotComplete',
  'ServiceUnavailable',
];

/**
 * Makes attempts until one comes to a result, waiting longer and longer between them. The waits are random, so that
 * those who met once do not meet again at the same moment. An error that is passing counts as an attempt to be made
 * again; any other ends it.
 *
 * @throws Busy when every attempt was to be made again, or the budget of the request is used up
 */
export async function retry<T>(
  clock: Clock,
  attempt: () => Promise<T | typeof AGAIN>,
  { attempts, firstWaitMs, longestWaitMs }: Patience = OF_A_REQUEST,
): Promise<T> {
  for (let made = 1; ; made++) {
    const result = await passingAsAgain(attempt);
    if (result !== AGAIN) return result;
    const waitMs = clock.random() * Math.min(longestWaitMs, firstWaitMs * 2 ** (made - 1));
    if (made === attempts || !takeRetry(waitMs)) throw new Busy();
    await clock.sleep(waitMs);
  }
}

/** Whether an error may not come again a moment later. */
export function isPassing(error: unknown): boolean {
  const { name, retryable } = error as { readonly name?: string; readonly retryable?: boolean };
  return retryable === true || isPassingName(name);
}

/** The same of an error's name, or of the code of a transaction's cancellation reason. */
export function isPassingName(name: string | undefined): boolean {
  return name !== undefined && PASSING.includes(name);
}

async function passingAsAgain<T>(attempt: () => Promise<T | typeof AGAIN>): Promise<T | typeof AGAIN> {
  try {
    return await attempt();
  } catch (error) {
    if (isPassing(error)) return AGAIN;
    throw error;
  }
}
