import type { DynamoDb } from '../../src/runtime/aws/dynamodb';
import { AwsError } from '../../src/runtime/aws/error';
import type { Clock } from '../../src/runtime/clock';
import { Busy } from '../../src/runtime/refusal';
import { type Item, Table } from '../../src/runtime/table';

const clock: Clock = { now: () => new Date(0), sleep: async () => undefined, random: () => 0 };
const keyOf = (number: number) => ({ pk: `P#${number}`, sk: 'S' });

/** A database that does one thing at a time of what a call wants and leaves the rest, as a throttled one does. */
function stingy(atOnce: number) {
  const stored = new Map<string, Item>();
  let calls = 0;
  const db = {
    async batchWrite({ RequestItems }: { RequestItems: Record<string, { PutRequest: { Item: Item } }[]> }) {
      calls++;
      const wanted = RequestItems.table;
      for (const { PutRequest } of wanted.slice(0, atOnce)) stored.set(String(PutRequest.Item.pk), PutRequest.Item);
      return { UnprocessedItems: wanted.length > atOnce ? { table: wanted.slice(atOnce) } : {} };
    },
    async batchGet({ RequestItems }: { RequestItems: Record<string, { Keys: Item[] }> }) {
      calls++;
      const { Keys } = RequestItems.table;
      const found = Keys.slice(0, atOnce).flatMap(({ pk }) => stored.get(String(pk)) ?? []);
      const left = Keys.slice(atOnce);
      return { Responses: { table: found }, UnprocessedKeys: left.length > 0 ? { table: { Keys: left } } : {} };
    },
  } as unknown as DynamoDb;
  return { table: new Table(db, 'table', clock), stored, calls: () => calls };
}

/** A table whose every call fails. */
function failing(error: unknown): Table {
  const fail = async () => {
    throw error;
  };
  return new Table({ put: fail, transactWrite: fail, batchGet: fail } as unknown as DynamoDb, 'table', clock);
}

describe('batches', () => {
  test('are asked for until nothing is left', async () => {
    const { table, stored } = stingy(7);
    const items = Array.from({ length: 60 }, (_, number) => ({ ...keyOf(number), number }));
    await table.putAll(items);
    expect(stored.size).toBe(60);
    const found = await table.getAll([...items.keys()].map(keyOf));
    expect(found.map(({ number }) => number).sort()).toEqual(items.map(({ number }) => number).sort());
  });

  test('give up where nothing ever moves', async () => {
    const { table, calls } = stingy(0);
    await expect(table.getAll([keyOf(1)])).rejects.toThrow(Busy);
    expect(calls()).toBe(10);
  });

  test('of nothing cost nothing', async () => {
    const { table, calls } = stingy(0);
    expect(await table.getAll([])).toEqual([]);
    await table.putAll([]);
    expect(calls()).toBe(0);
  });

  test('wait while the table is throttled', async () => {
    const throttled = failing(new AwsError('ProvisionedThroughputExceededException', 'slow', { status: 400 }));
    await expect(throttled.getAll([keyOf(1)])).rejects.toThrow(Busy);
  });
});

test('a write whose condition did not hold tells what was there', async () => {
  const item = { ...keyOf(1), state: 'TAKEN' };
  const refusing = failing(new AwsError('ConditionalCheckFailedException', 'no', { status: 400, item }));
  expect(await refusing.put(item, { condition: 'attribute_not_exists(pk)' })).toEqual({ held: false, found: item });
});

test('a cancelled transaction tells for each write whether it was refused or may succeed later', async () => {
  const found = keyOf(2);
  const cancellationReasons = [
    { Code: 'None' },
    { Code: 'ConditionalCheckFailed', Item: found },
    { Code: 'TransactionConflict' },
  ];
  const cancelled = failing(new AwsError('TransactionCanceledException', 'no', { status: 400, cancellationReasons }));
  expect(await cancelled.transact([{ put: keyOf(1) }])).toEqual({
    done: false,
    reasons: [
      { refused: false, passing: false },
      { refused: true, passing: false, found },
      { refused: false, passing: true },
    ],
  });
});

test('any other error is thrown', async () => {
  const broken = failing(new AwsError('ValidationException', 'wrong', { status: 400 }));
  await expect(broken.put(keyOf(1))).rejects.toThrow('wrong');
  await expect(broken.transact([])).rejects.toThrow('wrong');
});

test('expressions that speak of nothing are left out, as DynamoDB refuses empty ones', async () => {
  const inputs: Item[] = [];
  const db = {
    query: async (input: Item) => {
      inputs.push(input);
      return {};
    },
  } as unknown as DynamoDb;
  const page = await new Table(db, 'table', clock).query({ where: 'pk = :pk', values: { ':pk': 'P' } });
  expect(page).toEqual({ items: [], next: undefined });
  expect(inputs[0].ExpressionAttributeNames).toBeUndefined();
});
