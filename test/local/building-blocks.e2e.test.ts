/** The blocks that users put their own functions into, each with functions of three lines, on the local cloud. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { LambdaClient, ListEventSourceMappingsCommand } from '@aws-sdk/client-lambda';
import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import {
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { App, CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { LocalCloud } from '../../local/src';
import { FunctionChain, QueueWorker, ServiceApi } from '../../src';
import { until } from './support';

jest.setTimeout(120_000);

/** How often each message may be tried. */
const RECEIVES = 2;

const SOURCES = {
  Reader: "async ({ routeKey }) => ({ statusCode: 200, headers: { 'x-route': routeKey }, body: 'read' })",
  Writer: "async ({ body }) => ({ statusCode: 201, body: 'wrote ' + body })",
  Worker: `async ({ Records }) => {
    for (const { body, attributes } of Records) console.log(body, 'try', attributes.ApproximateReceiveCount);
    const failed = ({ body, attributes }) =>
      body === 'poison' || (body === 'passing' && attributes.ApproximateReceiveCount === '1');
    return { batchItemFailures: Records.filter(failed).map(({ messageId }) => ({ itemIdentifier: messageId })) };
  }`,
  First: 'async ({ steps = [], ...input }) => ({ ...input, steps: [...steps, 1] })',
  Second: `async ({ fail, steps }) => {
    if (!fail) return { steps: [...steps, 2] };
    throw Object.assign(new Error('no more'), { name: fail });
  }`,
  Third: 'async ({ steps }) => ({ steps: [...steps, 3] })',
  Mender: 'async ({ steps, error }) => ({ steps, mended: error.Error })',
};

let cloud: LocalCloud;
let folder: string;
let outputs: Record<string, string>;
let api: string;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'building-blocks-'));
  synthesize(folder);
  cloud = await LocalCloud.start();
  ({ outputs } = await cloud.deploy(folder));
  api = Object.values((await cloud.openFrontDoors()).apis)[0];
});

afterAll(async () => {
  await cloud?.stop();
  rmSync(folder, { recursive: true, force: true });
});

function synthesize(outdir: string): void {
  const app = new App({ outdir });
  const stack = new Stack(app, 'Blocks');
  const make = (name: keyof typeof SOURCES) =>
    new lambda.Function(stack, name, {
      runtime: lambda.Runtime.NODEJS_LATEST,
      handler: 'index.handler',
      code: lambda.Code.fromInline(`exports.handler = ${SOURCES[name]};`),
      timeout: Duration.seconds(2),
    });

  const notes = new ServiceApi(stack, 'Api');
  notes.addRoutes([{ method: 'GET', path: '/notes/{id}', operationId: 'readNote' }], make('Reader'));
  notes.addRoutes([{ method: 'PUT', path: '/notes/{id}', operationId: 'writeNote' }], make('Writer'));

  const worker = make('Worker');
  const { queue, deadLetterQueue } = new QueueWorker(stack, 'Queue', {
    handler: worker,
    maxConcurrency: 2,
    maxReceiveCount: RECEIVES,
    visibilityTimeout: Duration.seconds(2),
  });

  const steps = [
    { name: 'First', handler: make('First') },
    { name: 'Second', handler: make('Second'), maxRetries: 1, finalErrors: ['Hopeless'] },
    { name: 'Third', handler: make('Third') },
  ];
  const stateMachineType = sfn.StateMachineType.STANDARD;
  const plain = new FunctionChain(stack, 'Plain', { steps, stateMachineType });
  const mended = new FunctionChain(stack, 'Mended', { steps, stateMachineType, onFailure: make('Mender') });

  const told = {
    WorkerName: worker.functionName,
    QueueUrl: queue.queueUrl,
    DeadLetters: deadLetterQueue.queueUrl,
    PlainChain: plain.stateMachine.stateMachineArn,
    FailedRuns: plain.deadLetterQueue.queueUrl,
    MendedChain: mended.stateMachine.stateMachineArn,
  };
  for (const [name, value] of Object.entries(told)) new CfnOutput(stack, name, { value });
  app.synth();
}

describe('ServiceApi', () => {
  const call = async (method: string, route: string, body?: string) => {
    const answer = await fetch(`${api}${route}`, { method, body });
    return { status: answer.status, type: answer.headers.get('content-type'), text: await answer.text() };
  };

  test('sends each operation to its own function, which it may call', async () => {
    expect(await call('GET', '/v1/notes/1')).toMatchObject({ status: 200, text: 'read' });
    expect(await call('PUT', '/v1/notes/1', 'x')).toMatchObject({ status: 201, text: 'wrote x' });
  });

  test.each([
    ['GET', '/v1/nothing'],
    ['GET', '/notes/1'],
    ['POST', '/v1/notes'],
    ['GET', '/'],
  ])('answers %s %s, which is no route, with a problem', async (method, route) => {
    const { status, type, text } = await call(method, route);
    expect([status, type]).toEqual([404, 'application/problem+json']);
    expect(JSON.parse(text)).toMatchObject({ status: 404, code: 'route_not_found' });
  });

  test('sends HEAD where it sends GET, and the body of the answer to nobody', async () => {
    const answer = await fetch(`${api}/v1/notes/1`, { method: 'HEAD' });
    expect([answer.status, answer.headers.get('x-route')]).toEqual([200, 'HEAD /v1/notes/{id}']);
    expect(await answer.text()).toBe('');
  });

  test.each([
    ['DELETE', '/v1/notes/1', 'GET, HEAD, PUT'],
    ['PATCH', '/v1/notes/a%20b%2525', 'GET, HEAD, PUT'],
    ['POST', '/v1/openapi.json', 'GET, HEAD'],
  ])('answers %s %s with the methods that there are', async (method, route, allow) => {
    const answer = await fetch(`${api}${route}`, { method });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, allow]);
    expect(await answer.json()).toMatchObject({ status: 405, code: 'method_not_allowed' });
  });
});

