import { setTimeout as sleep } from 'node:timers/promises';
import { remainingMs, takeRetry, withBudget } from '../../src/runtime/budget';
import type { Clock } from '../../src/runtime/clock';
import { Busy } from '../../src/runtime/refusal';
import { AGAIN, isPassing, retry } from '../../src/runtime/retry';

/** A clock whose sleeps take no time and are written down. */
function fakeClock(): Clock & { readonly waits: number[] } {
  const waits: number[] = [];
  return {
    waits,
    now: () => new Date(0),
    sleep: async (milliseconds) => void waits.push(milliseconds),
    random: () => 1,
  };
}

const named = (name: string) => Object.assign(new Error(name), { name });

describe('trying again', () => {
  test('ends with the first result, and waits twice as long each time up to the longest wait', async () => {
    const clock = fakeClock();
    let made = 0;
    const result = await retry(clock, async () => (++made < 7 ? AGAIN : 'done'));
    expect(result).toBe('done');
    expect(clock.waits).toEqual([50, 100, 200, 400, 400, 400]);
  });

  test('is over after the last attempt, with words for the caller and a time to come back', async () => {
    let made = 0;
    const refused = retry(fakeClock(), async () => {
      made++;
      return AGAIN;
    });
    await expect(refused).rejects.toMatchObject({ code: 'busy', retryAfter: 1 });
    expect(made).toBe(10);
  });

  test.each(['ThrottlingException', 'TransactionConflictException', 'SlowDown'])(
    'takes %s for passing',
    async (name) => {
      let made = 0;
      const result = await retry(fakeClock(), async () => {
        if (++made === 1) throw named(name);
        return made;
      });
      expect(result).toBe(2);
    },
  );

  test('throws any other error at once', async () => {
    let made = 0;
    const broken = retry(fakeClock(), async () => {
      made++;
      throw named('ValidationException');
    });
    await expect(broken).rejects.toThrow('ValidationException');
    expect(made).toBe(1);
    expect(isPassing(Object.assign(new Error('reset'), { retryable: true }))).toBe(true);
  });
});

describe('a budget', () => {
  test('is shared by everything below it: retries add up and do not multiply', async () => {
    let calls = 0;
    const inner = () =>
      retry(fakeClock(), async () => {
        calls++;
        return AGAIN;
      });
    const outer = withBudget({ milliseconds: 60_000, retries: 6 }, () =>
      retry(fakeClock(), async () => {
        try {
          return await inner();
        } catch (error) {
          if (error instanceof Busy) return AGAIN;
          throw error;
        }
      }),
    );
    await expect(outer).rejects.toThrow(Busy);
    // One call, and six more; each of the two loops alone would make ten of ten.
    expect(calls).toBe(7);
  });

  test('of one request is not that of another at the same time', async () => {
    await Promise.all([
      withBudget({ milliseconds: 60_000, retries: 1 }, async () => {
        expect(takeRetry()).toBe(true);
        await sleep(5);
        expect(takeRetry()).toBe(false);
      }),
      withBudget({ milliseconds: 60_000, retries: 1 }, async () => {
        await sleep(2);
        expect(takeRetry()).toBe(true);
      }),
    ]);
  });

  test('gives no retry whose wait would outlive it', async () => {
    await withBudget({ milliseconds: 1000, retries: 5 }, async () => {
      expect(remainingMs()).toBeLessThanOrEqual(1000);
      expect(takeRetry(2000)).toBe(false);
      expect(takeRetry(10)).toBe(true);
    });
    expect(remainingMs()).toBe(Number.POSITIVE_INFINITY);
  });
});
