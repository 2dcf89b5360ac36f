import { RemovalPolicy } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { Mistakes } from './validation';

/** Context flag that must be true before `removalPolicy: DESTROY` deletes data. */
export const ALLOW_DATA_REMOVAL = 'cdk-serverless-shop:allow-data-removal';

/**
 * What happens to data when its construct goes: kept, unless the user says otherwise in two places,
 * so that neither a typo nor a copied line deletes a table.
 */
export function dataRemovalPolicy(scope: Construct, wanted?: RemovalPolicy): RemovalPolicy {
  const allowed = [true, 'true'].includes(scope.node.tryGetContext(ALLOW_DATA_REMOVAL));
  const mistakes = new Mistakes(scope);
  const snapshot = mistakes.when(
    wanted === RemovalPolicy.SNAPSHOT,
    'removalPolicy SNAPSHOT is for neither tables nor buckets; use RETAIN, or DESTROY.',
  );
  mistakes.when(
    wanted === RemovalPolicy.DESTROY && !allowed,
    `removalPolicy DESTROY would delete data. If that is meant, also set the context "${ALLOW_DATA_REMOVAL}" to true in cdk.json.`,
  );
  return snapshot ? RemovalPolicy.RETAIN : (wanted ?? RemovalPolicy.RETAIN);
}
