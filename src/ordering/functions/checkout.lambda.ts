import { API_PREFIX } from '../../api/contract';
import { CATALOG_ENV } from '../../catalog/contract';
import { systemClock } from '../../runtime/clock';
import { EDGE } from '../../runtime/contract';
import { logger, settings, table } from '../../runtime/entry';
import { httpHandler } from '../../runtime/http';
import { counter } from '../../runtime/metrics';
import { Quota } from '../../runtime/quota';
import { Refusal } from '../../runtime/refusal';
import { subscriberOf, viewerAddress } from '../../runtime/viewer';
import { CartTable } from '../adapters/cart-table';
import { CatalogProducts } from '../adapters/catalog-products';
import { OrderTable } from '../adapters/order-table';
import { StockTable } from '../adapters/stock-table';
import { CALLER_SECONDS, ORDERING_ENV, ORDERING_ITEMS, ORDERING_METRICS } from '../contract';
import { Checkout } from '../domain/checkout';
import { operations } from './checkout.api.generated';

const env = settings([
  ORDERING_ENV.TABLE,
  ORDERING_ENV.LANGUAGE,
  ORDERING_ENV.LIMITS,
  ORDERING_ENV.ORDERS_PER_SOURCE,
  EDGE.ENV,
  CATALOG_ENV.TABLE,
  CATALOG_ENV.CURRENCY,
]);
const count = counter(ORDERING_METRICS.DIMENSION);
const ordering = table(env[ORDERING_ENV.TABLE]);
const ordersPerSource = Number(env[ORDERING_ENV.ORDERS_PER_SOURCE]);
const checkout = new Checkout({
  carts: new CartTable(ordering),
  orders: new OrderTable(ordering),
  stock: new StockTable(ordering),
  products: new CatalogProducts(table(env[CATALOG_ENV.TABLE]), env[CATALOG_ENV.CURRENCY]),
  clock: systemClock,
  currency: env[CATALOG_ENV.CURRENCY],
  defaultLanguage: env[ORDERING_ENV.LANGUAGE],
  limits: JSON.parse(env[ORDERING_ENV.LIMITS]),
  ...(ordersPerSource > 0 && {
    callers: new Quota(ordering, ORDERING_ITEMS.CALLER_PREFIX, { most: ordersPerSource, seconds: CALLER_SECONDS }),
  }),
});

export const handler = httpHandler(operations, {
  async checkOut({ path, header, body, requestId, arrival }) {
    const caller = subscriberOf(viewerAddress(arrival, env[EDGE.ENV]));
    const placing = checkout.place(path.id, header['idempotency-key'], body, caller);
    const { reply, replayed } = await placing.catch((error) => {
      if (error instanceof Refusal) {
        const isHeldBack = error.code === 'too_many_orders';
        count({
          [ORDERING_METRICS.CHECKOUT_REJECTED]: 1,
          ...(isHeldBack && { [ORDERING_METRICS.ORDERS_HELD_BACK]: 1 }),
        });
        logger.info('Checkout rejected', { requestId, code: error.code });
      }
      throw error;
    });
    if (!replayed) {
      count({ [ORDERING_METRICS.ORDERS_PLACED]: 1, [ORDERING_METRICS.UNITS_ORDERED]: reply.order.itemCount });
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
