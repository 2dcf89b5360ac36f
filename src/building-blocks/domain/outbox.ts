/** An event that waits in its context's table to be told. */
export interface OutboxEvent {
  readonly pk: string;
  readonly sk: string;
  readonly eventType: string;
  readonly detail: string;
}

/** What became of one event: published, to be tried again, or never to be taken by the bus. */
export type Outcome = 'published' | 'later' | 'never';

/** Where events are told. */
export interface Bus {
  /** The events in their order, as many together as one call takes. */
  batchesOf<Event extends OutboxEvent>(events: readonly Event[]): Event[][];
  /**
   * One call; what became of each event, in their order.
   *
   * @throws when the reason lies with none of the events, and is not passing
   */
  publish(batch: readonly OutboxEvent[]): Promise<Outcome[]>;
}

/** Where events wait. */
export interface OutboxItems {
  readonly shards: readonly string[];
  /** Events of a shard that were written before a time, page by page, oldest first. */
  waiting(shard: string, before: Date): AsyncIterable<readonly OutboxEvent[]>;
  remove(event: OutboxEvent): Promise<void>;
}
