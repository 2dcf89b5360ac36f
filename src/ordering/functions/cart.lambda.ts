import { API_PREFIX } from '../../api/contract';
import { CATALOG_ENV } from '../../catalog/contract';
import { systemClock } from '../../runtime/clock';
import { settings, table } from '../../runtime/entry';
import { httpHandler } from '../../runtime/http';
import { CartTable } from '../adapters/cart-table';
import { CatalogProducts } from '../adapters/catalog-products';
import { StockTable } from '../adapters/stock-table';
import { ORDERING_ENV } from '../contract';
import { Carts } from '../domain/carts';
import type { CartView } from '../domain/model';
import { operations } from './cart.api.generated';

const env = settings([
  ORDERING_ENV.TABLE,
  ORDERING_ENV.CART_EXPIRY,
  ORDERING_ENV.LIMITS,
  CATALOG_ENV.TABLE,
  CATALOG_ENV.CURRENCY,
]);
const ordering = table(env[ORDERING_ENV.TABLE]);
const carts = new Carts({
  carts: new CartTable(ordering),
  stock: new StockTable(ordering),
  products: new CatalogProducts(table(env[CATALOG_ENV.TABLE]), env[CATALOG_ENV.CURRENCY]),
  clock: systemClock,
  currency: env[CATALOG_ENV.CURRENCY],
  expiry: Number(env[ORDERING_ENV.CART_EXPIRY]),
  limits: JSON.parse(env[ORDERING_ENV.LIMITS]),
});

export const handler = httpHandler(operations, {
  async createCart() {
    const body = await carts.create();
    return { status: 201, body, headers: { location: `${API_PREFIX}/carts/${body.id}`, etag: etagOf(body) } };
  },
  async getCart({ path }) {
    return shown(await carts.get(path.id));
  },
  async setCartItem({ path, header, body }) {
    return shown(await carts.setItem(path.id, path.sku, body.quantity, versionOf(header['if-match'])));
  },
  async addCartItem({ path, header, body }) {
    return shown(await carts.addItem(path.id, header['idempotency-key'], body.sku, body.quantity));
  },
  async deleteCart({ path }) {
    await carts.discard(path.id);
    return { status: 204 };
  },
  async getAvailability({ query }) {
    return { status: 200, body: { items: await carts.availability(query.sku) } };
  },
});

function shown(body: CartView) {
  return { status: 200 as const, body, headers: { etag: etagOf(body) } };
}

function etagOf({ version }: CartView): string {
  return `"${version}"`;
}

function versionOf(etag: string | undefined): number | undefined {
  return etag === undefined ? undefined : Number(etag.slice(1, -1));
}
