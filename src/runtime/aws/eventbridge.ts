import type { PutEventsCommandInput, PutEventsCommandOutput } from '@aws-sdk/client-eventbridge';
import { JsonClient, type JsonService } from './json-protocol';
import type { ClientOptions } from './service-client';

export interface EventBridge {
  /** Succeeds as a call even where entries were refused: those have an `ErrorCode`. */
  putEvents(input: Omit<PutEventsCommandInput, 'EndpointId'>): Promise<Omit<PutEventsCommandOutput, '$metadata'>>;
}

export const EVENTBRIDGE: JsonService = {
  id: 'EVENTBRIDGE',
  host: 'events',
  signing: 'events',
  fipsAsUsual: ['us-gov-east-1', 'us-gov-west-1'],
  target: 'AWSEvents',
  version: '1.1',
};

export class EventBridgeClient implements EventBridge {
  private readonly client: JsonClient;

  constructor(options?: ClientOptions) {
    this.client = new JsonClient(EVENTBRIDGE, options);
  }

  putEvents({ Entries, ...input }: Omit<PutEventsCommandInput, 'EndpointId'>) {
    return this.client.call<Omit<PutEventsCommandOutput, '$metadata'>>('PutEvents', {
      ...input,
      Entries: Entries?.map(({ Time, ...entry }) => ({ ...entry, Time: Time && Time.getTime() / 1000 })),
    });
  }
}
