import { eventBridge, logger, settings, table } from '../../runtime/entry';
import { OutboxPublisher } from '../adapters/outbox-publisher';
import { OUTBOX_ENV } from '../contract';

const env = settings([OUTBOX_ENV.TABLE, OUTBOX_ENV.RESOURCE, OUTBOX_ENV.BUS, OUTBOX_ENV.SOURCE]);
const publisher = new OutboxPublisher(table(env[OUTBOX_ENV.TABLE]), eventBridge(), {
  resource: env[OUTBOX_ENV.RESOURCE],
  bus: env[OUTBOX_ENV.BUS],
  source: env[OUTBOX_ENV.SOURCE],
});

/** Publishes what the stream's reader missed. */
export async function handler(): Promise<void> {
  const forgotten = await publisher.forgotten(new Date());
  if (forgotten.length === 0) return;
  const failed = await publisher.publish(forgotten);
  logger.warn('Swept events that had not been published', { found: forgotten.length, refused: failed.length });
  if (failed.length > 0) throw new Error(`${failed.length} events were refused by the bus; the next run tries again.`);
}
