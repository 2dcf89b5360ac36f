import * as path from 'node:path';
import { readEvents } from '../scripts/events/document';
import { type DomainEvent, detailOf, type EventType } from '../src/runtime/events';

let examples: Map<string, unknown> | undefined;

/** The data that `events.yaml` gives as an example of an event, with other members where a test wants them. */
export function exampleOf<Type extends EventType<unknown>>(
  { type }: Type,
  members: Partial<Exclude<Type['data'], undefined>> = {},
): Exclude<Type['data'], undefined> {
  examples ??= new Map(readEvents(path.resolve(__dirname, '..')).events.map((it) => [it.type, it.example]));
  return Object.assign(structuredClone(examples.get(type)) as object, members) as Exclude<Type['data'], undefined>;
}

/** What a rule of the bus puts into a queue. */
export function messageOf(event: DomainEvent) {
  return { version: '0', 'detail-type': event.type, source: 'test', resources: [], detail: detailOf(event) };
}
