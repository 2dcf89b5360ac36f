import { oneOf, type Random, seeded, whole } from '../../simulation/random';
import { useAwsEnvironment } from './environment';
import { ScriptedServer } from './scripted-server';
import { ours, outcomeOf, type Side, sdk } from './sides';

let server: ScriptedServer;
beforeAll(async () => {
  server = await ScriptedServer.start();
});
afterAll(() => server.stop());

useAwsEnvironment(() => ({
  AWS_ENDPOINT_URL: server.url,
  AWS_REGION: 'eu-west-1',
  AWS_ACCESS_KEY_ID: 'id',
  AWS_SECRET_ACCESS_KEY: 'secret',
}));

const RUNS = 150;

describe('items', () => {
  test('are sent as the document client sends them, whatever they hold', async () => {
    const random = seeded(20261121);
    for (let run = 0; run < RUNS; run++) {
      const item = { pk: 'a', ...someMap(random, 3) };
      const sent = [];
      for (const side of [ours(), sdk()]) {
        server.play({});
        await side.dynamoDb().put({ TableName: 't', Item: item });
        sent.push(JSON.parse(server.received[0].body.toString()));
      }
      expect(sent[0]).toEqual(sent[1]);
    }
  });

  test('come back as they were sent', async () => {
    const random = seeded(42);
    for (let run = 0; run < RUNS; run++) {
      server.play({});
      await ours()
        .dynamoDb()
        .put({ TableName: 't', Item: { pk: 'a', ...someMap(random, 3) } });
      const { Item } = JSON.parse(server.received[0].body.toString());
      server.play({ body: JSON.stringify({ Item }) });
      const results = [await read(ours()), await read(sdk())];
      expect(results[0]).toEqual(results[1]);
      // Once read, nothing changes any more.
      server.play({});
      await ours()
        .dynamoDb()
        .put({ TableName: 't', Item: (results[0] as { result: { Item: object } }).result.Item as never });
      expect(JSON.parse(server.received[0].body.toString()).Item).toEqual(Item);
    }
  });

  test.each<[string, unknown]>([
    ['a number beyond what JavaScript counts exactly', Number.MAX_SAFE_INTEGER + 2],
    ['infinity', Number.POSITIVE_INFINITY],
    ['an empty set', new Set()],
    ['a set of different kinds', new Set([1, 'a'])],
    ['a date', new Date(0)],
    ['an instance of a class', new (class Price {})()],
  ])('are refused as there with %s', async (_, value) => {
    server.play({});
    for (const item of [{ value }, { nested: { list: [value] } }]) {
      const refusals = await Promise.all(
        [ours(), sdk()].map((side) =>
          side
            .dynamoDb()
            .put({ TableName: 't', Item: { pk: 'a', ...item } })
            .then(
              () => 'sent',
              (error) => error.message,
            ),
        ),
      );
      expect(refusals[0]).toBe(refusals[1]);
    }
  });
});

describe('answers', () => {
  const A = { pk: { S: 'a' }, B: { B: 'AP8=' }, BS: { BS: ['AQ==', 'Ag=='] }, n: { N: '-1.5e3' } };
  test.each<[string, object, (side: Side) => Promise<unknown>]>([
    ['of an update', { Attributes: A }, ({ dynamoDb }) => dynamoDb().update({ TableName: 't', Key: { pk: 'a' } })],
    [
      'of a page',
      { Items: [A, A], LastEvaluatedKey: A, Count: 2 },
      ({ dynamoDb }) => dynamoDb().query({ TableName: 't' }),
    ],
    [
      'of a batch of reads',
      {
        Responses: { t: [A], B: [A] },
        UnprocessedKeys: { t: { Keys: [A], ExpressionAttributeNames: { '#B': 'B' } } },
        ConsumedCapacity: [{ TableName: 't', CapacityUnits: 2 }],
      },
      ({ dynamoDb }) => dynamoDb().batchGet({ RequestItems: { t: { Keys: [{ pk: 'a' }] } } }),
    ],
    [
      'of a batch of writes',
      {
        UnprocessedItems: { t: [{ PutRequest: { Item: A } }, { DeleteRequest: { Key: A } }] },
        ItemCollectionMetrics: { t: [{ ItemCollectionKey: A, SizeEstimateRangeGB: [0, 1] }] },
      },
      ({ dynamoDb }) => dynamoDb().batchWrite({ RequestItems: { t: [{ DeleteRequest: { Key: { pk: 'a' } } }] } }),
    ],
    [
      'of a transaction',
      {
        ConsumedCapacity: [{ TableName: 't', CapacityUnits: 4 }],
        ItemCollectionMetrics: { t: [{ ItemCollectionKey: A }] },
      },
      ({ dynamoDb }) => dynamoDb().transactWrite({ TransactItems: [] }),
    ],
    [
      'of a write',
      { ItemCollectionMetrics: { ItemCollectionKey: A } },
      ({ dynamoDb }) => dynamoDb().put({ TableName: 't', Item: { pk: 'a' } }),
    ],
    ['of nothing', {}, read as never],
  ])('are plain values wherever there is an item: %s', async (_, answer, call) => {
    server.play({ body: JSON.stringify(answer) });
    const outcomes = [await outcomeOf(() => call(ours())), await outcomeOf(() => call(sdk()))];
    expect(outcomes[0]).toEqual(outcomes[1]);
  });
});

function read(side: Side): Promise<unknown> {
  return outcomeOf(() => side.dynamoDb().get({ TableName: 't', Key: { pk: 'a' } }));
}

const TEXTS = ['', 'a', 'ü€😀', 'B', '__proto__', '"\\\n\u0000', ' '];
const NUMBERS = [0, -0, 1, -1, 0.1, 123456.789, -1.5e-7, Number.MAX_SAFE_INTEGER, Number.MIN_VALUE];

function someValue(random: Random, depth: number): unknown {
  const makers: (() => unknown)[] = [
    () => oneOf(random, TEXTS),
    () => oneOf(random, NUMBERS),
    () => random() < 0.5,
    () => null,
    () => undefined,
    () => Uint8Array.from(some(random, () => whole(random, 256))),
    () => Buffer.from('bytes'),
    () => new Set(['a', ...some(random, () => oneOf(random, TEXTS.slice(1)))]),
    () => new Set([1, ...some(random, () => oneOf(random, NUMBERS.slice(2)))]),
    () => new Set([Uint8Array.from([1, 2])]),
    () => BigInt(Number.MAX_SAFE_INTEGER),
  ];
  const containers: (() => unknown)[] = [
    () => some(random, () => someValue(random, depth - 1)),
    () => someMap(random, depth - 1),
    () => new Map(Object.entries(someMap(random, depth - 1))),
  ];
  return oneOf(random, depth > 0 ? [...makers, ...containers, ...containers] : makers)();
}

function someMap(random: Random, depth: number): Record<string, unknown> {
  const names = ['S', 'B', 'BS', 'Item', 'Keys', 'name', 'ü', ''];
  return Object.fromEntries(some(random, () => [oneOf(random, names.slice(0, -1)), someValue(random, depth)]));
}

function some<T>(random: Random, make: () => T): T[] {
  return Array.from({ length: whole(random, 5) }, make);
}
