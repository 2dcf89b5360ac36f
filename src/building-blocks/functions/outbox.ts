import { systemClock } from '../../runtime/clock';
import { eventBridge, settings, table } from '../../runtime/entry';
import { EventBridgeBus } from '../adapters/event-bridge-bus';
import { OutboxTable } from '../adapters/outbox-table';
import { OUTBOX_ENV } from '../contract';
import { OutboxPublisher } from '../domain/outbox-publisher';

const env = settings([OUTBOX_ENV.TABLE, OUTBOX_ENV.RESOURCE, OUTBOX_ENV.BUS, OUTBOX_ENV.SOURCE]);

export const items = new OutboxTable(table(env[OUTBOX_ENV.TABLE]));

export const publisher = new OutboxPublisher(
  new EventBridgeBus(eventBridge(), {
    bus: env[OUTBOX_ENV.BUS],
    source: env[OUTBOX_ENV.SOURCE],
    resource: env[OUTBOX_ENV.RESOURCE],
  }),
  items,
  systemClock,
);
