import { withBudget } from '../../../src/runtime/budget';
import { useAwsEnvironment } from './environment';
import { type Fate, ScriptedServer } from './scripted-server';
import { IMPATIENT, ours, outcomeOf, type Side, sdk, within } from './sides';

const GET = { TableName: 'shop', Key: { pk: 'a' } };
const ITEM: Fate = { body: '{"Item":{"pk":{"S":"a"}}}' };

let server: ScriptedServer;
beforeAll(async () => {
  server = await ScriptedServer.start();
});
afterAll(() => server.stop());
beforeEach(() => void jest.spyOn(Math, 'random').mockReturnValue(0));
afterEach(() => void jest.restoreAllMocks());

useAwsEnvironment(() => ({
  AWS_ENDPOINT_URL: server.url,
  AWS_REGION: 'eu-west-1',
  AWS_ACCESS_KEY_ID: 'id',
  AWS_SECRET_ACCESS_KEY: 'secret',
}));

function failure(status: number, name: string, extra: object = {}): Fate {
  return {
    status,
    body: JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${name}`, message: 'No.', ...extra }),
  };
}

/** Both sides meet the same; how often each asks and what it makes of it must be equal. */
async function compare(script: Fate[], call: (side: Side) => Promise<unknown>, sides = [ours(), sdk()]) {
  const results = [];
  for (const side of sides) {
    server.play(...script);
    const outcome = await outcomeOf(() => call(side));
    results.push({ outcome, attempts: server.received.length });
  }
  expect(results[0]).toEqual(results[1]);
  return results[0];
}

const FINAL: [string, Fate[]][] = [
  ['a condition that does not hold', [failure(400, 'ConditionalCheckFailedException')]],
  [
    'a cancelled transaction',
    [
      failure(400, 'TransactionCanceledException', {
        CancellationReasons: [{ Code: 'TransactionConflict' }, { Code: 'None' }],
      }),
    ],
  ],
  ['a conflict with a transaction', [failure(400, 'TransactionConflictException')]],
  ['a request that is not valid', [failure(400, 'ValidationException')]],
  ['a denied one', [failure(400, 'AccessDeniedException')]],
  ['an unknown error', [failure(418, 'NobodyKnows')]],
  ['a status that is not implemented', [failure(501, 'NotImplemented')]],
  ['an answer that is not JSON', [{ body: '{"Item": ' }]],
];
const PASSING: [string, Fate][] = [
  ['an internal error', failure(500, 'InternalServerError')],
  ['a bad gateway', { status: 502, body: '{}' }],
  ['an unavailable service', { status: 503, body: '{"__type":"ServiceUnavailable"}' }],
  ['a gateway that waited too long', { status: 504, body: '' }],
  ['a page instead of JSON', { status: 503, body: '<html>' }],
  ['a time-out by name', failure(400, 'RequestTimeoutException')],
  ['status 429 of any name', failure(429, 'Whatever')],
  ['a conflict between regions', failure(400, 'ReplicatedWriteConflictException')],
  ['a reset connection', 'reset'],
  ['an answer that is cut off', 'cut off'],
  ...[
    'BandwidthLimitExceeded',
    'LimitExceededException',
    'ProvisionedThroughputExceededException',
    'RequestLimitExceeded',
    'RequestThrottledException',
    'SlowDown',
    'ThrottledException',
    'Throttling',
    'ThrottlingException',
    'TooManyRequestsException',
    'TransactionInProgressException',
  ].map((name): [string, Fate] => [`throttling as ${name}`, failure(400, name)]),
];

describe('ours and the SDK', () => {
  test.each(FINAL)('ask once after %s', async (_, script) => {
    const { attempts } = await compare([...script, ITEM], ({ dynamoDb }) => dynamoDb().get(GET));
    expect(attempts).toBe(1);
  });

  test.each(PASSING)('ask again after %s', async (_, fate) => {
    const { attempts, outcome } = await compare([fate, ITEM], ({ dynamoDb }) => dynamoDb().get(GET));
    expect({ attempts, outcome }).toEqual({ attempts: 2, outcome: { result: { Item: { pk: 'a' } } } });
  });

  test.each(PASSING)('give up as often after %s', async (_, fate) => {
    const { attempts } = await compare([fate], ({ dynamoDb }) => dynamoDb().get(GET));
    expect(attempts).toBe(4);
  });

  test('ask again after silence', async () => {
    const sides = [ours(within(500)), sdk(500)];
    const { attempts, outcome } = await compare(['silent', ITEM], ({ dynamoDb }) => dynamoDb().get(GET), sides);
    expect({ attempts, outcome }).toEqual({ attempts: 2, outcome: { result: { Item: { pk: 'a' } } } });
  });

  test('give up as often after silence', async () => {
    const sides = [ours(within(250)), sdk(250)];
    const { attempts } = await compare(['silent'], ({ dynamoDb }) => dynamoDb().get(GET), sides);
    expect(attempts).toBe(4);
  });

  test.each<[string, (side: Side) => Promise<unknown>]>([
    ['EventBridge', ({ eventBridge }) => eventBridge().putEvents({ Entries: [{ Detail: '{}' }] })],
    ['Lambda', ({ lambda }) => lambda().invoke({ FunctionName: 'f', Payload: '{}' })],
    ['S3', ({ s3 }) => s3().putObject({ Bucket: 'bucket', Key: 'k', Body: 'x' })],
    ['Secrets Manager', ({ secrets }) => secrets().getSecretValue({ SecretId: 's' })],
    ['SES', ({ ses }) => ses().sendEmail({ Content: { Simple: undefined } })],
    ['SQS', ({ sqs }) => sqs().deleteMessage({ QueueUrl: `${server.url}/1/q`, ReceiptHandle: 'r' })],
    ['Step Functions', ({ stepFunctions }) => stepFunctions().startExecution({ stateMachineArn: 'arn' })],
  ])('ask %s three times', async (_, call) => {
    const { attempts } = await compare([{ status: 503, body: '' }], call);
    expect(attempts).toBe(3);
  });

  test('ask as often as AWS_MAX_ATTEMPTS says', async () => {
    process.env.AWS_MAX_ATTEMPTS = '2';
    const { attempts } = await compare([failure(500, 'InternalServerError')], ({ dynamoDb }) => dynamoDb().get(GET));
    expect(attempts).toBe(2);
  });

  test('find nobody there', async () => {
    process.env.AWS_ENDPOINT_URL = 'http://127.0.0.1:1';
    await compare([], ({ dynamoDb }) => dynamoDb().get(GET));
  });

  test('write again what may have been written, with the token of the first time', async () => {
    for (const side of [ours(), sdk()]) {
      server.play('reset', failure(500, 'InternalServerError'), {});
      await side.dynamoDb().transactWrite({ TransactItems: [{ Put: { TableName: 'shop', Item: { pk: 'a' } } }] });
      const tokens = server.received.map(({ body }) => JSON.parse(body.toString()).ClientRequestToken);
      expect(tokens).toEqual([tokens[0], tokens[0], tokens[0]]);
      expect(tokens[0]).toMatch(/^[0-9a-f-]{36}$/);
    }
  });

  test('stop asking again while everything fails, and start again when it succeeds', async () => {
    const counts = [];
    for (const side of [ours(), sdk()]) {
      const client = side.dynamoDb();
      server.play(failure(500, 'InternalServerError'));
      for (let call = 0; call < 20; call++) await outcomeOf(() => client.get(GET));
      const failing = server.received.length;
      server.play(ITEM);
      for (let call = 0; call < 15; call++) await client.get(GET);
      server.play(failure(500, 'InternalServerError'));
      await outcomeOf(() => client.get(GET));
      counts.push([failing, server.received.length]);
    }
    expect(counts[0]).toEqual(counts[1]);
    expect(counts[0][0]).toBeLessThan(80);
  });
});

describe('waits', () => {
  const waits: number[] = [];
  const clock = { ...IMPATIENT, random: () => 0.5, sleep: async (ms: number) => void waits.push(ms) };
  beforeEach(() => void waits.splice(0));

  test('double, from 25 ms after a failure and from a second after throttling', async () => {
    const { dynamoDb } = ours({ clock });
    server.play(failure(500, 'InternalServerError'));
    await outcomeOf(() => dynamoDb().get(GET));
    expect(waits.splice(0)).toEqual([12, 25, 50]);
    server.play(failure(400, 'ThrottlingException'));
    await outcomeOf(() => dynamoDb().get(GET));
    expect(waits).toEqual([500, 1000, 2000]);
  });

  test.each([
    [{ 'retry-after': '2' }, 2000],
    [{ 'x-amz-retry-after': '1500' }, 1500],
    [{ 'retry-after': '3600' }, 5012],
    [{ 'retry-after': 'soon' }, 12],
  ])('are as long as the service asks for by %j, within reason', async (headers, expected) => {
    server.play({ status: 503, headers, body: '' }, ITEM);
    await ours({ clock }).dynamoDb().get(GET);
    expect(waits).toEqual([expected]);
  });
});

describe('the budget of a request', () => {
  test('bounds the attempts of all clients together', async () => {
    server.play(failure(500, 'InternalServerError'));
    const { dynamoDb, eventBridge } = ours();
    await withBudget({ milliseconds: 5000, retries: 2 }, async () => {
      await outcomeOf(() => dynamoDb().get(GET));
      await outcomeOf(() => eventBridge().putEvents({ Entries: [] }));
    });
    expect(server.received).toHaveLength(4);
  });

  test('ends an attempt that takes longer', async () => {
    server.play('silent');
    const started = performance.now();
    const outcome = await withBudget({ milliseconds: 100, retries: 10 }, () =>
      outcomeOf(() => ours({}).dynamoDb().get(GET)),
    );
    expect(outcome).toBe('no answer');
    // An attempt alone would take five seconds.
    expect(performance.now() - started).toBeLessThan(4000);
    expect(server.received).toHaveLength(1);
  });

  test('starts nothing once it is used up', async () => {
    server.play(ITEM);
    const outcome = await withBudget({ milliseconds: 0, retries: 10 }, () =>
      outcomeOf(() => ours().dynamoDb().get(GET)),
    );
    expect(outcome).toBe('no answer');
    expect(server.received).toHaveLength(0);
  });
});

describe('a clock that is wrong', () => {
  const REFUSALS = ['InvalidSignatureException', 'RequestTimeTooSkewed', 'SignatureDoesNotMatch'];

  test.each(REFUSALS)('is corrected by the time of the answer with %s', async (name) => {
    for (const side of [ours(), sdk()]) {
      const client = side.dynamoDb();
      const headers = { date: new Date(Date.now() + 3_600_000).toUTCString() };
      server.play({ ...(failure(400, name) as object), headers }, ITEM);
      await client.get(GET);
      expect(server.received).toHaveLength(2);
      expect(signedAt(server.received[1].headers) - Date.now()).toBeGreaterThan(3_500_000);
    }
  });

  test('is no excuse when it is right', async () => {
    const { attempts } = await compare(
      [{ ...(failure(400, 'SignatureDoesNotMatch') as object), headers: { date: new Date().toUTCString() } }],
      ({ dynamoDb }) => dynamoDb().get(GET),
    );
    expect(attempts).toBe(1);
  });

  function signedAt({ 'x-amz-date': date }: Readonly<Record<string, string>>): number {
    return Date.parse(date.replace(/(....)(..)(..)T(..)(..)(..)Z/, '$1-$2-$3T$4:$5:$6Z'));
  }
});
