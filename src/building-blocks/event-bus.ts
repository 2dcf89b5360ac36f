import * as events from 'aws-cdk-lib/aws-events';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { uniqueName } from './unique-name';

/** A bus for the events of a shop or of one of its parts. */
export function eventBus(scope: Construct, encryptionKey?: kms.IKey): events.EventBus {
  return new events.EventBus(scope, 'Bus', { eventBusName: uniqueName(scope, 'shop'), kmsKey: encryptionKey });
}
