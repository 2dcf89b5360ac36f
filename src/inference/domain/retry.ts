export interface RetryOptions {
  /** Tries in all. */
  readonly attempts: number;
  /** Whether another try may help. */
  readonly again: (error: unknown) => boolean;
  /** Time in ms since the epoch after which no further try begins. */
  readonly deadline: number;
  readonly random?: () => number;
  readonly sleep?: (ms: number) => Promise<void>;
  readonly now?: () => number;
}

const FIRST_WAIT_MS = 100;

/**
 * Tries again after random waits below a bound that doubles ("full jitter"), so that callers who failed together do
 * not come back together. Gives up early rather than wait past the deadline.
 */
export async function withRetries<T>(call: () => Promise<T>, options: RetryOptions): Promise<T> {
  const { attempts, again, deadline, random = Math.random, sleep = pause, now = Date.now } = options;
  for (let attempt = 1; ; attempt++) {
    try {
      return await call();
    } catch (error) {
      const wait = random() * FIRST_WAIT_MS * 2 ** attempt;
      if (attempt >= attempts || !again(error) || now() + wait >= deadline) throw error;
      await sleep(wait);
    }
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
