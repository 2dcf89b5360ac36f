import { type OutboxEvent, OutboxPublisher } from '../../src/building-blocks/adapters/outbox-publisher';
import type { EventBridge } from '../../src/runtime/aws/eventbridge';
import type { Key, Table } from '../../src/runtime/table';

const event = (id: number, bytes = 100): OutboxEvent => ({
  pk: 'OUTBOX#0',
  sk: `2026-05-01T12:00:00.000Z#${id}`,
  eventType: 'order.placed',
  detail: JSON.stringify({ id, filler: 'x'.repeat(bytes) }),
});

/** A bus that keeps to EventBridge's limits and refuses the events of some numbers, and a table. */
function publisherTo(refused: number[] = []) {
  const calls: number[][] = [];
  const removed: string[] = [];
  const bus: EventBridge = {
    putEvents: async ({ Entries }) => {
      const details = (Entries ?? []).map(({ Detail = '' }) => Detail);
      const bytes = details.reduce((sum, detail) => sum + Buffer.byteLength(detail), 0);
      if (details.length > 10 || bytes > 256 * 1024) throw new Error('ValidationException');
      const ids = details.map((detail) => JSON.parse(detail).id as number);
      calls.push(ids);
      return {
        FailedEntryCount: refused.length,
        Entries: ids.map((id) => (refused.includes(id) ? { ErrorCode: 'ThrottlingException' } : {})),
      };
    },
  };
  const table = { remove: async ({ sk }: Key) => void removed.push(sk) };
  const publisher = new OutboxPublisher(table as unknown as Table, bus, {
    resource: 'shop',
    bus: 'bus',
    source: 'source',
  });
  return { publisher, calls, removed };
}

const numbers = (count: number) => Array.from({ length: count }, (_, number) => number);

test('events go to the bus in their order, ten in a call, and their items go away', async () => {
  const { publisher, calls, removed } = publisherTo();
  const events = numbers(23).map((number) => event(number));
  expect(await publisher.publish(events)).toEqual([]);
  expect(calls.map((ids) => ids.length)).toEqual([10, 10, 3]);
  expect(calls.flat()).toEqual(numbers(23));
  expect(removed.sort()).toEqual(events.map(({ sk }) => sk).sort());
});

test('large events do not hinder each other', async () => {
  const { publisher, calls } = publisherTo();
  const events = numbers(12).map((number) => event(number, number % 2 ? 100 : 90_000));
  expect(await publisher.publish(events)).toEqual([]);
  expect(calls.flat()).toEqual(numbers(12));
});

test('what the bus refuses is kept and told', async () => {
  const { publisher, removed } = publisherTo([1]);
  const events = numbers(3).map((number) => event(number));
  expect(await publisher.publish(events)).toEqual([events[1]]);
  expect(removed.sort()).toEqual([events[0].sk, events[2].sk]);
});
