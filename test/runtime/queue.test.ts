import type { Context, SQSEvent, SQSRecord } from 'aws-lambda';
import { remainingMs, takeRetry } from '../../src/runtime/budget';
import { Later, type QueueHandlerOptions, type QueueService, queueHandler } from '../../src/runtime/queue';
import { Refusal } from '../../src/runtime/refusal';

const QUEUE = 'arn:aws:sqs:eu-west-1:111122223333:queue';
const DEAD_LETTERS = 'https://sqs.eu-west-1.amazonaws.com/111122223333/dead';
const DEAD_LETTER_QUEUES = new Map([
  [QUEUE, DEAD_LETTERS],
  [`${QUEUE}.fifo`, `${DEAD_LETTERS}.fifo`],
]);

type Received = Partial<SQSRecord['attributes']> & { readonly arn?: string };

function record(body: string, { arn = QUEUE, ...attributes }: Received = {}): SQSRecord {
  return {
    messageId: `id of ${body}`,
    receiptHandle: `handle of ${body}`,
    body,
    attributes: { ApproximateReceiveCount: '1', SentTimestamp: '1000', ...attributes } as SQSRecord['attributes'],
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: arn,
    awsRegion: 'eu-west-1',
  };
}

const inGroup = (body: string, group: string) => record(body, { arn: `${QUEUE}.fifo`, MessageGroupId: group });

interface Surrounded extends Partial<QueueHandlerOptions<string>> {
  readonly deadLetters?: ReadonlyMap<string, string>;
  readonly random?: number;
  readonly milliseconds?: number;
  readonly broken?: keyof QueueService;
}

/** Works off the records; tells what came of them. */
async function workOff(records: SQSRecord[], surrounded: Surrounded) {
  const { random = 1, milliseconds = 30_000, deadLetters = DEAD_LETTER_QUEUES, broken, ...options } = surrounded;
  const hidden: Record<string, number> = {};
  const dead: { body: string; reason?: string; group?: string }[] = [];
  const urls = new Set<string>();
  const logged: string[] = [];
  const log = (...line: unknown[]) => void logged.push(JSON.stringify(line));
  const unlessBroken = (operation: keyof QueueService) => {
    if (operation === broken) throw Object.assign(new Error('no'), { name: 'AccessDenied' });
  };
  const handler = queueHandler<string>(
    { parse: (body) => body, handle: async () => undefined, ...options },
    {
      service: {
        changeMessageVisibility: async ({ QueueUrl, ReceiptHandle, VisibilityTimeout }) => {
          unlessBroken('changeMessageVisibility');
          urls.add(QueueUrl);
          hidden[ReceiptHandle.replace('handle of ', '')] = VisibilityTimeout;
        },
        sendMessage: async ({ QueueUrl, MessageBody, MessageAttributes, MessageGroupId }) => {
          unlessBroken('sendMessage');
          expect(QueueUrl).toBe(`${DEAD_LETTERS}${MessageGroupId === undefined ? '' : '.fifo'}`);
          dead.push({ body: MessageBody, reason: MessageAttributes?.Reason.StringValue, group: MessageGroupId });
        },
      },
      clock: { now: () => new Date(0), sleep: async () => undefined, random: () => random },
      deadLetters,
      log: { warn: log, error: log },
    },
  );
  const context = { getRemainingTimeInMillis: () => milliseconds } as Context;
  const reply = await handler({ Records: records } as SQSEvent, context);
  const again = reply.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier.replace('id of ', ''));
  return { again, hidden, dead, urls: [...urls], log: logged.join('\n') };
}

const failing =
  (...bodies: string[]) =>
  async (body: string) => {
    if (bodies.includes(body)) throw new Error(`cannot do ${body}`);
  };

test('what is done goes away; what failed comes again, and its neighbours do not', async () => {
  const handled: string[] = [];
  const { again, hidden, dead, urls } = await workOff([record('a'), record('b'), record('c')], {
    handle: async (body) => {
      handled.push(body);
      await failing('b')(body);
    },
  });
  expect(handled).toEqual(['a', 'b', 'c']);
  expect(again).toEqual(['b']);
  expect(hidden).toEqual({ b: 2 });
  expect(dead).toEqual([]);
  expect(urls).toEqual(['https://sqs.eu-west-1.amazonaws.com/111122223333/queue']);
});

