import { ScopedAws, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { EVENT_SOURCE_PREFIX } from './contract';
import { Mistakes } from './validation';

/**
 * What the events of a shop, or of a part that stands alone, carry as their `resources`: of several on one bus it tells
 * whose they are. It follows from the deployed stack and the construct's place in it, never from a table, which is
 * another one after it was restored from a backup.
 */
export function eventResource(scope: Construct, given?: string): string {
  if (given !== undefined) {
    new Mistakes(scope).unlessMatching(
      given,
      /^[\x21-\x7e]{1,200}$/,
      `eventResource is "${given}"; it must be 1 to 200 printable ASCII characters without spaces.`,
    );
    return given;
  }
  const { region, account } = Stack.of(scope);
  // The stack's own reference, which keeps its value where another stack of the app uses it.
  const { stackName } = new ScopedAws(scope);
  return [EVENT_SOURCE_PREFIX, region, account, stackName, scope.node.addr.slice(-8)].join(':');
}
