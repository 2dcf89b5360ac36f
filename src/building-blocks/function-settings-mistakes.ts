import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Construct, IConstruct } from 'constructs';
import type { FunctionSettings } from './function-settings';
import { isWhole, Mistakes } from './validation';

/** Of the releases of Node.js that Lambda ever had, the oldest that the functions are written for. */
const OLDEST_NODE = 20;
const [LEAST_MEMORY, MOST_MEMORY] = [128, 10_240];

/** Settings that were looked at: what a construct hands on to its parts is one mistake, and not one for each function. */
const LOOKED_AT = new WeakMap<FunctionSettings, IConstruct>();

/** The settings with what the CDK or Lambda would refuse left out, which is reported once, at the first that has them. */
export function checkedSettings(scope: Construct, settings: FunctionSettings = {}): FunctionSettings {
  const { runtime, memorySize } = settings;
  const badRuntime = runtime !== undefined && !runsOurFunctions(runtime);
  const badMemory = memorySize !== undefined && !isWhole(memorySize, LEAST_MEMORY, MOST_MEMORY);
  if (LOOKED_AT.get(settings) !== scope.node.root) {
    LOOKED_AT.set(settings, scope.node.root);
    const mistakes = new Mistakes(scope);
    mistakes.when(
      badRuntime,
      `functions.runtime is ${runtime?.name}; the functions are written for Node.js: use nodejs20.x or newer.`,
    );
    mistakes.unlessWhole('functions.memorySize', memorySize, LEAST_MEMORY, MOST_MEMORY);
  }
  return {
    ...settings,
    runtime: badRuntime ? undefined : runtime,
    memorySize: badMemory ? undefined : memorySize,
  };
}

function runsOurFunctions({ family, name }: lambda.Runtime): boolean {
  const [, release] = /^nodejs(\d+)\./.exec(name) ?? [];
  return family === lambda.RuntimeFamily.NODEJS && (release === undefined || Number(release) >= OLDEST_NODE);
}
