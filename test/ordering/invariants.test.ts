/** What must hold whatever happens, tried with many random shops. A failure names its seed. */
import type { CheckoutRequest } from '../../src/ordering/domain/model';
import { Problem } from '../../src/runtime/problem';
import { memoryShop, requestFor } from './shop';

const SEEDS = Array.from({ length: 40 }, (_, index) => index + 1);

test.each(SEEDS)('no stock is sold twice and no order is made twice (seed %i)', async (seed) => {
  const random = mulberry32(seed);
  const whole = (below: number) => Math.floor(random() * below);
  const skus = Array.from({ length: 1 + whole(4) }, (_, index) => `sku-${index}`);
  const initial = new Map(skus.map((sku) => [sku, whole(30)]));
  const shop = memoryShop(
    Object.fromEntries(skus.map((sku) => [sku, { price: whole(100_000), stock: initial.get(sku) }])),
  );
  shop.orders.mishap = () => (['conflict', 'reply lost', undefined, undefined, undefined] as const)[whole(5)];

  const acknowledged = new Map<string, string>();
  const buyers = Array.from({ length: 25 }, async (_, buyer) => {
    const cart = await shop.carts.create();
    for (const sku of skus) await shop.carts.setItem(cart.id, sku, whole(4)).catch(expectProblem);
    const { total } = await shop.carts.get(cart.id);
    const request: CheckoutRequest = requestFor(total.amount);
    for (let times = 0; times < 3; times++) {
      const result = await shop.checkout.place(cart.id, `key-${buyer}`, request).catch(expectProblemOrLostReply);
      if (!result) continue;
      const { id } = result.reply.order;
      expect(acknowledged.get(cart.id) ?? id).toBe(id);
      acknowledged.set(cart.id, id);
    }
  });
  await Promise.all(buyers);

  const orders = shop.orders.orders();
  for (const sku of skus) {
    const sold = orders.flatMap(({ lines }) => lines.filter((line) => line.sku === sku));
    const available = shop.orders.stock.get(sku) ?? 0;
    expect(available).toBeGreaterThanOrEqual(0);
    expect(sold.reduce((total, { quantity }) => total + quantity, 0) + available).toBe(initial.get(sku));
  }
  expect(orders.map(({ orderId }) => orderId)).toEqual(expect.arrayContaining([...acknowledged.values()]));
  expect(shop.orders.events.map(({ id }) => id).sort()).toEqual(
    orders.map(({ orderId }) => `order.placed:${orderId}`).sort(),
  );
});

test.each(SEEDS)('totals are exact to the last minor unit (seed %i)', async (seed) => {
  const random = mulberry32(seed);
  const whole = (below: number) => Math.floor(random() * below);
  const skus = Array.from({ length: 98 }, (_, index) => `sku-${index}`);
  const prices = new Map(skus.map((sku) => [sku, whole(9_000_000_000)]));
  const shop = memoryShop(Object.fromEntries(skus.map((sku) => [sku, { price: prices.get(sku) ?? 0, stock: 9999 }])));
  const quantities = Object.fromEntries(skus.map((sku) => [sku, 1 + whole(9999)]));
  const cart = await shop.carts.get(await shop.fill(quantities));
  const exact = skus.reduce((total, sku) => total + BigInt(prices.get(sku) ?? 0) * BigInt(quantities[sku]), 0n);
  expect(BigInt(cart.total.amount)).toBe(exact);
});

function expectProblem(error: unknown): undefined {
  if (!(error instanceof Problem) || error.status >= 500) throw error;
  return undefined;
}

function expectProblemOrLostReply(error: unknown): undefined {
  if (error instanceof Problem || (error as Error).message === 'socket hang up') return undefined;
  throw error;
}

/** A small seeded generator of random numbers from 0 to 1. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
