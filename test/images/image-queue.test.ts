import { imageQueue } from '../../src/images/adapters/image-queue';
import { MOST_ATTEMPTS } from '../../src/images/contract';
import type { Later } from '../../src/runtime/queue';
import { Busy } from '../../src/runtime/refusal';

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
  expect(outcomes.at(-1)).toBeInstanceOf(Busy);
  expect(told).toEqual(['failed']);
});

test('whatever else goes wrong comes again as soon as the queue has it', async () => {
  const error = new Error('no');
  expect(await tried(error)).toEqual({ told: ['failed'], outcomes: Array(MOST_ATTEMPTS).fill(error) });
});

test('what came out of it is told once', async () => {
  const told: string[] = [];
  const { parse, handle } = imageQueue({ work: async () => 'ready' }, (outcome) => told.push(outcome));
  const key = parse('{"key":"originals/a.jpg"}');
  expect(await handle?.(key, { messageId: 'a', receives: 1, sentAt: new Date(0) })).toBeUndefined();
  expect(told).toEqual(['ready']);
});
