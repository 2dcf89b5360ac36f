import { type EventBridgeClientConfig, PutEventsCommand, EventBridgeClient as Sdk } from '@aws-sdk/client-eventbridge';
import type { EventBridge } from '../../../src/runtime/aws/eventbridge';
import { withOurErrors } from './errors';

export class EventBridgeClient implements EventBridge {
  private readonly client: Sdk;

  constructor(config: EventBridgeClientConfig = {}) {
    this.client = new Sdk(config);
  }

  putEvents: EventBridge['putEvents'] = (input) => withOurErrors(this.client.send(new PutEventsCommand(input)));
}
