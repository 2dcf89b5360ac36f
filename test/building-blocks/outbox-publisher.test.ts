import { EventBridgeBus } from '../../src/building-blocks/adapters/event-bridge-bus';
import { OutboxTable } from '../../src/building-blocks/adapters/outbox-table';
import type { OutboxEvent } from '../../src/building-blocks/domain/outbox';
import { OutboxPublisher } from '../../src/building-blocks/domain/outbox-publisher';
import { sweep } from '../../src/building-blocks/domain/outbox-sweeper';
import { AwsError } from '../../src/runtime/aws/error';
import type { EventBridge } from '../../src/runtime/aws/eventbridge';
import { withBudget } from '../../src/runtime/budget';
import type { Patience } from '../../src/runtime/retry';
import { Table } from '../../src/runtime/table';
import { MemoryDynamoDb } from '../simulation/memory-dynamo';
import { networkOf, type Weather, weather } from '../simulation/network';
import { seeded } from '../simulation/random';
import { SimulatedTime } from '../simulation/simulated-time';

const MINUTES = 60_000;
const PATIENCE: Patience = { attempts: 20, firstWaitMs: 100, longestWaitMs: 4000 };

/** What the bus answers to an event the so-many-th time that it is asked to take it; undefined takes it. */
type Answer = (number: number, times: number) => string | undefined;

interface Surroundings {
  readonly answer?: Answer;
  readonly minutesOld?: number;
  readonly its?: Weather;
  readonly time?: SimulatedTime;
}

const numbers = (count: number) => Array.from({ length: count }, (_, number) => number);
const numberOf = ({ detail }: { detail: string }): number => JSON.parse(detail).number;

/** An outbox with events of these sizes and age, and a bus that keeps to EventBridge's limits. */
function outboxOf(
  sizes: readonly number[],
  { answer = () => undefined, minutesOld = 10, ...surroundings }: Surroundings = {},
) {
  const { time = new SimulatedTime(), its } = surroundings;
  const database = new MemoryDynamoDb(its && networkOf(time, its));
  const calls: number[][] = [];
  const asked = new Map<number, number>();
  const published: number[] = [];
  const client: EventBridge = {
    putEvents: async ({ Entries = [] }) => {
      await time.sleep(20);
      const details = Entries.map(({ Detail = '' }) => Detail);
      const bytes = details.reduce((sum, detail) => sum + Buffer.byteLength(detail), 0);
      if (details.length > 10 || bytes > 256 * 1024) throw new AwsError('ValidationException', '', { status: 400 });
      const ids = details.map((detail) => numberOf({ detail }));
      calls.push(ids);
      const answers = ids.map((id) => {
        asked.set(id, (asked.get(id) ?? 0) + 1);
        const ErrorCode = answer(id, asked.get(id) as number);
        if (!ErrorCode) published.push(id);
        return { ErrorCode };
      });
      const failure = answers.find(({ ErrorCode }) => ErrorCode?.startsWith('call '))?.ErrorCode;
      if (failure) throw new AwsError(failure.slice('call '.length), '', { status: 500 });
      return { FailedEntryCount: 0, Entries: answers };
    },
  };
  const start = time.now();
  const written = new Date(start.getTime() - minutesOld * MINUTES).toISOString();
  const events: OutboxEvent[] = sizes.map((size, number) => ({
    pk: `OUTBOX#${number % 8}`,
    sk: `${written}#${String(number).padStart(6, '0')}`,
    eventType: 'order.placed',
    detail: JSON.stringify({ number, filler: 'x'.repeat(size) }),
  }));
  const stored = database.table('orders');
  for (const event of events) stored.replace(event as never, { ...event });
  const items = new OutboxTable(new Table(database, 'orders', time));
  const bus = new EventBridgeBus(client, { bus: 'bus', source: 'source', resource: 'shop' });
  const publisher = new OutboxPublisher(bus, items, time);
  return {
    calls,
    published,
    asked,
    left: () => stored.items().map((item) => numberOf(item as { detail: string })),
    seconds: () => (time.now().getTime() - start.getTime()) / 1000,
    publish: async () => {
      const { later, never, kept } = await time.run(() => publisher.publish(events, PATIENCE));
      return { later: later.map(numberOf), never: never.map(numberOf), kept: kept.map(numberOf) };
    },
    sweep: () => time.run(() => sweep(items, publisher, time)),
  };
}

const all = (count: number, size = 100) => numbers(count).map(() => size);
const NOTHING = { later: [], never: [], kept: [] };