test.each([
  [1, 1, 2],
  [1, 0, 1],
  [4, 1, 16],
  [4, 0.5, 12],
  [9, 1, 512],
  [10, 1, 900],
  [999, 1, 900],
  [999, 0, 450],
])('the %ith failure, with chance %d, hides the message for %i seconds', async (receives, random, seconds) => {
  const records = [record('a', { ApproximateReceiveCount: String(receives) })];
  expect((await workOff(records, { handle: failing('a'), random })).hidden).toEqual({ a: seconds });
});

test('a handler says when to come again, and no failure is logged', async () => {
  const { again, hidden, log } = await workOff([record('a'), record('b')], {
    handle: async (body) => {
      if (body === 'a') return new Later(60, 'the server asked for it');
      throw new Refusal('busy', 'Others are at it.', {}, 5);
    },
  });
  expect(again).toEqual(['a', 'b']);
  expect(hidden).toEqual({ a: 62, b: 7 });
  expect(log).toContain('the server asked for it');
  expect(log).not.toContain('failed');
});

test('no message hides longer than SQS allows', async () => {
  const { hidden } = await workOff([record('a')], { handle: async () => new Later(1e6, 'over the quota') });
  expect(hidden.a).toBeLessThanOrEqual(43_200 - 900);
});

test('what is refused goes to the dead-letter queue at once, with the reason', async () => {
  const { again, hidden, dead } = await workOff([record('a'), record('b')], {
    handle: async (body) => {
      if (body === 'a') throw new Refusal('no_such_address', 'There is nobody of this name.');
    },
  });
  expect(again).toEqual([]);
  expect(hidden).toEqual({});
  expect(dead).toEqual([{ body: 'a', reason: 'no_such_address', group: undefined }]);
});

test('what cannot be read goes there too, and is not logged', async () => {
  const { again, dead, log } = await workOff([{ ...record('{"secret'), messageId: '1' }, record('"b"')], {
    parse: (body) => JSON.parse(body) as string,
  });
  expect(again).toEqual([]);
  expect(dead).toEqual([{ body: '{"secret', reason: 'unreadable_message', group: undefined }]);
  expect(log).not.toContain('secret');
});

test.each([
  ['there is no dead-letter queue', { deadLetters: new Map() }],
  ['the dead-letter queue cannot be reached', { broken: 'sendMessage' as const }],
])('where %s, a refused message comes again', async (_, surrounded) => {
  const handle = async () => {
    throw new Refusal('no_such_address', 'There is nobody of this name.');
  };
  expect(await workOff([record('a')], { handle, ...surrounded })).toMatchObject({ again: ['a'], hidden: { a: 2 } });
});

test('a message that cannot be hidden comes again after the whole visibility time-out', async () => {
  const { again, log } = await workOff([record('a')], { handle: failing('a'), broken: 'changeMessageVisibility' });
  expect(again).toEqual(['a']);
  expect(log).toContain('visibility time-out');
});

test('of a message group nothing is touched after the first failure; other groups go on', async () => {
  const handled: string[] = [];
  const records = [inGroup('a1', 'a'), inGroup('b1', 'b'), inGroup('a2', 'a'), inGroup('a3', 'a'), inGroup('b2', 'b')];
  const { again, hidden } = await workOff(records, {
    handle: async (body) => {
      handled.push(body);
      await failing('a2')(body);
    },
    concurrency: 5,
  });
  expect(handled.filter((body) => body.startsWith('a'))).toEqual(['a1', 'a2']);
  expect(handled.filter((body) => body.startsWith('b'))).toEqual(['b1', 'b2']);
  expect(again).toEqual(['a2', 'a3']);
  expect(hidden).toEqual({ a2: 2, a3: 2 });
});

test('a refused message does not hold up its group', async () => {
  const { again, dead } = await workOff([inGroup('a1', 'a'), inGroup('a2', 'a')], {
    handle: async (body) => {
      if (body === 'a1') throw new Refusal('no', 'No.');
    },
  });
  expect(again).toEqual([]);
  expect(dead).toEqual([{ body: 'a1', reason: 'no', group: 'a' }]);
});

test('message groups of a standard queue say nothing of an order', async () => {
  const fair = (body: string) => record(body, { MessageGroupId: 'tenant' });
  expect((await workOff([fair('a'), fair('b')], { handle: failing('a') })).again).toEqual(['a']);
});

