import { events as readers } from '../../src/notifications/functions/mail-worker.events.generated';
import { orderIdOf } from '../../src/ordering/domain/identity';
import { orderOfId } from '../../src/ordering/domain/order-query';
import { readEvent } from '../../src/runtime/events';
import { messageOf } from '../events';
import { EXPIRY, memoryShop, problemOf, requestFor } from './shop';

const PRODUCTS = { mug: { price: 1250, stock: 10 }, hat: { price: 333, stock: 5 } };

test('a cart becomes an order: stock is taken, the event told, the reply whole', async () => {
  const { checkout, orders, fill, carts } = memoryShop(PRODUCTS);
  const cartId = await fill({ mug: 2, hat: 3 });
  const { reply, replayed } = await checkout.place(cartId, 'key-1', requestFor(3499));

  expect(replayed).toBe(false);
  expect(reply).toEqual({
    payment: { status: 'due', action: null },
    order: {
      id: orderIdOf(cartId),
      number: expect.stringMatching(/^SO-[0-9A-HJKMNP-TV-Z]{8}$/),
      state: 'PLACED',
      placedAt: '2026-05-01T12:00:00.000Z',
      lines: [
        { sku: 'mug', name: 'The mug', image: null, quantity: 2, unitPrice: usd(1250), total: usd(2500) },
        { sku: 'hat', name: 'The hat', image: null, quantity: 3, unitPrice: usd(333), total: usd(999) },
      ],
      itemCount: 5,
      total: usd(3499),
      contact: requestFor(0).contact,
      address: requestFor(0).address,
      payment: { method: 'cash_on_delivery', status: 'due' },
      language: 'en',
    },
  });
  expect([...orders.stock]).toEqual([
    ['mug', 8],
    ['hat', 2],
  ]);
  expect(orders.events).toMatchObject([
    {
      id: `order.placed:${reply.order.id}`,
      type: 'order.placed',
      time: reply.order.placedAt,
      data: {
        orderId: reply.order.id,
        number: reply.order.number,
        contact: { email: 'ada@example.com' },
        total: usd(3499),
      },
    },
  ]);
  expect(readEvent(JSON.stringify(messageOf(orders.events[0])), readers)).toEqual(orders.events[0]);
  expect(await orderOfId(orders, reply.order.id)).toEqual(reply.order);
  expect(await problemOf(carts.get(cartId))).toMatchObject({ code: 'cart_closed', orderId: reply.order.id });
  expect(await problemOf(carts.setItem(cartId, 'mug', 1))).toMatchObject({ status: 409, code: 'cart_closed' });
  expect(await problemOf(carts.discard(cartId))).toMatchObject({ status: 409, code: 'cart_closed' });
});

describe('the idempotency key', () => {
  test('sent again with the same body, whatever the order of its members, gives the same order', async () => {
    const { checkout, orders, fill } = memoryShop(PRODUCTS);
    const cartId = await fill({ mug: 2 });
    const first = await checkout.place(cartId, 'key', requestFor(2500));
    const { address, ...rest } = requestFor(2500);
    const second = await checkout.place(cartId, 'key', { address: { ...reversed(address) }, ...rest });
    expect(second).toEqual({ reply: first.reply, replayed: true });
    expect(orders.stock.get('mug')).toBe(8);
    expect(orders.events).toHaveLength(1);
  });

  test('is refused with another body, and another key finds the cart closed', async () => {
    const { checkout, fill } = memoryShop(PRODUCTS);
    const cartId = await fill({ mug: 2 });
    const { reply } = await checkout.place(cartId, 'key', requestFor(2500));
    const other = requestFor(2500, { language: 'zh' });
    expect(await problemOf(checkout.place(cartId, 'key', other))).toMatchObject({
      status: 422,
      code: 'idempotency_key_reused',
    });
    expect(await problemOf(checkout.place(cartId, 'another', requestFor(2500)))).toMatchObject({
      status: 409,
      code: 'cart_closed',
      orderId: reply.order.id,
    });
  });

  test('sent ten times at once gives one order', async () => {
    const { checkout, orders, fill } = memoryShop(PRODUCTS);
    const cartId = await fill({ mug: 2 });
    const results = await Promise.all(
      Array.from({ length: 10 }, () => checkout.place(cartId, 'key', requestFor(2500))),
    );
    expect(results.filter(({ replayed }) => !replayed)).toHaveLength(1);
    expect(new Set(results.map(({ reply }) => JSON.stringify(reply))).size).toBe(1);
    expect(orders.stock.get('mug')).toBe(8);
  });

  test('finds the order when the first reply was lost after the commit', async () => {
    const { checkout, orders, fill } = memoryShop(PRODUCTS);
    const cartId = await fill({ mug: 2 });
    orders.mishap = () => 'reply lost';
    await expect(checkout.place(cartId, 'key', requestFor(2500))).rejects.toThrow('socket hang up');
    expect(await checkout.place(cartId, 'key', requestFor(2500))).toMatchObject({ replayed: true });
    expect(orders.stock.get('mug')).toBe(8);
    expect(orders.events).toHaveLength(1);
  });

  test('of a checkout that was refused may be used again once the cart is mended', async () => {
    const { checkout, orders, carts, fill } = memoryShop(PRODUCTS);
    const cartId = await fill({ mug: 2 });
    orders.stock.set('mug', 1);
    await problemOf(checkout.place(cartId, 'key', requestFor(2500)));
    await carts.setItem(cartId, 'mug', 1);
    expect((await checkout.place(cartId, 'key', requestFor(1250))).replayed).toBe(false);
  });
});

