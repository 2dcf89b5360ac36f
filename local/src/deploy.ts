import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Capability,
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  paginateListStackResources,
  type Stack,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import { S3Client } from '@aws-sdk/client-s3';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import type { AssemblyStack } from './assembly';
import { AssetPublisher } from './assets';
import type { DeployedResource, DeployedStack } from './deployed-stack';
import { LocalCloudError } from './errors';
import { layerKeys } from './native-layers';
import { notEmulated } from './not-emulated';

const POLL_MS = 60;
const CAPABILITIES: Capability[] = ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM', 'CAPABILITY_AUTO_EXPAND'];
/** What the newest bootstrap stack writes; templates ask for at least 6. */
const BOOTSTRAP_VERSION = '30';

export interface DeployContext {
  readonly endpoint: string;
  readonly account: string;
  readonly clientConfig: {
    readonly endpoint: string;
    readonly region: string;
    readonly credentials: { accessKeyId: string; secretAccessKey: string };
  };
}

/** Creates the stack, or updates the one of that name, with CloudFormation and waits for the end. */
export async function deployStack(context: DeployContext, stack: AssemblyStack): Promise<DeployedStack> {
  const region = stack.region ?? context.clientConfig.region;
  const config = { ...context.clientConfig, region };
  const cloudFormation = new CloudFormationClient(config);
  const s3 = new S3Client({ ...config, forcePathStyle: true });
  const publisher = new AssetPublisher(s3, { account: context.account, region });

  await markBootstrapped(new SSMClient(config));
  const layers = layerKeys(stack);
  const swaps = await Promise.all(
    stack.assets.map((asset) => (layers.has(asset.key) ? publisher.publishLayer(asset) : publisher.publish(asset))),
  );
  const request = {
    StackName: stack.name,
    TemplateURL: await publisher.publishTemplate(stack.templateFile, stack.name, context.endpoint),
    Parameters: Object.entries(stack.parameters).map(([ParameterKey, ParameterValue]) => ({
      ParameterKey,
      ParameterValue,
    })),
    Tags: Object.entries(stack.tags).map(([Key, Value]) => ({ Key, Value })),
    Capabilities: CAPABILITIES,
  };

  const started = new Date();
  const exists = await standingStack(cloudFormation, stack.name);
  try {
    await cloudFormation.send(exists ? new UpdateStackCommand(request) : new CreateStackCommand(request));
  } catch (error) {
    const message = (error as Error).message;
    if (!message.includes('No updates are to be performed')) {
      throw new LocalCloudError(`stack ${stack.name} was refused: ${message}`);
    }
  }
  const finished = await untilSettled(cloudFormation, stack.name);
  if (!/^(CREATE|UPDATE)_COMPLETE$/.test(finished.StackStatus ?? '')) {
    throw new LocalCloudError(await explainFailure(cloudFormation, finished, started));
  }
  const resources = await listResources(cloudFormation, stack.name);
  return {
    name: stack.name,
    region,
    outputs: Object.fromEntries((finished.Outputs ?? []).map((o) => [o.OutputKey ?? '', o.OutputValue ?? ''])),
    resources,
    notEmulated: notEmulated(stack.template, resources),
    swappedLayers: swaps.flatMap((lines) => lines ?? []),
  };
}

async function markBootstrapped(ssm: SSMClient): Promise<void> {
  await ssm.send(
    new PutParameterCommand({
      Name: '/cdk-bootstrap/hnb659fds/version',
      Value: BOOTSTRAP_VERSION,
      Type: 'String',
      Overwrite: true,
    }),
  );
}

/** Whether a stack stands that can be updated; what is left of a failed creation is deleted first, as the CDK CLI does. */
async function standingStack(cloudFormation: CloudFormationClient, name: string): Promise<boolean> {
  const stack = await describe(cloudFormation, name);
  if (!stack) return false;
  if (
    !/^(ROLLBACK|CREATE)_(COMPLETE|FAILED)$/.test(stack.StackStatus ?? '') ||
    stack.StackStatus === 'CREATE_COMPLETE'
  ) {
    return true;
  }
  await cloudFormation.send(new DeleteStackCommand({ StackName: name }));
  while (await describe(cloudFormation, name)) await sleep(POLL_MS);
  return false;
}

async function untilSettled(cloudFormation: CloudFormationClient, name: string): Promise<Stack> {
  for (;;) {
    const stack = await describe(cloudFormation, name);
    if (!stack) throw new LocalCloudError(`stack ${name} vanished while it was deployed`);
    if (!stack.StackStatus?.endsWith('_IN_PROGRESS')) return stack;
    await sleep(POLL_MS);
  }
}

async function describe(cloudFormation: CloudFormationClient, name: string): Promise<Stack | undefined> {
  try {
    const { Stacks } = await cloudFormation.send(new DescribeStacksCommand({ StackName: name }));
    return Stacks?.find((stack) => stack.StackStatus !== 'DELETE_COMPLETE');
  } catch (error) {
    if ((error as Error).message.includes('does not exist')) return undefined;
    throw error;
  }
}

async function explainFailure(cloudFormation: CloudFormationClient, stack: Stack, since: Date): Promise<string> {
  const { StackEvents = [] } = await cloudFormation.send(
    new DescribeStackEventsCommand({ StackName: stack.StackName }),
  );
  const causes = StackEvents.filter(
    (event) =>
      event.ResourceStatus?.endsWith('_FAILED') &&
      event.ResourceType !== 'AWS::CloudFormation::Stack' &&
      !/cancelled/i.test(event.ResourceStatusReason ?? '') &&
      (event.Timestamp ?? since).getTime() >= since.getTime() - 1000,
  )
    .reverse()
    .map((event) => `${event.LogicalResourceId} (${event.ResourceType}): ${event.ResourceStatusReason}`);
  const reason = causes.length > 0 ? causes.join('; ') : (stack.StackStatusReason ?? stack.StackStatus);
  return `stack ${stack.StackName} failed to deploy: ${reason}`;
}

async function listResources(cloudFormation: CloudFormationClient, name: string): Promise<DeployedResource[]> {
  const resources: DeployedResource[] = [];
  for await (const page of paginateListStackResources({ client: cloudFormation }, { StackName: name })) {
    for (const resource of page.StackResourceSummaries ?? []) {
      resources.push({
        logicalId: resource.LogicalResourceId ?? '',
        type: resource.ResourceType ?? '',
        physicalId: resource.PhysicalResourceId ?? '',
      });
    }
  }
  return resources;
}
