import { Problem } from '../../runtime/problem';

/** An attempt that met others at the same items, and may succeed if made again. */
export const CONFLICT = Symbol('conflict');

/** DynamoDB's names for what may not be so a moment later, as errors and as reasons of a cancelled transaction. */
const PASSING = [
  'TransactionConflict',
  'TransactionConflictException',
  'TransactionInProgressException',
  'ThrottlingError',
  'ThrottlingException',
  'ProvisionedThroughputExceeded',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
];

const ATTEMPTS = 10;
const FIRST_WAIT_MS = 25;
const LONGEST_WAIT_MS = 400;

export interface Clock {
  now(): Date;
  sleep(milliseconds: number): Promise<void>;
  /** From 0 up to, but not including, 1. */
  random(): number;
}

export const systemClock: Clock = {
  now: () => new Date(),
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  random: Math.random,
};

/**
 * Makes attempts until one meets no conflict, waiting longer and longer between them. The waits are random, so that
 * those who met once do not meet again at the same moment.
 *
 * @throws Problem 503 `busy` when every attempt met a conflict
 */
export async function withoutConflict<T>(clock: Clock, attempt: () => Promise<T | typeof CONFLICT>): Promise<T> {
  for (let made = 0; made < ATTEMPTS; made++) {
    if (made > 0) await clock.sleep(clock.random() * Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** made));
    const result = await passingAsConflict(attempt);
    if (result !== CONFLICT) return result;
  }
  throw new Problem(
    503,
    'busy',
    'Others change the same things at this moment. Send the same request again.',
    {},
    {
      'retry-after': '1',
    },
  );
}

async function passingAsConflict<T>(attempt: () => Promise<T>): Promise<T | typeof CONFLICT> {
  try {
    return await attempt();
  } catch (error) {
    if (isPassing((error as Error).name)) return CONFLICT;
    throw error;
  }
}

export function isPassing(name: string | undefined): boolean {
  return PASSING.includes(name ?? '');
}