test('at most as many messages at a time as are allowed, of a group never two', async () => {
  let [running, most, most2] = [0, 0, 0];
  const inFlight = new Map<string | undefined, number>();
  await workOff(
    ['a', 'b', 'c'].flatMap((group) => [1, 2, 3].map((number) => inGroup(`${group}${number}`, group))),
    {
      concurrency: 2,
      handle: async (_, { group }) => {
        running++;
        inFlight.set(group, (inFlight.get(group) ?? 0) + 1);
        most = Math.max(most, running);
        most2 = Math.max(most2, inFlight.get(group) ?? 0);
        await new Promise((resolve) => setTimeout(resolve, 5));
        inFlight.set(group, (inFlight.get(group) ?? 0) - 1);
        running--;
      },
    },
  );
  expect([most, most2]).toEqual([2, 1]);
});

test('what there is no time for comes again at once, untouched', async () => {
  const handled: string[] = [];
  const { again, hidden } = await workOff([record('a'), record('b')], {
    milliseconds: 2600,
    handle: async (body) => {
      handled.push(body);
      await new Promise((resolve) => setTimeout(resolve, 300));
    },
  });
  expect(handled).toEqual(['a']);
  expect(again).toEqual(['b']);
  expect(hidden).toEqual({ b: 0 });
});

test('a handler works within a budget that ends before the function does', async () => {
  const left: number[] = [];
  await workOff([record('a')], { milliseconds: 30_000, handle: async () => void left.push(remainingMs()) });
  expect(left[0]).toBeGreaterThan(20_000);
  expect(left[0]).toBeLessThanOrEqual(28_000);
});

test.each([
  ['hides', new Error('too slow')],
  ['refuses', new Refusal('broken', 'No attempt will help.')],
])('who %s a message that used up the time and the retries has some left for that', async (_, error) => {
  const left: { milliseconds: number; retries: boolean }[] = [];
  const ask = async () => void left.push({ milliseconds: remainingMs(), retries: takeRetry() });
  const handler = queueHandler<string>(
    {
      parse: (body) => body,
      retries: 1,
      handle: async () => {
        takeRetry();
        await new Promise((resolve) => setTimeout(resolve, 600));
        throw error;
      },
    },
    {
      service: { changeMessageVisibility: ask, sendMessage: ask },
      clock: { now: () => new Date(0), sleep: async () => undefined, random: () => 1 },
      deadLetters: DEAD_LETTER_QUEUES,
      log: { warn: () => undefined, error: () => undefined },
    },
  );
  const context = { getRemainingTimeInMillis: () => 2_550 } as Context;
  await handler({ Records: [record('a')] } as SQSEvent, context);
  expect(left).toEqual([{ milliseconds: expect.any(Number), retries: true }]);
  expect(left[0].milliseconds).toBeGreaterThan(1000);
});

test('a handler knows how often a message came, and since when', async () => {
  const seen: unknown[] = [];
  await workOff([record('a', { ApproximateReceiveCount: '3', SentTimestamp: '1700000000000' })], {
    handle: async (_, delivery) => void seen.push(delivery),
  });
  expect(seen).toEqual([{ messageId: 'id of a', receives: 3, sentAt: new Date(1_700_000_000_000), group: undefined }]);
});

test('addresses of people in an error stay out of the log', async () => {
  const { log } = await workOff([record('a')], {
    handle: () => Promise.reject<undefined>(new Error('554 5.7.1 <zaphod@example.com>: no\r\nsuch user')),
  });
  expect(log).toContain('554 5.7.1 <address> no such user');
  expect(log).not.toContain('zaphod');
});

describe('work done together', () => {
  test('gets every message that can be read, once, and then tells of each what became of it', async () => {
    const calls: string[][] = [];
    const { again, dead } = await workOff([record('a'), record('unreadable'), record('b'), record('c')], {
      handle: undefined,
      parse: (body) => {
        if (body === 'unreadable') throw new Error('no');
        return body;
      },
      together: async (messages) => {
        calls.push(messages.map(({ body }) => body));
        return async (body) => (body === 'b' ? new Later(5, 'not yet') : undefined);
      },
    });
    expect(calls).toEqual([['a', 'b', 'c']]);
    expect(again).toEqual(['b']);
    expect(dead).toMatchObject([{ body: 'unreadable', reason: 'unreadable_message' }]);
  });

  test('that fails as a whole makes all messages come again', async () => {
    const { again } = await workOff([record('a'), record('b')], {
      handle: undefined,
      together: () => Promise.reject(new Error('no')),
    });
    expect(again).toEqual(['a', 'b']);
  });
});
