import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { sendEventsToEventBridge } from './bucket-events';
import { dataRemovalPolicy } from './data-removal';
import { acknowledge } from './permissions';

export interface PrivateBucketProps {
  readonly encryptionKey?: kms.IKey;
  readonly removalPolicy?: RemovalPolicy;
  /** Sends the bucket's events to EventBridge. @default false */
  readonly events?: boolean;
  readonly lifecycleRules?: s3.LifecycleRule[];
  /** Holds nothing but copies, so it is not versioned and goes with its stack. @default false */
  readonly disposable?: boolean;
}

/** A bucket that is private, encrypted, versioned, kept, and reached over TLS only. */
export function privateBucket(scope: Construct, id: string, props: PrivateBucketProps = {}): s3.Bucket {
  const bucket = new s3.Bucket(scope, id, {
    blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
    encryption: props.encryptionKey ? s3.BucketEncryption.KMS : s3.BucketEncryption.S3_MANAGED,
    encryptionKey: props.encryptionKey,
    bucketKeyEnabled: props.encryptionKey ? true : undefined,
    enforceSSL: true,
    versioned: !props.disposable,
    objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
    removalPolicy: props.disposable ? RemovalPolicy.DESTROY : dataRemovalPolicy(scope, props.removalPolicy),
    lifecycleRules: [
      { abortIncompleteMultipartUploadAfter: Duration.days(7), noncurrentVersionExpiration: Duration.days(30) },
      ...(props.lifecycleRules ?? []),
    ],
  });
  if (props.events) sendEventsToEventBridge(scope, bucket);
  acknowledge(bucket, {
    'AwsSolutions-S1':
      'It is private, and its log would need a bucket of its own. Who needs to know who read what turns on data events of CloudTrail.',
  });
  return bucket;
}
