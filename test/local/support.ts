import { setTimeout as sleep } from 'node:timers/promises';
import { DeleteRolePolicyCommand, IAMClient, ListRolePoliciesCommand } from '@aws-sdk/client-iam';
import {
  GetFunctionConfigurationCommand,
  InvokeCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
} from '@aws-sdk/client-lambda';
import type { LocalCloud } from '../../local/src';

/** Asks again and again until there is an answer. */
export async function until<T>(answer: () => Promise<T | undefined | false>, seconds = 60): Promise<T> {
  const end = Date.now() + seconds * 1000;
  while (Date.now() < end) {
    const found = await answer();
    if (found !== undefined && found !== false) return found;
    await sleep(100);
  }
  throw new Error(`There was no answer within ${seconds} seconds: ${answer}`);
}

/** Takes away everything a function may do. */
export async function removePolicies(cloud: LocalCloud, functionName: string): Promise<void> {
  const { Role = '' } = await new LambdaClient(cloud.clientConfig).send(
    new GetFunctionConfigurationCommand({ FunctionName: functionName }),
  );
  const RoleName = Role.slice(Role.lastIndexOf('/') + 1);
  const iam = new IAMClient(cloud.clientConfig);
  const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
  if (PolicyNames.length === 0) throw new Error(`The role ${RoleName} has no policies to take away.`);
  for (const PolicyName of PolicyNames) await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName }));
}

/** Calls a queue's worker with one message, past the queue. */
export async function deliver(cloud: LocalCloud, functionName: string, body: unknown): Promise<unknown> {
  const lambda = new LambdaClient(cloud.clientConfig);
  const { EventSourceMappings = [] } = await lambda.send(
    new ListEventSourceMappingsCommand({ FunctionName: functionName }),
  );
  const [{ EventSourceArn: queue = '' }] = EventSourceMappings;
  const { Payload, FunctionError } = await lambda.send(
    new InvokeCommand({
      FunctionName: functionName,
      Payload: JSON.stringify({ Records: [messageWith(JSON.stringify(body), queue)] }),
    }),
  );
  if (FunctionError) throw new Error(`${FunctionError}: ${Payload?.transformToString()}`);
  return JSON.parse(Payload?.transformToString() ?? 'null');
}

/** As an event source mapping hands over what is received for the first time, though the queue has no such message. */
function messageWith(body: string, queue: string) {
  return {
    messageId: 'm-1',
    receiptHandle: 'none',
    body,
    attributes: { ApproximateReceiveCount: '1', SentTimestamp: String(Date.now()) },
    messageAttributes: {},
    eventSource: 'aws:sqs',
    eventSourceARN: queue,
  };
}
