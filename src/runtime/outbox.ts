import { createHash } from 'node:crypto';
import { OUTBOX } from './contract';
import { type DomainEvent, detailOf } from './events';

/**
 * The item that carries an event in the same transaction as the change it tells of.
 * The stream's reader publishes and then deletes it; an item that is still there was not published.
 */
export function outboxItem(event: DomainEvent): Record<string, unknown> {
  return {
    pk: `${OUTBOX.PREFIX}${shardOf(event.id)}`,
    sk: `${event.time}#${event.id}`,
    kind: 'EVENT',
    schemaVersion: 1,
    eventType: event.type,
    detail: JSON.stringify(detailOf(event)),
  };
}

function shardOf(id: string): number {
  return createHash('sha256').update(id).digest()[0] % OUTBOX.SHARDS;
}
