import { createHash } from 'node:crypto';
import { OUTBOX } from '../building-blocks/contract';

/** What happened in a context, to be told to others. */
export interface DomainEvent {
  /** Unique; the same change gives the same id, so that listeners can recognise a repetition. */
  readonly id: string;
  readonly type: string;
  /** ISO 8601 in UTC. */
  readonly time: string;
  readonly data: unknown;
}

/** The detail of an event on the bus. */
export interface EventDetail<Data = unknown> {
  readonly id: string;
  readonly time: string;
  readonly schemaVersion: number;
  readonly data: Data;
}

/**
 * The item that carries an event in the same transaction as the change it tells of.
 * The stream's reader publishes and then deletes it; an item that is still there was not published.
 */
export function outboxItem(event: DomainEvent): Record<string, unknown> {
  const detail: EventDetail = { id: event.id, time: event.time, schemaVersion: 1, data: event.data };
  return {
    pk: `${OUTBOX.PREFIX}${shardOf(event.id)}`,
    sk: `${event.time}#${event.id}`,
    schemaVersion: 1,
    eventType: event.type,
    detail: JSON.stringify(detail),
  };
}

function shardOf(id: string): number {
  return createHash('sha256').update(id).digest()[0] % OUTBOX.SHARDS;
}
