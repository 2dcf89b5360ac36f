import { setTimeout as sleep } from 'node:timers/promises';
import { CloudFormationClient, CreateStackCommand, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { s3Client } from '../../demo/stock-the-shop';
import type { LocalCloud } from '../../local/src';
import { readAssembly } from '../../local/src/assembly';
import { AssetPublisher } from '../../local/src/assets';
import { layerKeys } from '../../local/src/native-layers';

const POLL_MS = 60;

/** Puts the assets and what bootstrapping would have, then creates the stack, and says how many milliseconds the latter took. */
export async function createStack(cloud: LocalCloud, assembly: string): Promise<number> {
  const [stack] = readAssembly(assembly);
  const publisher = new AssetPublisher(s3Client(cloud), cloud);
  const layers = layerKeys(stack);
  for (const asset of stack.assets) {
    await (layers.has(asset.key) ? publisher.publishLayer(asset) : publisher.publish(asset));
  }
  const TemplateURL = await publisher.publishTemplate(stack.templateFile, stack.name, cloud.endpoint);

  await new SSMClient(cloud.clientConfig).send(
    new PutParameterCommand({ Name: '/cdk-bootstrap/hnb659fds/version', Value: '30', Type: 'String' }),
  );

  const cloudFormation = new CloudFormationClient(cloud.clientConfig);
  const began = performance.now();
  await cloudFormation.send(
    new CreateStackCommand({ StackName: stack.name, TemplateURL, Capabilities: ['CAPABILITY_IAM'] }),
  );
  for (;;) {
    const { Stacks = [] } = await cloudFormation.send(new DescribeStacksCommand({ StackName: stack.name }));
    const { StackStatus, StackStatusReason } = Stacks[0];
    if (StackStatus === 'CREATE_COMPLETE') return performance.now() - began;
    if (!StackStatus?.endsWith('_IN_PROGRESS')) throw new Error(`${StackStatus}: ${StackStatusReason}`);
    await sleep(POLL_MS);
  }
}
