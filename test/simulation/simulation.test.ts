/** The simulation itself: what is shown with it holds no more than it does. */

import { itemSize } from './item-size';
import { isLinearizable, type Model, type Operation } from './linearizability';
import { MemoryDynamoDb } from './memory-dynamo';
import { Killed, networkOf, weather } from './network';
import { seeded } from './random';
import { SimulatedTime } from './simulated-time';

const TableName = 'table';
const Key = { pk: 'a', sk: 'b' };

describe('the table in memory', () => {
  test('a condition that does not hold changes nothing, and tells what is there', async () => {
    const db = new MemoryDynamoDb();
    await db.put({ TableName, Item: { ...Key, version: 1, lines: [{ sku: 'x' }] } });
    const put = db.put({
      TableName,
      Item: { ...Key, version: 3 },
      ConditionExpression: 'attribute_exists(pk) AND (#v = :two OR NOT #v < :five)',
      ExpressionAttributeNames: { '#v': 'version' },
      ExpressionAttributeValues: { ':two': 2, ':five': 5 },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    await expect(put).rejects.toMatchObject({
      name: 'ConditionalCheckFailedException',
      item: { version: 1, lines: [{ sku: 'x' }] },
    });
    expect(db.table(TableName).get(Key)).toMatchObject({ version: 1 });
  });

  test('an update sets, adds up and removes, and makes the item when there is none', async () => {
    const db = new MemoryDynamoDb();
    const update = (UpdateExpression: string, ExpressionAttributeValues: Record<string, unknown> | undefined) =>
      db.update({ TableName, Key, UpdateExpression, ExpressionAttributeValues, ReturnValues: 'ALL_NEW' });
    await update('SET available = :n, note = if_not_exists(note, :none)', { ':n': 5, ':none': 'none' });
    expect(await update('SET available = available - :n REMOVE note', { ':n': 2 })).toEqual({
      Attributes: { ...Key, available: 3 },
    });
  });

  test('a transaction is all or nothing, says of each write why, and counts once however often it is sent', async () => {
    const db = new MemoryDynamoDb();
    await db.put({ TableName, Item: { ...Key, available: 1 } });
    const take = (quantity: number) => ({
      ClientRequestToken: `take ${quantity}`,
      TransactItems: [
        { Put: { TableName, Item: { pk: `order ${quantity}`, sk: 'b' } } },
        {
          Update: {
            TableName,
            Key,
            UpdateExpression: 'SET available = available - :q',
            ConditionExpression: 'available >= :q',
            ExpressionAttributeValues: { ':q': quantity },
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
          },
        },
      ],
    });
    await expect(db.transactWrite(take(2))).rejects.toMatchObject({
      cancellationReasons: [{ Code: 'None' }, { Code: 'ConditionalCheckFailed', Item: { available: 1 } }],
    });
    await db.transactWrite(take(1));
    await db.transactWrite(take(1));
    expect(db.table(TableName).items()).toEqual([
      { ...Key, available: 0 },
      { pk: 'order 1', sk: 'b' },
    ]);
  });

  test('what DynamoDB refuses is refused', async () => {
    const db = new MemoryDynamoDb();
    const put = (Item: Record<string, unknown>, rest = {}) => db.put({ TableName, Item, ...rest });
    await expect(put({ pk: 'a' })).rejects.toThrow();
    await expect(put({ ...Key, gsi1pk: 1, gsi1sk: 'x' })).rejects.toThrow('GSI1');
    await expect(put({ ...Key, text: 'x'.repeat(400 * 1024) })).rejects.toThrow('maximum');
    await expect(put(Key, { ConditionExpression: 'state = :open' })).rejects.toThrow('reserved');
    await expect(put(Key, { ConditionExpression: '#a = :b' })).rejects.toThrow('#a');
    await expect(put(Key, { ExpressionAttributeValues: { ':unused': 1 } })).rejects.toThrow(':unused');
    const Put = { TableName, Item: Key };
    await expect(db.transactWrite({ TransactItems: [{ Put }, { Put }] })).rejects.toThrow('twice');
    const many = Array.from({ length: 101 }, (_, index) => ({ Put: { TableName, Item: { pk: `${index}`, sk: 'b' } } }));
    await expect(db.transactWrite({ TransactItems: many })).rejects.toThrow('100');
  });

  test('an index has the items with its keys, and of them what it projects, page by page', async () => {
    const db = new MemoryDynamoDb();
    for (const n of [3, 1, 2]) {
      const keys = { gsi1pk: 'all', gsi1sk: `${n}`, gsi3pk: 'n', gsi3sk: `${n}` };
      await db.put({ TableName, Item: { pk: `${n}`, sk: 'b', ...keys, listed: { n }, whole: true } });
    }
    await db.put({ TableName, Item: { pk: '4', sk: 'b' } });
    const query = (IndexName: string, prefix: string, rest = {}) =>
      db.query({
        TableName,
        IndexName,
        KeyConditionExpression: `${prefix}pk = :all`,
        ExpressionAttributeValues: { ':all': prefix === 'gsi1' ? 'all' : 'n' },
        ...rest,
      });
    const first = await query('GSI1', 'gsi1', { Limit: 2, ScanIndexForward: false });
    expect(first.Items).toEqual([
      { pk: '3', sk: 'b', gsi1pk: 'all', gsi1sk: '3', listed: { n: 3 } },
      { pk: '2', sk: 'b', gsi1pk: 'all', gsi1sk: '2', listed: { n: 2 } },
    ]);
    const rest = await query('GSI1', 'gsi1', { ScanIndexForward: false, ExclusiveStartKey: first.LastEvaluatedKey });
    expect(rest.Items?.map(({ pk }) => pk)).toEqual(['1']);
    expect((await query('GSI3', 'gsi3')).Items).toHaveLength(3);
    expect((await query('GSI3', 'gsi3')).Items?.[0]).not.toHaveProperty('listed');
  });

  test('write units are those of the item, of each index that has it, and twice in a transaction', async () => {
    const db = new MemoryDynamoDb();
    const spent = async (write: () => Promise<unknown>) => {
      const before = db.writeUnits;
      await write();
      return db.writeUnits - before;
    };
    const item = { ...Key, text: 'x'.repeat(1500) };
    const listed = { ...item, gsi1pk: 'all', gsi1sk: '1', listed: { n: 1 } };
    expect(await spent(() => db.put({ TableName, Item: item }))).toBe(2);
    expect(await spent(() => db.transactWrite({ TransactItems: [{ Put: { TableName, Item: listed } }] }))).toBe(5);
    expect(await spent(() => db.put({ TableName, Item: { ...listed, text: 'y' } }))).toBe(2);
    expect(await spent(() => db.put({ TableName, Item: { ...listed, gsi1sk: '2' } }))).toBe(4);
    expect(await spent(() => db.delete({ TableName, Key }))).toBe(3);
    expect(itemSize({ pk: 'ä', n: 1234, list: [true, null], map: { a: '' } })).toBe(
      2 + 2 + (1 + 3) + (4 + 7) + (3 + 5),
    );
  });
});

describe('the network', () => {
  const counter = async (likelihood: Parameters<typeof weather>[1], seed: number) => {
    const time = new SimulatedTime(seeded(seed));
    const db = new MemoryDynamoDb(networkOf(time, weather(time.random, likelihood)));
    const add = () =>
      db.update({
        TableName,
        Key,
        UpdateExpression: 'ADD hits :one',
        ExpressionAttributeValues: { ':one': 1 },
      });
    const outcomes = await time.run(() => Promise.allSettled(Array.from({ length: 200 }, add)));
    await time.run(() => time.sleep(60_000));
    const told = outcomes.filter(({ status }) => status === 'fulfilled').length;
    const died = outcomes.filter((outcome) => outcome.status === 'rejected' && outcome.reason instanceof Killed).length;
    return { told, died, hits: Number(db.table(TableName).get(Key)?.hits ?? 0), ended: time.now().toISOString() };
  };

  test('a repetition whose first reply was lost takes effect twice', async () => {
    const { told, hits } = await counter({ 'reply lost': 0.2, late: 0.2 }, 1);
    expect(hits).toBeGreaterThan(told);
  });

  test('what never arrives, or is throttled, takes no effect', async () => {
    const { told, hits } = await counter({ 'request lost': 0.4, throttle: 0.2 }, 2);
    expect(told).toBeLessThan(200);
    expect(hits).toBe(told);
  });

  test('who is killed hears nothing, whether the call took effect or not', async () => {
    const { told, died, hits } = await counter({ 'killed before': 0.2, 'killed after': 0.2 }, 3);
    expect(told + died).toBe(200);
    expect(hits).toBeGreaterThan(told);
    expect(hits).toBeLessThan(200);
  });

  test('the same seed is the same run', async () => {
    const faults = { 'reply lost': 0.1, late: 0.1, throttle: 0.1 };
    expect(await counter(faults, 7)).toEqual(await counter(faults, 7));
    expect(await counter(faults, 7)).not.toEqual(await counter(faults, 8));
  });
});

describe('linearizability', () => {
  type Request = { readonly write: number } | 'read';
  const register: Model<number, Request, number> = {
    initial: 0,
    textOf: String,
    next: (state, request, reply) => {
      if (request !== 'read') return request.write;
      return reply === undefined || reply === state ? state : undefined;
    },
  };
  const operation = (
    request: Request,
    called: number,
    returned: number,
    reply?: number,
  ): Operation<Request, number> => ({
    request,
    called,
    returned,
    reply,
  });

  test.each([
    ['one after the other', [operation({ write: 1 }, 0, 1, 0), operation('read', 2, 3, 1)], true],
    ['a read of what was overwritten', [operation({ write: 1 }, 0, 1, 0), operation('read', 2, 3, 0)], false],
    ['a read beside a write', [operation({ write: 1 }, 0, 3, 0), operation('read', 1, 2, 0)], true],
    [
      'two reads that go back',
      [operation({ write: 1 }, 0, 5, 0), operation('read', 1, 2, 1), operation('read', 3, 4, 0)],
      false,
    ],
    ['an answer that was lost, with effect', [operation({ write: 1 }, 0, 1), operation('read', 2, 3, 1)], true],
    ['an answer that was lost, without', [operation({ write: 1 }, 0, 1), operation('read', 2, 3, 0)], true],
    [
      'a write that comes back over a later one',
      [
        operation({ write: 11 }, 0, 5, 0),
        operation('read', 1, 2, 11),
        operation({ write: 12 }, 3, 4, 0),
        operation('read', 6, 7, 11),
      ],
      false,
    ],
  ])('%s', (_, history, expected) => {
    expect(isLinearizable(register, history)).toBe(expected);
  });
});
