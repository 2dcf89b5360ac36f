import { Annotations, Aws, Stack } from 'aws-cdk-lib';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import * as origins from 'aws-cdk-lib/aws-cloudfront-origins';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';

/** Objects of private buckets, as one distribution gives them out: it may read these and no others. */
export class PrivateOrigins extends Construct {
  private readonly accessControl: cloudfront.S3OriginAccessControl;
  private readonly served: { readonly bucket: s3.IBucket; readonly pattern: string }[] = [];

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.accessControl = new cloudfront.S3OriginAccessControl(this, 'AccessControl');
  }

  /**
   * @param pattern of the keys that are served, such as `media/*`
   * @param originPath folder of the bucket that addresses begin in, with a slash before it
   */
  of(bucket: s3.IBucket, pattern: string, originPath?: string): cloudfront.IOrigin {
    this.served.push({ bucket, pattern });
    const { originAccessControlId } = this.accessControl;
    return origins.S3BucketOrigin.withBucketDefaults(bucket, { originPath, originAccessControlId });
  }

  /**
   * Lets the distribution read.
   *
   * The policy of a bucket of another stack cannot name the distribution, since each of the stacks would depend on the
   * other, nor can that of a key, on which the bucket depends: they allow the distributions of the account.
   */
  allow({ distributionArn }: cloudfront.Distribution): void {
    const ours = { StringEquals: { 'AWS:SourceArn': distributionArn } };
    const anyOfAccount = {
      ArnLike: { 'AWS:SourceArn': `arn:${Aws.PARTITION}:cloudfront::${Aws.ACCOUNT_ID}:distribution/*` },
    };
    for (const { bucket, pattern } of this.served) {
      const conditions = Stack.of(bucket) === Stack.of(this) ? ours : anyOfAccount;
      const { statementAdded } = bucket.addToResourcePolicy(
        statement(['s3:GetObject'], bucket.arnForObjects(pattern), conditions),
      );
      if (!statementAdded) this.warnOf(bucket, pattern);
      bucket.encryptionKey?.addToResourcePolicy(statement(['kms:Decrypt'], '*', anyOfAccount));
    }
  }

  private warnOf(bucket: s3.IBucket, pattern: string): void {
    Annotations.of(this).addWarningV2(
      'cdk-serverless-shop:bucketPolicy',
      `The bucket ${bucket.node.path} is not of this app, so that its policy cannot be changed: it must allow the distribution, as the service cloudfront.amazonaws.com, s3:GetObject on ${pattern}.`,
    );
  }
}

function statement(actions: string[], resource: string, conditions: iam.Conditions): iam.PolicyStatement {
  return new iam.PolicyStatement({
    principals: [new iam.ServicePrincipal('cloudfront.amazonaws.com')],
    actions,
    resources: [resource],
    conditions,
  });
}
