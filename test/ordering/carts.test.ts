import { newCartId, orderIdOf } from '../../src/ordering/domain/identity';
import { EXPIRY, memoryShop, problemOf } from './shop';

test("a new cart is empty, in the shop's currency, and its id is stored nowhere", async () => {
  const { carts, orders } = memoryShop({});
  const cart = await carts.create();
  expect(cart).toEqual({
    id: expect.stringMatching(/^[A-Za-z0-9_-]{22}$/),
    version: 1,
    lines: [],
    itemCount: 0,
    total: { amount: 0, currency: 'USD' },
  });
  expect(JSON.stringify([...orders.records])).not.toContain(cart.id);
});

test('a quantity is absolute: set twice it changes nothing, and one SKU never has two lines', async () => {
  const { carts, fill } = memoryShop({ mug: { price: 1250, stock: 10 }, hat: { price: 333, stock: 5 } });
  const id = await fill({ mug: 7, hat: 2 });
  const once = await carts.setItem(id, 'mug', 7);
  expect(once.version).toBe(3);
  const less = await carts.setItem(id, 'mug', 6);
  expect(less.lines.map(({ sku, quantity }) => [sku, quantity])).toEqual([
    ['mug', 6],
    ['hat', 2],
  ]);
  expect(less).toMatchObject({ version: 4, itemCount: 8, total: { amount: 6 * 1250 + 2 * 333, currency: 'USD' } });
});

test('two additions of one SKU cannot pass the stock check one by one', async () => {
  const { carts, fill } = memoryShop({ mug: { price: 1, stock: 5 } });
  const id = await fill({ mug: 3 });
  await carts.setItem(id, 'mug', 5);
  expect((await carts.get(id)).lines).toHaveLength(1);
  expect(await problemOf(carts.setItem(id, 'mug', 6))).toMatchObject({
    status: 409,
    code: 'insufficient_stock',
    shortfalls: [{ sku: 'mug', requested: 6, available: 5 }],
  });
  expect((await carts.get(id)).itemCount).toBe(5);
});

test('quantity 0 removes a line, also of a product that is no longer sold, and also when there is none', async () => {
  const { carts, catalogue, fill } = memoryShop({ mug: { price: 1250, stock: 10 } });
  const id = await fill({ mug: 2 });
  catalogue.delete('mug');
  expect(await carts.get(id)).toMatchObject({
    total: { amount: 0 },
    lines: [{ sku: 'mug', name: 'mug', quantity: 2, unitPrice: null, total: null, available: 0, status: 'withdrawn' }],
  });
  expect((await carts.setItem(id, 'mug', 0)).lines).toEqual([]);
  expect(await carts.setItem(id, 'mug', 0)).toMatchObject({ version: 3, lines: [] });
});

test('a line tells when stock no longer suffices', async () => {
  const { carts, orders, fill } = memoryShop({ mug: { price: 1250, stock: 10 } });
  const id = await fill({ mug: 4 });
  orders.stock.set('mug', 3);
  expect((await carts.get(id)).lines).toMatchObject([{ available: 3, quantity: 4, status: 'insufficient_stock' }]);
});

test('products that do not exist, and those that were never in stock, cannot be put in', async () => {
  const { carts, fill } = memoryShop({ mug: { price: 1250 } });
  const id = await fill({});
  expect(await problemOf(carts.setItem(id, 'spoon', 1))).toMatchObject({ status: 404, code: 'product_not_found' });
  expect(await problemOf(carts.setItem(id, 'constructor', 1))).toMatchObject({ code: 'product_not_found' });
  expect(await problemOf(carts.setItem(id, 'mug', 1))).toMatchObject({ code: 'insufficient_stock' });
});

test('a SKU may have the name of a member that every object has', async () => {
  const { carts, fill } = memoryShop({ constructor: { price: 5, stock: 9 }, toString: { price: 7, stock: 9 } });
  const id = await fill({});
  await carts.setItem(id, 'constructor', 2);
  expect(await carts.setItem(id, 'toString', 1)).toMatchObject({ itemCount: 3, total: { amount: 17 } });
});

test('the 99th line finds the cart full; the lines that are there may still change', async () => {
  const skus = Array.from({ length: 99 }, (_, index) => `sku-${index}`);
  const { carts, fill } = memoryShop(Object.fromEntries(skus.map((sku) => [sku, { price: 100, stock: 5 }])));
  const id = await fill(Object.fromEntries(skus.slice(0, 98).map((sku) => [sku, 1])));
  expect(await problemOf(carts.setItem(id, 'sku-98', 1))).toMatchObject({ status: 409, code: 'cart_full' });
  expect(await carts.setItem(id, 'sku-97', 2)).toMatchObject({ itemCount: 99, total: { amount: 9900 } });
});

test('a cart is gone once it has expired, though it is still stored; a change gives it more time', async () => {
  const { carts, clock, orders, fill } = memoryShop({ mug: { price: 1, stock: 5 } });
  const id = await fill({});
  clock.time += (EXPIRY - 1) * 1000;
  await carts.setItem(id, 'mug', 1);
  clock.time += (EXPIRY - 1) * 1000;
  expect((await carts.get(id)).itemCount).toBe(1);
  clock.time += 1000;
  expect(orders.records.has(orderIdOf(id))).toBe(true);
  for (const attempt of [carts.get(id), carts.setItem(id, 'mug', 2), carts.discard(id)]) {
    expect(await problemOf(attempt)).toMatchObject({ status: 404, code: 'cart_not_found' });
  }
});

test('a cart of another id, and one thrown away, are not there', async () => {
  const { carts, fill } = memoryShop({});
  const id = await fill({});
  expect(await problemOf(carts.get(newCartId()))).toMatchObject({ status: 404, code: 'cart_not_found' });
  await carts.discard(id);
  expect(await problemOf(carts.get(id))).toMatchObject({ status: 404, code: 'cart_not_found' });
  expect(await problemOf(carts.discard(id))).toMatchObject({ status: 404, code: 'cart_not_found' });
});

test('changes that cross are made one after the other, and none is lost', async () => {
  const skus = Array.from({ length: 8 }, (_, index) => `sku-${index}`);
  const { carts, fill } = memoryShop(Object.fromEntries(skus.map((sku) => [sku, { price: 100, stock: 5 }])));
  const id = await fill({});
  await Promise.all(skus.map((sku) => carts.setItem(id, sku, 1)));
  expect(await carts.get(id)).toMatchObject({ version: 9, itemCount: 8 });
});

test('when others are always quicker, the customer is asked to come back', async () => {
  const { carts, clock, orders, fill } = memoryShop({ mug: { price: 1, stock: 5 } });
  const id = await fill({});
  orders.save = async () => false;
  expect(await problemOf(carts.setItem(id, 'mug', 1))).toMatchObject({
    status: 503,
    code: 'busy',
    headers: { 'retry-after': '1' },
  });
  expect(clock.slept.length).toBeGreaterThan(5);
});

test('availability answers in the order asked for, and 0 for the unknown', async () => {
  const { carts } = memoryShop({ mug: { price: 1, stock: 5 }, hat: { price: 1, stock: 0 } });
  expect(await carts.availability(['hat', 'spoon', 'mug'])).toEqual([
    { sku: 'hat', available: 0 },
    { sku: 'spoon', available: 0 },
    { sku: 'mug', available: 5 },
  ]);
});
