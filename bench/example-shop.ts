import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { DisableRuleCommand, EventBridgeClient, ListRulesCommand } from '@aws-sdk/client-eventbridge';
import {
  GetFunctionConfigurationCommand,
  InvokeCommand,
  LambdaClient,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import type { DeployedStack, LocalCloud } from '../local/src';
import { readAssembly, type TemplateResource } from '../local/src/assembly';
import type { Bundle } from '../scripts/bundle-functions';
import type { BundleName } from '../src/building-blocks/bundles.generated';

/** The example shop on the local cloud. */
export class ExampleShop {
  /** The functions' physical names by what they run; of those that run the same, the last. */
  readonly functions: ReadonlyMap<BundleName, string>;
  private readonly resources: Record<string, TemplateResource>;
  private readonly lambda: LambdaClient;

  /** @param assembly folder that it was deployed from */
  constructor(
    readonly cloud: LocalCloud,
    readonly stack: DeployedStack,
    private readonly assembly: string,
  ) {
    this.lambda = new LambdaClient(cloud.clientConfig);
    this.resources = readAssembly(assembly)[0].template.Resources ?? {};
    const functions = stack.resources.filter(({ type }) => type === 'AWS::Lambda::Function');
    this.functions = new Map(functions.map(({ logicalId, physicalId }) => [this.bundleOf(logicalId), physicalId]));
  }

  /** The environment variables that the deployed function has. */
  async settingsOf(bundle: BundleName): Promise<Record<string, string>> {
    const FunctionName = this.functions.get(bundle);
    const { Environment } = await this.lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
    return Environment?.Variables ?? {};
  }

  /** The environment of a process that is to be the function, with the right to do everything. */
  async environmentOf(bundle: BundleName): Promise<Record<string, string>> {
    const { endpoint, region, credentials } = this.cloud;
    return {
      ...(await this.settingsOf(bundle)),
      AWS_ENDPOINT_URL: endpoint,
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      AWS_LAMBDA_FUNCTION_NAME: this.functions.get(bundle) ?? '',
    };
  }

  /** Calls the deployed function. */
  async invoke(bundle: BundleName, event: unknown): Promise<unknown> {
    const { Payload, FunctionError } = await this.lambda.send(
      new InvokeCommand({ FunctionName: this.functions.get(bundle), Payload: JSON.stringify(event) }),
    );
    const reply = Payload?.transformToString() ?? 'null';
    if (FunctionError) throw new Error(`${bundle} failed: ${reply}`);
    return JSON.parse(reply);
  }

  /** Physical id of the only resource of a type. */
  physicalIdOf(type: string): string {
    const [{ physicalId }] = this.stack.resources.filter((resource) => resource.type === type);
    return physicalId;
  }

  /** Properties of the only resource of a type; references in them are replaced by physical ids. */
  propertiesOf(type: string): Record<string, unknown> {
    const [{ Properties = {} }] = Object.values(this.resources).filter(({ Type }) => Type === type);
    return Object.fromEntries(
      Object.entries(Properties).map(([name, value]) => {
        const { Ref } = value as { Ref?: string };
        return [name, Ref ? this.stack.resources.find(({ logicalId }) => logicalId === Ref)?.physicalId : value];
      }),
    );
  }

  /** Stops the cloud from calling functions by itself, which would compete with those that are measured. */
  async quieten(): Promise<void> {
    const events = new EventBridgeClient(this.cloud.clientConfig);
    const buses = this.stack.resources.filter(({ type }) => type === 'AWS::Events::EventBus');
    for (const EventBusName of ['default', ...buses.map(({ physicalId }) => physicalId)]) {
      const { Rules = [] } = await events.send(new ListRulesCommand({ EventBusName }));
      for (const { Name } of Rules) await events.send(new DisableRuleCommand({ EventBusName, Name }));
    }
    const mappings = this.stack.resources.filter(({ type }) => type === 'AWS::Lambda::EventSourceMapping');
    for (const { physicalId } of mappings) {
      await this.lambda.send(new UpdateEventSourceMappingCommand({ UUID: physicalId, Enabled: false }));
    }
  }

  private bundleOf(logicalId: string): BundleName {
    const { Code } = this.resources[logicalId].Properties as { Code: { S3Key: string } };
    const code = readFileSync(path.join(this.assembly, `asset.${path.parse(Code.S3Key).name}`, 'index.js'));
    const sha256 = createHash('sha256').update(code).digest('hex');
    const shipped: Bundle[] = JSON.parse(readFileSync(path.resolve(__dirname, '../assets/bundles.json'), 'utf8'));
    const found = shipped.find((bundle) => bundle.sha256 === sha256);
    if (!found) throw new Error(`${logicalId} runs none of the shipped bundles: build the assets again`);
    return found.name as BundleName;
  }
}