describe('QueueWorker', () => {
  const sqs = () => new SQSClient(cloud.clientConfig);
  const triesOf = (body: string) => cloud.logs(outputs.WorkerName).split(`${body} try `).length - 1;
  const send = (...bodies: string[]) =>
    sqs().send(
      new SendMessageBatchCommand({
        QueueUrl: outputs.QueueUrl,
        Entries: bodies.map((MessageBody, index) => ({ Id: `${index}`, MessageBody })),
      }),
    );

  test('repeats what failed and not its neighbours, and puts aside what fails for good', async () => {
    await send('good', 'passing', 'poison');
    const dead = await until(async () => {
      const { Messages } = await sqs().send(
        new ReceiveMessageCommand({ QueueUrl: outputs.DeadLetters, WaitTimeSeconds: 1 }),
      );
      return Messages;
    });
    expect(dead.map(({ Body }) => Body)).toEqual(['poison']);
    const names = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;
    await until(async () => {
      const { Attributes } = await sqs().send(
        new GetQueueAttributesCommand({ QueueUrl: outputs.QueueUrl, AttributeNames: [...names] }),
      );
      return names.every((name) => Attributes?.[name] === '0');
    });
    expect({ good: triesOf('good'), passing: triesOf('passing'), poison: triesOf('poison') }).toEqual({
      good: 1,
      passing: 2,
      poison: RECEIVES,
    });
  });

  test('bounds how many calls of the worker there are at one time', async () => {
    const { EventSourceMappings } = await new LambdaClient(cloud.clientConfig).send(
      new ListEventSourceMappingsCommand({ FunctionName: outputs.WorkerName }),
    );
    expect(EventSourceMappings?.map(({ ScalingConfig }) => ScalingConfig)).toEqual([{ MaximumConcurrency: 2 }]);
  });
});

describe('FunctionChain', () => {
  const run = async (stateMachineArn: string, input: object) => {
    const client = new SFNClient(cloud.clientConfig);
    const { executionArn } = await client.send(
      new StartExecutionCommand({ stateMachineArn, input: JSON.stringify(input) }),
    );
    const { status, output, error } = await until(async () => {
      const execution = await client.send(new DescribeExecutionCommand({ executionArn }));
      return execution.status !== 'RUNNING' && execution;
    });
    const { events = [] } = await client.send(new GetExecutionHistoryCommand({ executionArn, maxResults: 1000 }));
    const failures = events.filter(({ type }) => type === 'LambdaFunctionFailed' || type === 'TaskFailed').length;
    return { status, error, output: output && JSON.parse(output), failures };
  };

  test('calls its functions in order, each with the answer of the one before', async () => {
    expect(await run(outputs.PlainChain, {})).toMatchObject({ status: 'SUCCEEDED', output: { steps: [1, 2, 3] } });
  });

  test('tries again what may pass, as often as the step says, and then fails with the name of the error', async () => {
    expect(await run(outputs.PlainChain, { fail: 'Passing' })).toMatchObject({
      status: 'FAILED',
      error: 'Passing',
      failures: 2,
    });
  });

  test('does not try again what is final', async () => {
    expect(await run(outputs.PlainChain, { fail: 'Hopeless' })).toMatchObject({
      status: 'FAILED',
      error: 'Hopeless',
      failures: 1,
    });
  });

  test('keeps what a run that fails was started with, whatever its steps made of it', async () => {
    const input = { fail: 'Hopeless', order: 7 };
    expect(await run(outputs.PlainChain, input)).toMatchObject({ status: 'FAILED', error: 'Hopeless' });
    const kept = await until(async () => {
      const { Messages = [] } = await new SQSClient(cloud.clientConfig).send(
        new ReceiveMessageCommand({ QueueUrl: outputs.FailedRuns, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 }),
      );
      return Messages.map(({ Body = '' }) => JSON.parse(Body)).find((it) => it.input.order === 7);
    });
    expect(kept).toMatchObject({
      execution: expect.stringContaining(':execution:'),
      input,
      error: { Error: 'Hopeless', Cause: expect.stringContaining('no more') },
    });
  });

  test('hands what failed to the function for failures, past the steps that are left', async () => {
    expect(await run(outputs.MendedChain, { fail: 'Hopeless' })).toMatchObject({
      status: 'SUCCEEDED',
      output: { steps: [1], mended: 'Hopeless' },
    });
    expect(await run(outputs.MendedChain, {})).toMatchObject({ status: 'SUCCEEDED', output: { steps: [1, 2, 3] } });
  });
});
