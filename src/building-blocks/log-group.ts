import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';

export interface ExpiringLogGroupProps {
  /** @default - three months */
  readonly retention?: logs.RetentionDays;
  readonly encryptionKey?: kms.IKey;
}

/** A log group that expires and goes with its stack. */
export function expiringLogGroup(scope: Construct, id: string, props: ExpiringLogGroupProps = {}): logs.LogGroup {
  const { retention = logs.RetentionDays.THREE_MONTHS, encryptionKey } = props;
  if (encryptionKey) allowCloudWatchLogs(scope, encryptionKey);
  return new logs.LogGroup(scope, id, { retention, encryptionKey, removalPolicy: RemovalPolicy.DESTROY });
}

/** CloudWatch Logs refuses a log group whose key it may not use, and the CDK leaves it to the caller to allow that. */
function allowCloudWatchLogs(scope: Construct, key: kms.IKey): void {
  const { account, partition, region, urlSuffix } = Stack.of(scope);
  key.addToResourcePolicy(
    new iam.PolicyStatement({
      principals: [new iam.ServicePrincipal(`logs.${region}.${urlSuffix}`)],
      actions: ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'],
      resources: ['*'],
      // Of the log group itself it would be a circle: the group needs the key first.
      conditions: {
        ArnLike: { 'kms:EncryptionContext:aws:logs:arn': `arn:${partition}:logs:${region}:${account}:log-group:*` },
      },
    }),
  );
}
