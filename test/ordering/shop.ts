import { Carts } from '../../src/ordering/domain/carts';
import { Checkout } from '../../src/ordering/domain/checkout';
import type { CheckoutRequest, Product } from '../../src/ordering/domain/model';
import { Problem } from '../../src/runtime/problem';
import { MemoryOrderStore } from './memory-order-store';

export const EXPIRY = 30 * 24 * 3600;

/** A shop in memory, whose time stands still unless a test moves it. */
export function memoryShop(products: Readonly<Record<string, { price: number; stock?: number; name?: string }>>) {
  const orders = new MemoryOrderStore();
  const catalogue = new Map<string, Product>();
  for (const [sku, { price, stock, name = `The ${sku}` }] of Object.entries(products)) {
    catalogue.set(sku, { sku, name, image: null, price: { amount: price, currency: 'USD' } });
    if (stock !== undefined) orders.stock.set(sku, stock);
  }
  const clock = {
    time: Date.parse('2026-05-01T12:00:00Z'),
    slept: [] as number[],
    now: () => new Date(clock.time),
    random: () => 0.5,
    sleep: async (milliseconds: number) => {
      clock.slept.push(milliseconds);
    },
  };
  const surroundings = {
    orders,
    products: {
      find: async (skus: readonly string[]) =>
        new Map(skus.flatMap((sku) => (catalogue.has(sku) ? [[sku, catalogue.get(sku) as Product]] : []))),
    },
    clock,
    currency: 'USD',
  };
  const carts = new Carts({ ...surroundings, expiry: EXPIRY });
  const checkout = new Checkout({ ...surroundings, defaultLanguage: 'en' });

  /** Opens a cart with the given quantities. */
  async function fill(quantities: Readonly<Record<string, number>>): Promise<string> {
    const { id } = await carts.create();
    for (const [sku, quantity] of Object.entries(quantities)) await carts.setItem(id, sku, quantity);
    return id;
  }
  return { orders, catalogue, clock, carts, checkout, fill };
}

export function requestFor(amount: number, changes: Partial<CheckoutRequest> = {}): CheckoutRequest {
  return {
    contact: { name: 'Ada Lovelace', email: 'ada@example.com' },
    address: { line1: '12 St James Square', city: 'London', country: 'GB' },
    payment: { method: 'cash_on_delivery' },
    expectedTotal: { amount, currency: 'USD' },
    ...changes,
  };
}

/** The problem that a promise is refused with, as its reader gets it. */
export async function problemOf(promise: Promise<unknown>): Promise<Record<string, unknown>> {
  const outcome = await promise.then(
    (value) => ({ value }),
    (error) => error,
  );
  if (!(outcome instanceof Problem)) throw new Error(`Expected a Problem, got ${JSON.stringify(outcome)}`);
  return { ...outcome.toJSON(), headers: outcome.headers };
}
