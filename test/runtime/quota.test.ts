import { Quota } from '../../src/runtime/quota';
import { Table } from '../../src/runtime/table';
import { timedOut } from '../simulation/dynamo-errors';
import { MemoryDynamoDb, type Network } from '../simulation/memory-dynamo';

const NOON = new Date('2026-05-01T12:00:00Z');
const after = (seconds: number) => new Date(NOON.getTime() + seconds * 1000);

function quotaOf(most: number, network?: Network) {
  const clock = { now: () => NOON, sleep: async () => undefined, random: () => 0 };
  const db = new MemoryDynamoDb(network ?? (async (_, apply) => apply()));
  const quota = new Quota(new Table(db, 'table', clock), 'CALLER#', { most, seconds: 3600 });
  const takes = async (whats: readonly string[], forWhom = 'ada', now = NOON) => {
    const outcomes = [];
    for (const what of whats) outcomes.push((await quota.take(forWhom, what, now)).taken);
    return outcomes;
  };
  return { quota, takes, items: () => db.table('table').items() };
}

test('so many are allowed and no more, until the span of time is over', async () => {
  const { quota, takes } = quotaOf(2);
  expect(await takes(['a', 'b', 'c'])).toEqual([true, true, false]);
  expect(await quota.take('ada', 'c', after(600))).toEqual({ taken: false, retryAfter: 3000 });
  expect(await takes(['c'], 'ada', after(3599))).toEqual([false]);
  expect(await takes(['c'], 'ada', after(3600))).toEqual([true]);
});

test('others have their own', async () => {
  const { takes } = quotaOf(1);
  expect(await takes(['a', 'b'])).toEqual([true, false]);
  expect(await takes(['b', 'c'], 'grace')).toEqual([true, false]);
});

test('the same thing counts once, however often it is asked for, and also when there is no more', async () => {
  const { takes } = quotaOf(2);
  expect(await takes(['a', 'a', 'a', 'b', 'c', 'a', 'b'])).toEqual([true, true, true, true, false, true, true]);
});

test('many at one moment are not more than are allowed', async () => {
  const { quota } = quotaOf(3);
  const taken = await Promise.all(Array.from({ length: 20 }, (_, what) => quota.take('ada', String(what), NOON)));
  expect(taken.filter((it) => it.taken)).toHaveLength(3);
});

test('a reply that was lost does not count a second time', async () => {
  let lost = 1;
  const { takes, quota } = quotaOf(2, async (_, apply) => {
    const reply = apply();
    if (lost-- > 0) throw timedOut();
    return reply;
  });
  await expect(quota.take('ada', 'a', NOON)).rejects.toThrow();
  expect(await takes(['a', 'b', 'c'])).toEqual([true, true, false]);
});

test('what is stored tells neither who nor what, and goes by itself', async () => {
  const { takes, items } = quotaOf(2);
  await takes(['order-of-ada'], '203.0.113.9');
  expect(items()).toEqual([
    {
      pk: expect.stringMatching(/^CALLER#[\w-]{22}$/),
      sk: String(NOON.getTime() / 3_600_000),
      kind: 'QUOTA',
      taken: [expect.stringMatching(/^[\w-]{8}$/)],
      ttl: NOON.getTime() / 1000 + 3600 + 86_400,
    },
  ]);
});
