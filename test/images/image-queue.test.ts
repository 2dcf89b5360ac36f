import type { Context, SQSEvent } from 'aws-lambda';
import { imageQueue } from '../../src/images/adapters/image-queue';
import { MOST_ATTEMPTS } from '../../src/images/contract';
import { type Later, queueHandler } from '../../src/runtime/queue';
import { Busy } from '../../src/runtime/refusal';

/** It never can be done, so that nothing is waited for. */
const FAILED = { code: 'image_failed', retryAfter: undefined };

/** What becomes of an image that is tried until it is given up, and what is told of it. */
async function tried(error: Error) {
  const told: string[] = [];
  const outcomes: unknown[] = [];
  const { handle } = imageQueue({ work: () => Promise.reject(error) }, (outcome) => told.push(outcome));
  for (let receives = 1; receives <= MOST_ATTEMPTS; receives++) {
    const delivery = { messageId: 'a', receives, sentAt: new Date(0) };
    outcomes.push(await handle?.('originals/a.jpg', delivery).catch((thrown) => thrown));
  }
  return { told, outcomes };
}

test('an image outlasts minutes in which S3 is busy, and has failed after them', async () => {
  const { told, outcomes } = await tried(new Busy());
  const waits = outcomes.slice(0, -1).map((outcome) => (outcome as Later).retryAfter);
  expect(waits).toEqual([60, 120, 240, 480]);
  expect(outcomes.at(-1)).toMatchObject(FAILED);
  expect(told).toEqual(['failed']);
});

test('whatever else goes wrong comes again as soon as the queue has it', async () => {
  const error = new Error('no');
  const { told, outcomes } = await tried(error);
  expect(outcomes).toEqual([...Array(MOST_ATTEMPTS - 1).fill(error), expect.objectContaining(FAILED)]);
  expect(told).toEqual(['failed']);
});

test('an image that has failed for good is a dead letter at once', async () => {
  const dead: string[] = [];
  const hidden: number[] = [];
  const arn = 'arn:aws:sqs:eu-west-1:111122223333:images';
  const handler = queueHandler(
    imageQueue({ work: () => Promise.reject(new Error('no')) }, () => undefined),
    {
      service: {
        sendMessage: async ({ MessageBody }) => dead.push(MessageBody),
        changeMessageVisibility: async ({ VisibilityTimeout }) => hidden.push(VisibilityTimeout),
      },
      clock: { now: () => new Date(0), sleep: async () => undefined, random: () => 1 },
      deadLetters: new Map([[arn, 'https://dead']]),
      log: { warn: () => undefined, error: () => undefined },
    },
  );
  const attempt = (receives: number) => {
    const attributes = { ApproximateReceiveCount: String(receives), SentTimestamp: '0' };
    const record = { messageId: 'a', body: '{"key":"originals/a.jpg"}', attributes, eventSourceARN: arn };
    return handler({ Records: [record] } as SQSEvent, { getRemainingTimeInMillis: () => 60_000 } as Context);
  };
  expect((await attempt(MOST_ATTEMPTS - 1)).batchItemFailures).toHaveLength(1);
  expect([dead.length, hidden.length]).toEqual([0, 1]);
  expect((await attempt(MOST_ATTEMPTS)).batchItemFailures).toEqual([]);
  expect([dead, hidden.length]).toEqual([['{"key":"originals/a.jpg"}'], 1]);
});

test('what came out of it is told once', async () => {
  const told: string[] = [];
  const { parse, handle } = imageQueue({ work: async () => 'ready' }, (outcome) => told.push(outcome));
  const key = parse('{"key":"originals/a.jpg"}');
  expect(await handle?.(key, { messageId: 'a', receives: 1, sentAt: new Date(0) })).toBeUndefined();
  expect(told).toEqual(['ready']);
});
