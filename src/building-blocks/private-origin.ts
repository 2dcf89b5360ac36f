import { Aws, Names, Stack } from 'aws-cdk-lib';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import * as origins from 'aws-cdk-lib/aws-cloudfront-origins';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';

/**
 * A private bucket that a distribution in the scope may read.
 *
 * The policy of a bucket of another stack cannot name the distribution, since each of the stacks would depend on the
 * other: it allows the distributions of the account.
 */
export function privateOrigin(scope: Construct, bucket: s3.IBucket, originPath?: string): cloudfront.IOrigin {
  if (Stack.of(bucket) === Stack.of(scope)) {
    return origins.S3BucketOrigin.withOriginAccessControl(bucket, { originPath });
  }
  const statement = (actions: string[], resource: string) =>
    new iam.PolicyStatement({
      principals: [new iam.ServicePrincipal('cloudfront.amazonaws.com')],
      actions,
      resources: [resource],
      conditions: {
        ArnLike: { 'AWS:SourceArn': `arn:${Aws.PARTITION}:cloudfront::${Aws.ACCOUNT_ID}:distribution/*` },
      },
    });
  bucket.addToResourcePolicy(statement(['s3:GetObject'], bucket.arnForObjects('*')));
  bucket.encryptionKey?.addToResourcePolicy(statement(['kms:Decrypt'], '*'));
  const { originAccessControlId } = new cloudfront.S3OriginAccessControl(
    scope,
    `AccessTo${Names.nodeUniqueId(bucket.node)}`,
  );
  return origins.S3BucketOrigin.withBucketDefaults(bucket, { originPath, originAccessControlId });
}
