import { remainingMs } from '../../runtime/budget';
import type { Clock } from '../../runtime/clock';
import { inParallel } from '../../runtime/parallel';
import { Busy } from '../../runtime/refusal';
import { AGAIN, type Patience, retry } from '../../runtime/retry';
import type { Bus, OutboxEvent, OutboxItems } from './outbox';

/** Events that are still to be published, and those whose items could not be removed: these are published again. */
export interface Unpublished<Event extends OutboxEvent> {
  /** What the bus may take another time. */
  readonly later: readonly Event[];
  /** What it will never take as it is. */
  readonly never: readonly Event[];
  readonly kept: readonly Event[];
}

const REMOVED_AT_ONCE = 10;

/**
 * Publishes events, then removes their items. A crash between the two publishes again: listeners get every event at
 * least once, with the same id.
 */
export class OutboxPublisher {
  constructor(
    private readonly bus: Bus,
    private readonly items: Pick<OutboxItems, 'remove'>,
    private readonly clock: Clock,
  ) {}

  /**
   * Publishes events in their order. What the bus refuses is tried again after all others had their turn, as long as
   * patience and the budget of the invocation last; it holds up nobody.
   */
  async publish<Event extends OutboxEvent>(events: readonly Event[], patience: Patience): Promise<Unpublished<Event>> {
    const never: Event[] = [];
    const kept: Event[] = [];
    let later: readonly Event[] = events;
    const round = async () => {
      const again: Event[] = [];
      for (const batch of this.bus.batchesOf(later)) {
        const outcomes = remainingMs() > 0 ? await this.bus.publish(batch) : [];
        const withOutcome = (wanted: string) => batch.filter((_, index) => (outcomes[index] ?? 'later') === wanted);
        again.push(...withOutcome('later'));
        never.push(...withOutcome('never'));
        kept.push(...(await this.remove(withOutcome('published'))));
      }
      later = again;
      return later.length > 0 ? AGAIN : undefined;
    };
    try {
      await retry(this.clock, round, patience);
    } catch (error) {
      if (!(error instanceof Busy)) throw error;
    }
    return { later, never, kept };
  }

  /** Returns the events whose items are still there. */
  private async remove<Event extends OutboxEvent>(published: readonly Event[]): Promise<Event[]> {
    const removed = await inParallel(published, REMOVED_AT_ONCE, (event) =>
      this.items.remove(event).then(
        () => true,
        () => false,
      ),
    );
    return published.filter((_, index) => !removed[index]);
  }
}
