import { gunzipSync } from 'node:zlib';
import { CATALOG_ENV, type CatalogOpeningStock } from '../../catalog/contract';
import { systemClock } from '../../runtime/clock';
import { bucket, logger, settings, table } from '../../runtime/entry';
import { readEvent } from '../../runtime/events';
import { queueHandler } from '../../runtime/queue';
import { StockTable } from '../adapters/stock-table';
import { ORDERING_ENV } from '../contract';
import { openStock } from '../domain/stock-opening';
import { events } from './stock-opener.events.generated';

const env = settings([ORDERING_ENV.TABLE, CATALOG_ENV.BUCKET]);
const store = new StockTable(table(env[ORDERING_ENV.TABLE]));
const published = bucket(env[CATALOG_ENV.BUCKET]);

/** Gives the products of each newly published catalogue their opening stock. */
export const handler = queueHandler({
  parse: (body) => readEvent(body, events).data,
  handle: async ({ version, stock }) => {
    const opened = await openStock(store, systemClock, await readStock(stock.key));
    logger.info('Opened stock', { version, opened });
  },
});

async function readStock(key: string): Promise<CatalogOpeningStock[]> {
  const stored = await published.get(key);
  if (!stored) throw new Error(`There is no ${key} in the catalogue's bucket.`);
  return JSON.parse(gunzipSync(stored.body).toString());
}
