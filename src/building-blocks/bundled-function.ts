import * as path from 'node:path';
import { Duration } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { ASSETS } from './assets';
import type { BundleName } from './bundles.generated';
import type { FunctionSettings } from './function-settings';
import { checkedSettings } from './function-settings-mistakes';
import { expiringLogGroup } from './log-group';
import { acknowledgeWildcard, allowKey, ownRole } from './permissions';

export interface BundledFunctionProps {
  /** Name of the bundle: the file name of `functions/<name>.lambda.ts`. */
  readonly bundle: BundleName;
  /** One line for the console. */
  readonly description: string;
  readonly environment?: Record<string, string>;
  /** @default Duration.seconds(10) */
  readonly timeout?: Duration;
  /** MiB. @default 256 */
  readonly memorySize?: number;
  readonly layers?: lambda.ILayerVersion[];
  /** For asynchronous calls that failed for good. @default - the function is called in no such way */
  readonly deadLetterQueue?: sqs.IQueue;
  /** What the user wants; it beats everything above. */
  readonly settings?: FunctionSettings;
}

/**
 * A function whose code was bundled at our build, with a role and a log group of its own.
 *
 * The role may write to that log group and nothing else until it is granted more.
 */
export class BundledFunction extends lambda.Function {
  constructor(scope: Construct, id: string, props: BundledFunctionProps) {
    const settings = checkedSettings(scope, props.settings);
    const { runtime = lambda.Runtime.NODEJS_24_X } = settings;
    const parts = new Construct(scope, `${id}Parts`);
    const logGroup = expiringLogGroup(parts, 'Logs', {
      retention: settings.logRetention,
      encryptionKey: settings.logEncryptionKey,
    });
    const role = ownRole(
      new iam.Role(parts, 'Role', {
        assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
        description: `Role of the function: ${props.description}`,
      }),
    );
    const { tracingEnabled = true } = settings;
    logGroup.grantWrite(role);

    super(scope, id, {
      code: lambda.Code.fromAsset(path.join(ASSETS, 'functions', props.bundle)),
      handler: 'index.handler',
      runtime,
      architecture: settings.architecture ?? lambda.Architecture.ARM_64,
      description: props.description,
      environment: sorted(props.environment ?? {}),
      timeout: props.timeout ?? Duration.seconds(10),
      memorySize: settings.memorySize ?? props.memorySize ?? 256,
      layers: props.layers,
      deadLetterQueue: props.deadLetterQueue,
      tracing: tracingEnabled ? lambda.Tracing.ACTIVE : lambda.Tracing.DISABLED,
      loggingFormat: lambda.LoggingFormat.JSON,
      logGroup,
      role,
    });
    allowKey(this, props.deadLetterQueue?.encryptionMasterKey);
    if (tracingEnabled) acknowledgeWildcard(role, '*', TRACING_ACTIONS, NO_RESOURCES_TO_NAME);
  }
}

/** What the CDK allows a function that is traced. */
const TRACING_ACTIONS = ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'];

const NO_RESOURCES_TO_NAME = 'X-Ray knows no resources that they could be limited to.';

function sorted(record: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}