describe('nothing happens', () => {
  test('when stock does not suffice: every shortfall is told, and no other line is taken', async () => {
    const { checkout, orders, fill } = memoryShop({ ...PRODUCTS, pen: { price: 1, stock: 9 } });
    const cartId = await fill({ mug: 4, hat: 4, pen: 1 });
    orders.stock.set('mug', 3).set('hat', 0);
    expect(await problemOf(checkout.place(cartId, 'key', requestFor(4 * 1250 + 4 * 333 + 1)))).toMatchObject({
      status: 409,
      code: 'insufficient_stock',
      shortfalls: [
        { sku: 'mug', requested: 4, available: 3 },
        { sku: 'hat', requested: 4, available: 0 },
      ],
    });
    expect([...orders.stock.values()]).toEqual([3, 0, 9]);
    expect(orders.orders()).toEqual([]);
    expect(orders.events).toEqual([]);
  });

  test('when a product is no longer sold: it is told together with what else falls short', async () => {
    const { checkout, catalogue, orders, fill } = memoryShop(PRODUCTS);
    const cartId = await fill({ mug: 1, hat: 4 });
    catalogue.delete('mug');
    orders.stock.set('hat', 2);
    expect(await problemOf(checkout.place(cartId, 'key', requestFor(1250 + 4 * 333)))).toMatchObject({
      code: 'insufficient_stock',
      shortfalls: [
        { sku: 'mug', requested: 1, available: 0 },
        { sku: 'hat', requested: 4, available: 2 },
      ],
    });
  });

  test('when the price has changed since it was shown, or is hoped to be lower', async () => {
    const { checkout, catalogue, orders, fill } = memoryShop(PRODUCTS);
    const cartId = await fill({ mug: 2 });
    const mug = catalogue.get('mug');
    if (mug) catalogue.set('mug', { ...mug, price: usd(1300) });
    for (const expectedTotal of [usd(2500), usd(0), { amount: 2600, currency: 'JPY' }]) {
      expect(await problemOf(checkout.place(cartId, 'key', requestFor(0, { expectedTotal })))).toMatchObject({
        status: 409,
        code: 'price_changed',
        total: usd(2600),
      });
    }
    expect(orders.orders()).toEqual([]);
  });

  test('when there is nothing in the cart, also after its last line was set to 0', async () => {
    const { checkout, carts, fill } = memoryShop(PRODUCTS);
    const emptied = await fill({ mug: 1 });
    await carts.setItem(emptied, 'mug', 0);
    for (const cartId of [await fill({}), emptied]) {
      expect(await problemOf(checkout.place(cartId, 'key', requestFor(0)))).toMatchObject({
        status: 409,
        code: 'cart_empty',
      });
    }
  });

  test('when the cart has expired or was never there', async () => {
    const { checkout, clock, fill } = memoryShop(PRODUCTS);
    const cartId = await fill({ mug: 1 });
    clock.time += EXPIRY * 1000;
    expect(await problemOf(checkout.place(cartId, 'key', requestFor(1250)))).toMatchObject({ code: 'cart_not_found' });
    expect(await problemOf(checkout.place('A'.repeat(22), 'key', requestFor(1)))).toMatchObject({ status: 404 });
  });
});

test('an order does not expire, and a cart that is still open is no order', async () => {
  const { checkout, clock, orders, fill } = memoryShop(PRODUCTS);
  const cartId = await fill({ mug: 1 });
  expect(await problemOf(orderOfId(orders, orderIdOf(cartId)))).toMatchObject({ status: 404, code: 'order_not_found' });
  const { reply } = await checkout.place(cartId, 'key', requestFor(1250));
  clock.time += 10 * EXPIRY * 1000;
  expect((await checkout.place(cartId, 'key', requestFor(1250))).replayed).toBe(true);
  expect((await orderOfId(orders, reply.order.id)).total).toEqual(usd(1250));
});

test('conflicts are tried again with growing, random waits, then the customer is asked to come back', async () => {
  const { checkout, clock, orders, fill } = memoryShop(PRODUCTS);
  const cartId = await fill({ mug: 1 });
  let conflicts = 4;
  orders.mishap = () => (conflicts-- > 0 ? 'conflict' : undefined);
  expect((await checkout.place(cartId, 'key', requestFor(1250))).replayed).toBe(false);
  expect(clock.slept).toEqual([25, 50, 100, 200]);

  const other = await fill({ mug: 1 });
  orders.mishap = () => 'conflict';
  expect(await problemOf(checkout.place(other, 'key', requestFor(1250)))).toMatchObject({
    status: 503,
    code: 'busy',
    headers: { 'retry-after': '1' },
  });
  expect(orders.stock.get('mug')).toBe(9);
});

test("the event names products in the language of the order, the shop's own when it names none", async () => {
  const { checkout, catalogue, orders, fill } = memoryShop(PRODUCTS);
  const mug = catalogue.get('mug');
  if (mug) catalogue.set('mug', { ...mug, translations: { zh: { name: '马克杯' } } });
  for (const language of ['zh', 'zh-Hant-TW', 'fr', undefined]) {
    await checkout.place(await fill({ mug: 1 }), 'key', requestFor(1250, { language }));
  }
  const told = orders.events.map(({ data }) => data as { language: string; lines: { name: string }[] });
  expect(told.map(({ language, lines }) => [language, lines[0].name])).toEqual([
    ['zh', '马克杯'],
    ['zh-Hant-TW', '马克杯'],
    ['fr', 'The mug'],
    ['en', 'The mug'],
  ]);
});

function usd(amount: number) {
  return { amount, currency: 'USD' };
}

function reversed<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).reverse()) as T;
}
