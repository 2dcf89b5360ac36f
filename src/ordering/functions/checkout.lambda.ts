import { API_PREFIX } from '../../api/contract';
import { CATALOG_ENV } from '../../catalog/contract';
import { dynamo, logger, settings } from '../../runtime/entry';
import { httpHandler } from '../../runtime/http';
import { counter } from '../../runtime/metrics';
import { Problem } from '../../runtime/problem';
import { ORDERING_ENV, ORDERING_METRICS } from '../contract';
import { CatalogProducts } from '../domain/catalog-products';
import { Checkout } from '../domain/checkout';
import { DynamoOrderStore } from '../domain/dynamo-order-store';
import { systemClock } from '../domain/retry';
import { operations } from './checkout.api.generated';

const env = settings([ORDERING_ENV.TABLE, ORDERING_ENV.LANGUAGE, CATALOG_ENV.TABLE, CATALOG_ENV.CURRENCY]);
const count = counter(ORDERING_METRICS.DIMENSION);
const checkout = new Checkout({
  orders: new DynamoOrderStore(dynamo(), env[ORDERING_ENV.TABLE], systemClock),
  products: new CatalogProducts(dynamo(), env[CATALOG_ENV.TABLE], systemClock, env[CATALOG_ENV.CURRENCY]),
  clock: systemClock,
  currency: env[CATALOG_ENV.CURRENCY],
  defaultLanguage: env[ORDERING_ENV.LANGUAGE],
});

export const handler = httpHandler(operations, {
  async checkOut({ path, header, body, requestId }) {
    const { reply, replayed } = await checkout.place(path.id, header['idempotency-key'], body).catch((error) => {
      if (error instanceof Problem) {
        count({ [ORDERING_METRICS.CHECKOUT_REJECTED]: 1 });
        logger.info('Checkout rejected', { requestId, code: error.code });
      }
      throw error;
    });
    if (!replayed) {
      count({ [ORDERING_METRICS.ORDERS_PLACED]: 1 });
      logger.info('Order placed', { requestId, number: reply.order.number });
    }
    return {
      status: 201,
      body: reply,
      headers: {
        location: `${API_PREFIX}/orders/${reply.order.id}`,
        ...(replayed && { 'idempotent-replayed': 'true' }),
      },
    };
  },
});
