/** A queue's handler with the settings and the client of its function. */
import { createHash } from 'node:crypto';
import type { Context, SQSEvent } from 'aws-lambda';
import { queueHandler } from '../../src/runtime/queue';
import { Refusal } from '../../src/runtime/refusal';
import { useAwsEnvironment } from './aws/environment';
import { ScriptedServer } from './aws/scripted-server';

let server: ScriptedServer;
beforeAll(async () => {
  server = await ScriptedServer.start();
});
afterAll(async () => {
  delete process.env.DEAD_LETTER_QUEUES;
  await server.stop();
});

useAwsEnvironment(() => ({
  AWS_ENDPOINT_URL: server.url,
  AWS_REGION: 'eu-west-1',
  AWS_ACCESS_KEY_ID: 'id',
  AWS_SECRET_ACCESS_KEY: 'secret',
}));

const arnOf = (queue: string) => `arn:aws:sqs:eu-west-1:111122223333:${queue}`;
const urlOf = (queue: string) => `https://sqs.eu-west-1.amazonaws.com/111122223333/${queue}`;

test('what a function refuses goes to the dead-letter queue of the queue that it came from', async () => {
  process.env.DEAD_LETTER_QUEUES = ['a', 'b'].map((queue) => `${arnOf(queue)}=${urlOf(`dead-${queue}`)}`).join(' ');
  const handler = queueHandler<string>({
    parse: (body) => body,
    handle: () => Promise.reject(new Refusal('no', 'Never.')),
  });
  const letters: unknown[] = [];
  for (const queue of ['a', 'b']) {
    const record = {
      messageId: queue,
      receiptHandle: queue,
      body: `of ${queue}`,
      attributes: { ApproximateReceiveCount: '1', SentTimestamp: '0' },
      eventSourceARN: arnOf(queue),
    };
    const MD5OfMessageBody = createHash('md5').update(record.body).digest('hex');
    server.play({ body: JSON.stringify({ MD5OfMessageBody }) });
    const context = { getRemainingTimeInMillis: () => 10_000 } as Context;
    expect(await handler({ Records: [record] } as SQSEvent, context)).toEqual({ batchItemFailures: [] });
    letters.push(...server.received.map(({ body }) => JSON.parse(body.toString())));
  }
  expect(letters).toMatchObject([
    { QueueUrl: urlOf('dead-a'), MessageBody: 'of a' },
    { QueueUrl: urlOf('dead-b'), MessageBody: 'of b' },
  ]);
});
