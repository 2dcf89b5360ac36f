import { Fn, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/**
 * A name for what CloudFormation does not name by itself. The CDK's own names follow from the construct's path alone,
 * so an app that is deployed twice under two stack names could not stand twice in an account; these follow from the
 * deployed stack as well.
 *
 * @param word what it is, at most 18 characters, so that the name stays within the 64 of the shortest limit
 */
export function uniqueName(scope: Construct, word: string): string {
  // arn:partition:cloudformation:region:account:stack/name/id
  const deployment = Fn.select(2, Fn.split('/', Stack.of(scope).stackId));
  return Fn.join('-', [uniqueNameStart(scope, word), deployment]);
}

/** What the unique name begins with, as far as it is known at synth: unique within an app. */
export function uniqueNameStart(scope: Construct, word: string): string {
  return `${word}-${scope.node.addr.slice(-8)}`;
}
