import type * as lambda from 'aws-cdk-lib/aws-lambda';
import { BundledFunction } from './bundled-function';
import { acknowledge } from './permissions';

/** Who calls our functions, and what becomes of a call that fails. */
const CALLERS = {
  api: 'API Gateway calls it, and tells who asked that it failed.',
  invoker: 'Who calls it waits for its answer, and is told that it failed.',
  deployment: 'CloudFormation calls it, and takes the deployment back when it fails.',
  queue: 'A queue calls it, whose dead-letter queue keeps what failed for good.',
  stream: 'A stream calls it, whose mapping keeps what failed for good in a bucket.',
};

/**
 * Tells checkers why a function needs no dead-letter queue of its own, where it is joined to its caller. What they find
 * in a user's function is for the user to judge.
 */
export function acknowledgeCaller(handler: lambda.IFunction, caller: keyof typeof CALLERS): void {
  if (handler instanceof BundledFunction) acknowledge(handler, { 'Serverless-LambdaDLQ': CALLERS[caller] });
}
