import { systemClock } from '../../runtime/clock';
import { bucket, logger, settings } from '../../runtime/entry';
import { httpHandler } from '../../runtime/http';
import { CATALOG_ENV } from '../contract';
import { detailsOf, summaryOf } from '../domain/presentation';
import { PublishedCatalog } from '../domain/published-catalog';
import { operations } from './catalog-query.api.generated';

const env = settings([CATALOG_ENV.BUCKET]);
const published = new PublishedCatalog(bucket(env[CATALOG_ENV.BUCKET]), systemClock, (error) =>
  logger.error('The catalogue could not be read anew; the one in memory is shown', { error: error as Error }),
);

/** Browsers and the edge may show a page of the catalogue for a few seconds after it changed. */
const headers = { 'cache-control': 'public, max-age=10' };

export const handler = httpHandler(operations, {
  listProducts: async ({ query }) => {
    const { products, total, next } = (await published.current()).page(query);
    return { status: 200, headers, body: { items: products.map(summaryOf), total, next } };
  },
  getProduct: async ({ path }) => {
    return { status: 200, headers, body: detailsOf((await published.current()).product(path.id)) };
  },
  listCategories: async () => {
    return { status: 200, headers, body: { items: [...(await published.current()).categories] } };
  },
});
