import { Annotations } from 'aws-cdk-lib';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';

/**
 * Makes a bucket tell EventBridge of its objects. One that this app does not make must have been told to already,
 * which cannot be seen from here: a warning says what happens otherwise.
 */
export function sendEventsToEventBridge(scope: Construct, bucket: s3.IBucket): void {
  const resource = bucket.node.defaultChild;
  const settings = resource instanceof s3.CfnBucket ? resource.notificationConfiguration : undefined;
  if (resource instanceof s3.CfnBucket && settings === undefined) {
    // The L2's own flag would add a helper function to the stack; the property needs none.
    resource.notificationConfiguration = { eventBridgeConfiguration: { eventBridgeEnabled: true } };
    return;
  }
  if (settings && 'eventBridgeConfiguration' in settings) return;
  Annotations.of(scope).addWarningV2(
    'cdk-serverless-shop:bucketEvents',
    `Objects put into ${bucket.node.path} go unnoticed unless the bucket sends its events to EventBridge. Turn on "Amazon EventBridge" in its properties.`,
  );
}
