/** The real SDK client against a server on this machine that answers as SageMaker does. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { EndpointModel } from '../../src/inference/adapters/endpoint-model';
import { withBudget } from '../../src/runtime/budget';
import { systemClock } from '../../src/runtime/clock';

const PNG = Buffer.from('\x89PNG\r\n\x1a\nrest', 'latin1');

interface Answer {
  readonly status?: number;
  readonly error?: string;
  readonly body?: unknown;
  readonly afterMs?: number;
}

let server: Server;
let client: SageMakerRuntimeClient;
let answers: Answer[];
let requests: { url?: string; contentType?: string; body: string }[];

beforeAll(async () => {
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString('latin1');
    requests.push({ url: request.url, contentType: request.headers['content-type'], body });
    const {
      status = 200,
      error,
      body: reply,
      afterMs = 0,
    } = answers.length > 1 ? (answers.shift() as Answer) : answers[0];
    await new Promise((resolve) => setTimeout(resolve, afterMs));
    const headers = { 'content-type': 'application/json', ...(error && { 'x-amzn-errortype': error }) };
    response.writeHead(status, headers).end(typeof reply === 'string' ? reply : JSON.stringify(reply ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  client = new SageMakerRuntimeClient({
    region: 'us-east-1',
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
});
afterAll(async () => {
  client.destroy();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});
beforeEach(() => {
  requests = [];
});

function model(more: { labels?: string[]; timeoutMs?: number; maxRetries?: number; contentType?: string } = {}) {
  const { labels, timeoutMs = 1000, maxRetries = 2, contentType } = more;
  const settings = { labels, top: 5, threshold: 0, softmax: false, endpoint: { timeoutMs, maxRetries, contentType } };
  return new EndpointModel(client, 'cats', settings, systemClock);
}

test('the endpoint is sent the image as it came, with its media type', async () => {
  answers = [{ body: [0.25, 0.75] }];
  await model().scores(PNG);
  await model({ contentType: 'application/x-image' }).scores(PNG);
  expect(requests).toEqual([
    { url: '/endpoints/cats/invocations', contentType: 'image/png', body: PNG.toString('latin1') },
    { url: '/endpoints/cats/invocations', contentType: 'application/x-image', body: PNG.toString('latin1') },
  ]);
});

test.each([
  ['scores', [0.25, 0.75]],
  ['a batch of one', [[0.25, 0.75]]],
  ['predictions', { predictions: [[0.25, 0.75]] }],
  [
    'pairs',
    [
      { label: 'cat', score: 0.25 },
      { label: 'dog', score: 0.75 },
    ],
  ],
])('%s are understood', async (_name, body) => {
  answers = [{ body }];
  expect(await model({ labels: ['cat', 'dog'] }).scores(PNG)).toEqual([
    { label: 'cat', score: 0.25 },
    { label: 'dog', score: 0.75 },
  ]);
});

test.each([
  ['not JSON', 'sorry'],
  ['words', ['a', 'b']],
  ['a score above 1', [{ label: 'cat', score: 7 }]],
  ['an object', { score: 1 }],
])('an answer that cannot be understood is the fault of the model: %s', async (_name, body) => {
  answers = [{ body }];
  await expect(model().scores(PNG)).rejects.toMatchObject({ code: 'model_failed' });
});

test('throttling is tried again, so often and no oftener', async () => {
  const throttled = { status: 400, error: 'ThrottlingException' };
  answers = [throttled, throttled, { body: [1] }];
  expect(await model().scores(PNG)).toHaveLength(1);
  expect(requests).toHaveLength(3);

  requests = [];
  answers = [throttled];
  await expect(model({ maxRetries: 1 }).scores(PNG)).rejects.toMatchObject({
    code: 'model_throttled',
    retryAfter: 1,
  });
  expect(requests).toHaveLength(2);
});

test.each([
  ['a model that fails', { status: 424, error: 'ModelError', body: { OriginalStatusCode: 500 } }, 'model_failed'],
  ['a model that refuses', { status: 424, error: 'ModelError', body: { OriginalStatusCode: 415 } }, 'image_refused'],
  ['a service that fails', { status: 500, error: 'InternalFailure' }, 'model_failed'],
  ['an endpoint that is not there', { status: 400, error: 'ValidationError' }, 'model_missing'],
])('%s is called once', async (_name, answer, code) => {
  answers = [answer];
  await expect(model().scores(PNG)).rejects.toMatchObject({ code });
  expect(requests).toHaveLength(1);
});

test('a slow model is given up at its time-out, or earlier when the caller cannot wait so long', async () => {
  answers = [{ body: [1], afterMs: 700 }];
  for (const [timeoutMs, budget] of [
    [150, 5000],
    [5000, 400],
  ]) {
    const start = Date.now();
    const scores = withBudget({ milliseconds: budget, retries: 3 }, () => model({ timeoutMs }).scores(PNG));
    await expect(scores).rejects.toMatchObject({ code: 'model_timeout' });
    expect(Date.now() - start).toBeLessThan(600);
  }
  expect(requests).toHaveLength(2);
});

test('what is no image never reaches the endpoint', async () => {
  await expect(model().scores(Buffer.from('text'))).rejects.toMatchObject({ code: 'not_an_image' });
  await expect(model({ contentType: 'image/png' }).scores(Buffer.from('text'))).rejects.toMatchObject({
    code: 'not_an_image',
  });
  expect(requests).toHaveLength(0);
});
