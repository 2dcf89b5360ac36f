import { remainingMs } from '../../runtime/budget';
import type { Clock } from '../../runtime/clock';
import { OUTBOX } from '../../runtime/contract';
import { inParallel } from '../../runtime/parallel';
import type { Patience } from '../../runtime/retry';
import type { OutboxItems } from './outbox';
import type { OutboxPublisher } from './outbox-publisher';

export interface Swept {
  readonly found: number;
  readonly later: number;
  readonly never: number;
  readonly kept: number;
  /** Whether time was up before every shard was looked through. */
  readonly unfinished: boolean;
}

/** With less time than this no page is begun. */
const TIME_OF_A_PAGE_MS = 10_000;
/** The next sweep tries again, too. */
const OF_A_PAGE: Patience = { attempts: 4, firstWaitMs: 200, longestWaitMs: 2000 };

/**
 * Publishes every event that is older than a healthy stream would leave it, until nothing is left or the time is up.
 * Events that cannot be published are passed by; those behind them are not held up.
 */
export async function sweep(items: OutboxItems, publisher: OutboxPublisher, clock: Clock): Promise<Swept> {
  const before = new Date(clock.now().getTime() - OUTBOX.SWEEP_AFTER_MINUTES * 60_000);
  const shards = await inParallel(items.shards, items.shards.length, async (shard) => {
    const swept = { found: 0, later: 0, never: 0, kept: 0, unfinished: false };
    for await (const page of items.waiting(shard, before)) {
      if (remainingMs() < TIME_OF_A_PAGE_MS) return { ...swept, unfinished: true };
      const { later, never, kept } = await publisher.publish(page, OF_A_PAGE);
      swept.found += page.length;
      swept.later += later.length;
      swept.never += never.length;
      swept.kept += kept.length;
    }
    return swept;
  });
  const sum = (what: 'found' | 'later' | 'never' | 'kept') => shards.reduce((all, shard) => all + shard[what], 0);
  return {
    found: sum('found'),
    later: sum('later'),
    never: sum('never'),
    kept: sum('kept'),
    unfinished: shards.some(({ unfinished }) => unfinished),
  };
}
