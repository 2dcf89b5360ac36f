import type { DynamoDBStreamEvent } from 'aws-lambda';
import { OUTBOX } from '../../runtime/contract';
import type { OutboxEvent } from '../domain/outbox';

export interface StreamedEvent extends OutboxEvent {
  readonly sequenceNumber: string;
}

/** The outbox items among the records of a table's stream, oldest first. */
export function eventsOf(stream: DynamoDBStreamEvent): StreamedEvent[] {
  return stream.Records.flatMap(({ eventName, dynamodb }) => {
    const item = dynamodb?.NewImage;
    if (eventName !== 'INSERT' || !item?.pk?.S?.startsWith(OUTBOX.PREFIX)) return [];
    return [
      {
        pk: item.pk.S,
        sk: item.sk.S ?? '',
        eventType: item.eventType.S ?? '',
        detail: item.detail.S ?? '',
        sequenceNumber: dynamodb?.SequenceNumber ?? '',
      },
    ];
  });
}
