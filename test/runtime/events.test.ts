import { CATALOG_PUBLISHED } from '../../src/catalog/events.generated';
import { events as mailEvents } from '../../src/notifications/functions/mail-worker.events.generated';
import { ORDER_PLACED } from '../../src/ordering/events.generated';
import { events as stockEvents } from '../../src/ordering/functions/stock-opener.events.generated';
import { type DomainEvent, domainEvent, type EventReader, readEvent } from '../../src/runtime/events';
import { outboxItem } from '../../src/runtime/outbox';
import { Refusal } from '../../src/runtime/refusal';
import { exampleOf, messageOf } from '../events';

const TIME = '2026-05-01T12:00:00.000Z';
const ORDER = exampleOf(ORDER_PLACED);
const placed = domainEvent(ORDER_PLACED, ORDER.orderId, ORDER.placedAt, ORDER);

function read(event: DomainEvent, change: (message: Record<string, unknown>) => unknown = (it) => it) {
  return readEvent(JSON.stringify(change(messageOf(event))), mailEvents);
}

function refusalOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof Refusal && error.code === 'unreadable_event') return error.detail;
    throw error;
  }
  throw new Error('Expected an event that cannot be read');
}

test('what a writer tells through the outbox, a reader reads', () => {
  const { eventType, detail } = outboxItem(placed);
  const body = JSON.stringify({ 'detail-type': eventType, detail: JSON.parse(detail as string) });
  expect(readEvent(body, mailEvents)).toEqual({
    id: `order.placed:${ORDER.orderId}`,
    type: 'order.placed',
    version: 1,
    time: ORDER.placedAt,
    data: ORDER,
  });
});

test.each<[DomainEvent, Readonly<Record<string, EventReader<unknown>>>]>([
  [placed, mailEvents],
  [domainEvent(CATALOG_PUBLISHED, 'a', TIME, exampleOf(CATALOG_PUBLISHED)), stockEvents],
])('the example of $type is read by who reads it', (event, readers) => {
  expect(readEvent(JSON.stringify(messageOf(event)), readers).data).toEqual(event.data);
});

test('members that a later writer adds are no fault', () => {
  const later = { ...placed, data: { ...ORDER, gift: true, address: { ...ORDER.address, floor: 3 } } };
  expect(read(later).data).toEqual(later.data);
});

test('another version is refused, and both are named', () => {
  expect(refusalOf(() => read({ ...placed, version: 2 }))).toBe('This function reads version 1 of order.placed, not 2');
});

test('another event is refused', () => {
  expect(refusalOf(() => read({ ...placed, type: 'order.paid' }))).toBe(
    'This function reads order.placed, not order.paid',
  );
  expect(refusalOf(() => read({ ...placed, type: 'toString' }))).toContain('not toString');
});

test('what is wrong is named, and nothing that is private', () => {
  const { email, ...contact } = ORDER.contact;
  const [line] = ORDER.lines;
  const data = { ...ORDER, contact, lines: [{ ...line, quantity: 'a secret' }] };
  const detail = refusalOf(() => read({ ...placed, data }));
  expect(detail).toContain('/data/contact/email is required');
  expect(detail).toContain('/data/lines/0/quantity must be an integer');
  for (const secret of ['a secret', contact.name, ORDER.orderId]) expect(detail).not.toContain(secret);
});

test.each([
  ['no JSON', '{"detail":'],
  ['null', 'null'],
  ['a text', '"detail"'],
  ['no detail', '{"detail-type":"order.placed"}'],
  ['a detail of null', '{"detail-type":"order.placed","detail":null}'],
])('a message with %s is refused', (_, body) => {
  expect(refusalOf(() => readEvent(body, mailEvents))).toBeTruthy();
});

test.each(['id', 'time', 'data'])('a detail without %s is refused', (name) => {
  const without = (message: Record<string, unknown>) => {
    const { [name]: _, ...detail } = message.detail as Record<string, unknown>;
    return { ...message, detail };
  };
  expect(refusalOf(() => read(placed, without))).toContain(`/${name} is required`);
});
