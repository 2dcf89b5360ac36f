import { API_PREFIX } from '../../api/contract';
import { CATALOG_ENV } from '../../catalog/contract';
import { dynamo, settings } from '../../runtime/entry';
import { httpHandler } from '../../runtime/http';
import { ORDERING_ENV } from '../contract';
import { Carts } from '../domain/carts';
import { CatalogProducts } from '../domain/catalog-products';
import { DynamoOrderStore } from '../domain/dynamo-order-store';
import { systemClock } from '../domain/retry';
import { operations } from './cart.api.generated';

const env = settings([ORDERING_ENV.TABLE, ORDERING_ENV.CART_EXPIRY, CATALOG_ENV.TABLE, CATALOG_ENV.CURRENCY]);
const carts = new Carts({
  orders: new DynamoOrderStore(dynamo(), env[ORDERING_ENV.TABLE], systemClock),
  products: new CatalogProducts(dynamo(), env[CATALOG_ENV.TABLE], systemClock, env[CATALOG_ENV.CURRENCY]),
  clock: systemClock,
  currency: env[CATALOG_ENV.CURRENCY],
  expiry: Number(env[ORDERING_ENV.CART_EXPIRY]),
});

export const handler = httpHandler(operations, {
  async createCart() {
    const body = await carts.create();
    return { status: 201, body, headers: { location: `${API_PREFIX}/carts/${body.id}` } };
  },
  async getCart({ path }) {
    return { status: 200, body: await carts.get(path.id) };
  },
  async setCartItem({ path, body }) {
    return { status: 200, body: await carts.setItem(path.id, path.sku, body.quantity) };
  },
  async deleteCart({ path }) {
    await carts.discard(path.id);
    return { status: 204 };
  },
  async getAvailability({ query }) {
    return { status: 200, body: { items: await carts.availability(query.sku) } };
  },
});
