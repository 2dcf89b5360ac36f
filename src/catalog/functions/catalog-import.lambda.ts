import { systemClock } from '../../runtime/clock';
import { bucket, logger, settings, table } from '../../runtime/entry';
import { queueHandler } from '../../runtime/queue';
import { CatalogTable } from '../adapters/catalog-table';
import { importQueue } from '../adapters/import-queue';
import { CATALOG_ENV } from '../contract';
import { Importer } from '../domain/importer';
import { ProductWriter } from '../domain/product-writer';
import { Publisher } from '../domain/publisher';

const env = settings([CATALOG_ENV.TABLE, CATALOG_ENV.BUCKET, CATALOG_ENV.CURRENCY]);
const store = new CatalogTable(table(env[CATALOG_ENV.TABLE]), systemClock);
const objects = bucket(env[CATALOG_ENV.BUCKET]);
const publisher = new Publisher(store, objects, systemClock, (message, error) =>
  logger.warn(message, { error: error as Error }),
);
const writer = new ProductWriter(store, systemClock);
const importer = new Importer(writer, objects, publisher, systemClock, env[CATALOG_ENV.CURRENCY]);

export const handler = queueHandler(importQueue(importer, (message, facts) => logger.info(message, facts)));
