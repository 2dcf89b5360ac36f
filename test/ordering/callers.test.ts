import { ORDERING_ITEMS } from '../../src/ordering/contract';
import { Quota } from '../../src/runtime/quota';
import { LIMITS, memoryShop, refusalOf, requestFor } from './shop';

const PRODUCTS = { mug: { price: 100, stock: 100 } };

/** A shop that takes two orders of a caller in an hour. */
function shop() {
  const made = memoryShop(
    PRODUCTS,
    LIMITS,
    (table) => new Quota(table, ORDERING_ITEMS.CALLER_PREFIX, { most: 2, seconds: 3600 }),
  );
  const order = async (caller: string, cartId?: string, key = 'key') =>
    made.checkout.place(cartId ?? (await made.fill({ mug: 1 })), key, requestFor(100), caller);
  return { ...made, order };
}

test('a caller orders so often and no more, and is told when to come again', async () => {
  const { order, clock, stock } = shop();
  await order('203.0.113.9');
  await order('203.0.113.9');
  clock.time += 600_000;
  expect(await refusalOf(order('203.0.113.9'))).toEqual({ code: 'too_many_orders', retryAfter: 3000 });
  expect(stock()).toEqual({ mug: 98 });
  expect(await order('198.51.100.1')).toMatchObject({ replayed: false });
  clock.time += 3_000_000;
  expect(await order('203.0.113.9')).toMatchObject({ replayed: false });
});

test('the same request sent again counts once, and is answered also when the caller may order no more', async () => {
  const { order, fill } = shop();
  const first = await fill({ mug: 1 });
  const placed = await order('203.0.113.9', first);
  for (let again = 0; again < 5; again++) expect((await order('203.0.113.9', first)).replayed).toBe(true);
  await order('203.0.113.9');
  expect(await refusalOf(order('203.0.113.9'))).toMatchObject({ code: 'too_many_orders' });
  expect(await order('203.0.113.9', first)).toEqual({ ...placed, replayed: true });
});

test('a checkout whose reply was lost, and one that met others, count once', async () => {
  const { order, weather } = shop();
  const mishaps = ['conflict', 'reply lost', 'conflict'] as const;
  let next = 0;
  weather.mishap = () => mishaps[next++];
  await order('203.0.113.9');
  await order('203.0.113.9');
  expect(await refusalOf(order('203.0.113.9'))).toMatchObject({ code: 'too_many_orders' });
});

test('a cart that cannot be ordered counts once, however often it is tried', async () => {
  const { order, fill, setStock } = shop();
  const cartId = await fill({ mug: 1 });
  setStock('mug', 0);
  for (let attempt = 0; attempt < 5; attempt++) {
    expect(await refusalOf(order('203.0.113.9', cartId))).toMatchObject({ code: 'insufficient_stock' });
  }
  setStock('mug', 100);
  await order('203.0.113.9');
  expect(await refusalOf(order('203.0.113.9'))).toMatchObject({ code: 'too_many_orders' });
  expect(await order('203.0.113.9', cartId)).toMatchObject({ replayed: false });
});

test('nothing that is stored tells where an order came from', async () => {
  const { order, items } = shop();
  await order('203.0.113.9');
  expect(JSON.stringify(items())).not.toContain('203.0.113');
});

test('whose caller is not known is not held back', async () => {
  const { checkout, fill } = shop();
  for (let order = 0; order < 5; order++) {
    expect(await checkout.place(await fill({ mug: 1 }), 'key', requestFor(100))).toMatchObject({ replayed: false });
  }
});