describe('publishing', () => {
  test('events go to the bus in their order, ten in a call, and their items go away', async () => {
    const { publish, calls, left } = outboxOf(all(23));
    expect(await publish()).toEqual(NOTHING);
    expect(calls.map((ids) => ids.length)).toEqual([10, 10, 3]);
    expect(calls.flat()).toEqual(numbers(23));
    expect(left()).toEqual([]);
  });

  test('large events do not hinder each other', async () => {
    const { publish, calls } = outboxOf(numbers(12).map((number) => (number % 2 ? 100 : 90_000)));
    expect(await publish()).toEqual(NOTHING);
    expect(calls.flat()).toEqual(numbers(12));
  });

  test('what is throttled has its turn again after all others, and alone', async () => {
    const answer: Answer = (number, times) => (number === 1 && times < 4 ? 'ThrottlingException' : undefined);
    const { publish, calls, left } = outboxOf(all(23), { answer });
    expect(await publish()).toEqual(NOTHING);
    expect(calls.map((ids) => ids.length)).toEqual([10, 10, 3, 1, 1, 1]);
    expect(left()).toEqual([]);
  });

  test('what stays throttled is kept and told, and nothing else is', async () => {
    const { publish, left } = outboxOf(all(23), {
      answer: (number) => (number === 1 ? 'ThrottlingException' : undefined),
    });
    expect(await publish()).toEqual({ ...NOTHING, later: [1] });
    expect(left()).toEqual([1]);
  });

  test('what the bus will never take is asked for once', async () => {
    const { publish, left, asked } = outboxOf(all(3), {
      answer: (number) => (number === 1 ? 'NotAuthorizedForSourceException' : undefined),
    });
    expect(await publish()).toEqual({ ...NOTHING, never: [1] });
    expect(left()).toEqual([1]);
    expect(asked.get(1)).toBe(1);
  });

  test('an event for which the bus refuses a whole call does not hold up those beside it', async () => {
    const { publish, left } = outboxOf([100, 300_000, 100]);
    expect(await publish()).toEqual({ ...NOTHING, never: [1] });
    expect(left()).toEqual([1]);
  });

  test('a call whose reply is lost publishes again rather than not at all', async () => {
    const answer: Answer = (number, times) => (number === 5 && times === 1 ? 'call InternalFailure' : undefined);
    const { publish, published, left } = outboxOf(all(10), { answer });
    expect(await publish()).toEqual(NOTHING);
    expect([...new Set(published)].sort((a, b) => a - b)).toEqual(numbers(10));
    expect(left()).toEqual([]);
  });

  test('an item that cannot be removed does not make its batch come again', async () => {
    let deletes = 0;
    const its: Weather = {
      attempts: 3,
      fault: (operation) => (operation === 'DeleteItem' && ++deletes <= 3 ? 'throttle' : undefined),
    };
    const { publish, published } = outboxOf(all(1), { its });
    expect(await publish()).toEqual({ ...NOTHING, kept: [0] });
    expect(published).toEqual([0]);
  });

  test('ends within its budget, with what is left', async () => {
    const { publish, left } = outboxOf(all(30), { answer: () => 'ThrottlingException' });
    const { later } = await withBudget({ milliseconds: 30_000, retries: 3 }, publish);
    expect(later).toEqual(numbers(30));
    expect(left()).toHaveLength(30);
  });
});

describe('sweeping', () => {
  test('goes on until nothing is left', async () => {
    const { sweep, left, published, seconds } = outboxOf(all(3000));
    expect(await sweep()).toEqual({ found: 3000, later: 0, never: 0, kept: 0, unfinished: false });
    expect(left()).toEqual([]);
    expect(published).toHaveLength(3000);
    expect(seconds()).toBeLessThan(30);
  });

  test('what cannot be published holds up nothing behind it', async () => {
    const broken = (number: number) => number < 300;
    const { sweep, left } = outboxOf(all(1200), {
      answer: (number) => (broken(number) ? (number % 2 ? 'ThrottlingException' : 'InvalidArgument') : undefined),
    });
    expect(await sweep()).toEqual({ found: 1200, later: 150, never: 150, kept: 0, unfinished: false });
    expect(left().sort((a, b) => a - b)).toEqual(numbers(300));
  });

  test('ends when its time is up, and says so', async () => {
    const { sweep, left } = outboxOf(all(900));
    const swept = await withBudget({ milliseconds: 5000, retries: 100 }, sweep);
    expect(swept).toMatchObject({ found: 0, unfinished: true });
    expect(left()).toHaveLength(900);
  });

  test('leaves alone what a healthy stream is about to publish', async () => {
    const young = outboxOf(all(5), { minutesOld: 1.9 });
    expect((await young.sweep()).found).toBe(0);
    expect(young.left()).toHaveLength(5);
    expect((await outboxOf(all(5), { minutesOld: 2.1 }).sweep()).found).toBe(5);
  });

  test.each(numbers(30))(
    'in any weather, each event is told, and nothing is left in the end (seed %i)',
    async (seed) => {
      const random = seeded(seed);
      const time = new SimulatedTime(random);
      const its = weather(random, { 'reply lost': 0.1, 'request lost': 0.1, throttle: 0.1, slow: 0.05 });
      const answer: Answer = () =>
        random() < 0.2
          ? ['ThrottlingException', 'InternalFailure', 'call InternalFailure'][Math.floor(random() * 3)]
          : undefined;
      const { sweep, left, published } = outboxOf(all(60), { its, time, answer });
      for (let sweeps = 0; left().length > 0 && sweeps < 20; sweeps++) await sweep().catch(() => undefined);
      expect(left()).toEqual([]);
      expect([...new Set(published)].sort((a, b) => a - b)).toEqual(numbers(60));
    },
  );
});
