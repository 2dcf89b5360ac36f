/** Messages of S3's events, as the import function works them off. */

import type { Context, SQSEvent } from 'aws-lambda';
import { type ImportedFiles, importQueue } from '../../src/catalog/adapters/import-queue';
import type { Imported } from '../../src/catalog/domain/importer';
import { takeRetry } from '../../src/runtime/budget';
import { Later, queueHandler } from '../../src/runtime/queue';
import { Refusal } from '../../src/runtime/refusal';

const message = (key: string, receives = 1) => ({
  body: { key, sequencer: '01', size: 7 },
  delivery: { messageId: key, receives, sentAt: new Date(0), group: 'FileArrived' },
});
const result = { status: 'imported', imported: 1, rejectedCount: 0, version: 'v' } as const;

/** What becomes of each message when the importer says so of the files. */
async function workOff(messages: ReturnType<typeof message>[], imported: unknown[]) {
  const asked: unknown[] = [];
  const importer: ImportedFiles = {
    import: async (requests) => {
      asked.push(...requests);
      return imported as Imported[];
    },
  };
  const handle = await importQueue(importer, () => undefined).together?.(messages);
  const outcomes: unknown[] = [];
  for (const { body, delivery } of messages) {
    outcomes.push(await Promise.resolve(handle?.(body, delivery)).catch((error) => error));
  }
  return { asked, outcomes };
}

test('files are asked for in their order, as what they were told to be; folders of consoles are none', async () => {
  const { asked, outcomes } = await workOff(
    [message('imports/'), message('imports/a.csv'), message('imports/b.csv', 2)],
    [{ result }, {}],
  );
  expect(asked).toEqual([
    { key: 'imports/a.csv', sequencer: '01', size: 7, repeated: false },
    { key: 'imports/b.csv', sequencer: '01', size: 7, repeated: true },
  ]);
  expect(outcomes).toEqual([undefined, undefined, undefined]);
});

test('one that failed comes again, those after it wait, and one that is given up is refused', async () => {
  const error = new Error('no');
  const messages = [message('imports/a.csv', 5), message('imports/b.csv'), message('imports/c.csv')];
  const { outcomes } = await workOff(messages, [
    { error, givenUp: true },
    { error, givenUp: false },
  ]);
  expect(outcomes).toEqual([expect.any(Refusal), error, expect.any(Later)]);
});

test('a message is read from the event of S3', () => {
  const object = { key: 'imports/a.csv', sequencer: '0A', size: 3 };
  const { parse } = importQueue({ import: async () => [] }, () => undefined);
  expect(parse(JSON.stringify({ detail: { object } }))).toEqual(object);
  expect(() => parse('{}')).toThrow();
});

test('a table that throttles for a while costs retries, not the file', async () => {
  let refused = 0;
  const importer: ImportedFiles = {
    import: async (requests) => {
      // As many as a file of 20,000 products needs to be written at a tenth of the pace.
      for (let retry = 0; retry < 16_000; retry++) if (!takeRetry()) refused++;
      return requests.map(() => ({}));
    },
  };
  const handler = queueHandler(
    importQueue(importer, () => undefined),
    {
      service: { changeMessageVisibility: async () => undefined, sendMessage: async () => undefined },
      clock: { now: () => new Date(0), sleep: async () => undefined, random: () => 1 },
      deadLetters: new Map(),
      log: { warn: () => undefined, error: () => undefined },
    },
  );
  const record = {
    messageId: 'a',
    body: JSON.stringify({ detail: { object: { key: 'imports/a.csv', sequencer: '01' } } }),
    attributes: { ApproximateReceiveCount: '1', SentTimestamp: '0' },
    eventSourceARN: 'arn:aws:sqs:eu-west-1:111122223333:imports.fifo',
  };
  const context = { getRemainingTimeInMillis: () => 300_000 } as Context;
  expect(await handler({ Records: [record] } as SQSEvent, context)).toEqual({ batchItemFailures: [] });
  expect(refused).toBe(0);
});
