/**
 * Events as they are written to the outbox and read from a queue. Their types, versions and validators are generated
 * from the `events.yaml` files.
 */
import type { Validate } from './operation';
import { Refusal } from './refusal';
import { faultsOf } from './violations';

/** A generated constant such as `ORDER_PLACED`; `data` carries the type and is never there. */
export interface EventType<Data> {
  readonly type: string;
  readonly version: number;
  readonly data?: Data;
}

/** What happened in a context, to be told to others. */
export interface DomainEvent<Type extends string = string, Data = unknown> {
  /** Unique; the same change gives the same id, so that listeners can recognise a repetition. */
  readonly id: string;
  readonly type: Type;
  readonly version: number;
  /** ISO 8601 in UTC. */
  readonly time: string;
  readonly data: Data;
}

/** What stands in the `detail` of an event on the bus. */
export interface EventDetail<Data = unknown> {
  readonly id: string;
  readonly time: string;
  readonly schemaVersion: number;
  readonly data: Data;
}

/** One event type as a reader knows it. */
export interface EventReader<Data> {
  readonly version: number;
  readonly validate: Validate;
  readonly data?: Data;
}

/** Any of the events that a reader knows, told apart by their type. */
export type EventOf<Readers> = {
  [Type in keyof Readers & string]: Readers[Type] extends EventReader<infer Data> ? DomainEvent<Type, Data> : never;
}[keyof Readers & string];

/**
 * @param subject what it happened to, such as the id of an order; with the type it makes the event's id
 * @param time ISO 8601 in UTC, the same whenever the same change is told again
 */
export function domainEvent<Type extends EventType<unknown>>(
  { type, version }: Type,
  subject: string,
  time: string,
  data: Exclude<Type['data'], undefined>,
): DomainEvent<Type['type'], Exclude<Type['data'], undefined>> {
  return { id: `${type}:${subject}`, type, version, time, data };
}

export function detailOf({ id, time, version, data }: DomainEvent): EventDetail {
  return { id, time, schemaVersion: version, data };
}

/**
 * The event in a message that an EventBridge rule put into a queue.
 *
 * @param readers of the generated `<bundle>.events.generated` module
 * @throws Refusal `unreadable_event` that says what is wrong, without any of the event's data; no attempt to read it
 * again will help
 */
export function readEvent<const Readers extends Readonly<Record<string, EventReader<unknown>>>>(
  body: string,
  readers: Readers,
): EventOf<Readers> {
  const { 'detail-type': type, detail } = parse(body);
  const reader = typeof type === 'string' && Object.hasOwn(readers, type) ? readers[type] : undefined;
  if (!reader) throw unreadable(`This function reads ${Object.keys(readers).join(', ')}, not ${type}`);
  const { schemaVersion } = (detail ?? {}) as EventDetail;
  if (schemaVersion !== reader.version) {
    throw unreadable(`This function reads version ${reader.version} of ${type}, not ${schemaVersion}`);
  }
  if (!reader.validate(detail)) {
    const faults = faultsOf(reader.validate.errors).map(({ pointer, detail: what }) => `${pointer} ${what}`);
    throw unreadable(`This ${type} is not as its version ${schemaVersion} says: ${faults.join(', ')}`);
  }
  const { id, time, data } = detail as EventDetail;
  return { id, type, version: reader.version, time, data } as EventOf<Readers>;
}

function parse(body: string): { readonly 'detail-type'?: unknown; readonly detail?: unknown } {
  try {
    return JSON.parse(body) ?? {};
  } catch {
    throw unreadable('The message is no JSON');
  }
}

function unreadable(detail: string): Refusal {
  return new Refusal('unreadable_event', detail);
}
