import { cartItem } from '../../src/ordering/adapters/items';
import { newCartId } from '../../src/ordering/domain/identity';
import { EXPIRY, memoryShop, refusalOf, requestFor } from './shop';

test("a new cart is empty, in the shop's currency, and its id is stored nowhere", async () => {
  const { carts, items } = memoryShop({});
  const cart = await carts.create();
  expect(cart).toEqual({
    id: expect.stringMatching(/^[A-Za-z0-9_-]{22}$/),
    version: 1,
    lines: [],
    adjustments: [],
    itemCount: 0,
    total: { amount: 0, currency: 'USD' },
  });
  expect(items()).toHaveLength(1);
  expect(JSON.stringify(items())).not.toContain(cart.id);
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
  expect(await refusalOf(carts.setItem(id, 'mug', 6))).toMatchObject({
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
    lines: [
      {
        sku: 'mug',
        productId: null,
        name: 'mug',
        quantity: 2,
        unitPrice: null,
        total: null,
        available: 0,
        status: 'withdrawn',
      },
    ],
  });
  expect((await carts.setItem(id, 'mug', 0)).lines).toEqual([]);
  expect(await carts.setItem(id, 'mug', 0)).toMatchObject({ version: 3, lines: [] });
});

test('a line leads to the product of its SKU', async () => {
  const { carts, catalogue, fill } = memoryShop({ 'mug-sea': { price: 1800, stock: 10 } });
  const sku = catalogue.get('mug-sea');
  if (sku) catalogue.set('mug-sea', { ...sku, productId: 'mug' });
  expect((await carts.get(await fill({ 'mug-sea': 1 }))).lines).toMatchObject([{ sku: 'mug-sea', productId: 'mug' }]);
});

test('a line tells when stock no longer suffices', async () => {
  const { carts, setStock, fill } = memoryShop({ mug: { price: 1250, stock: 10 } });
  const id = await fill({ mug: 4 });
  setStock('mug', 3);
  expect((await carts.get(id)).lines).toMatchObject([{ available: 3, quantity: 4, status: 'insufficient_stock' }]);
});

test('products that do not exist, and those that were never in stock, cannot be put in', async () => {
  const { carts, fill } = memoryShop({ mug: { price: 1250 } });
  const id = await fill({});
  expect(await refusalOf(carts.setItem(id, 'spoon', 1))).toMatchObject({ code: 'product_not_found' });
  expect(await refusalOf(carts.setItem(id, 'constructor', 1))).toMatchObject({ code: 'product_not_found' });
  expect(await refusalOf(carts.setItem(id, 'mug', 1))).toMatchObject({ code: 'insufficient_stock' });
});

test('a SKU may have the name of a member that every object has', async () => {
  const { carts, fill } = memoryShop({ constructor: { price: 5, stock: 9 }, toString: { price: 7, stock: 9 } });
  const id = await fill({});
  await carts.setItem(id, 'constructor', 2);
  expect(await carts.setItem(id, 'toString', 1)).toMatchObject({ itemCount: 3, total: { amount: 17 } });
});

test('the 98th line finds the cart full; the lines that are there may still change', async () => {
  const skus = Array.from({ length: 98 }, (_, index) => `sku-${index}`);
  const { carts, fill } = memoryShop(Object.fromEntries(skus.map((sku) => [sku, { price: 100, stock: 5 }])));
  const id = await fill(Object.fromEntries(skus.slice(0, 97).map((sku) => [sku, 1])));
  expect(await refusalOf(carts.setItem(id, 'sku-97', 1))).toMatchObject({ code: 'cart_full' });
  expect(await carts.setItem(id, 'sku-96', 2)).toMatchObject({ itemCount: 98, total: { amount: 9800 } });
});

test('a cart is gone once it has expired, though it is still stored; a change gives it more time', async () => {
  const { cart, carts, clock, fill } = memoryShop({ mug: { price: 1, stock: 5 } });
  const id = await fill({});
  clock.time += (EXPIRY - 1) * 1000;
  await carts.setItem(id, 'mug', 1);
  clock.time += (EXPIRY - 1) * 1000;
  expect((await carts.get(id)).itemCount).toBe(1);
  clock.time += 1000;
  expect(cart(id)).toMatchObject({ state: 'OPEN', version: 2 });
  for (const attempt of [carts.get(id), carts.setItem(id, 'mug', 2), carts.discard(id)]) {
    expect(await refusalOf(attempt)).toMatchObject({ code: 'cart_not_found' });
  }
});

test('a cart of another id, and one thrown away, are not there', async () => {
  const { carts, fill } = memoryShop({});
  const id = await fill({});
  expect(await refusalOf(carts.get(newCartId()))).toMatchObject({ code: 'cart_not_found' });
  await carts.discard(id);
  expect(await refusalOf(carts.get(id))).toMatchObject({ code: 'cart_not_found' });
  expect(await refusalOf(carts.discard(id))).toMatchObject({ code: 'cart_not_found' });
});

test('changes that cross are made one after the other, and none is lost', async () => {
  const skus = Array.from({ length: 8 }, (_, index) => `sku-${index}`);
  const { carts, fill } = memoryShop(Object.fromEntries(skus.map((sku) => [sku, { price: 100, stock: 5 }])));
  const id = await fill({});
  await Promise.all(skus.map((sku) => carts.setItem(id, sku, 1)));
  expect(await carts.get(id)).toMatchObject({ version: 9, itemCount: 8 });
});

test('when others are always quicker, the customer is asked to come back', async () => {
  const { cart, carts, clock, replaceCart, fill } = memoryShop({ mug: { price: 1, stock: 5 } });
  const id = await fill({});
  // Somebody else is at the cart between each reading and writing, which is when the catalogue is asked.
  const busy = jest.spyOn(clock, 'now').mockImplementation(() => {
    const found = cart(id);
    replaceCart({ ...found, version: found.version + 1, writes: [...found.writes, 'theirs'].slice(-16) });
    return new Date(clock.time);
  });
  expect(await refusalOf(carts.setItem(id, 'mug', 1))).toEqual({ code: 'busy', retryAfter: 1 });
  expect(clock.slept.length).toBeGreaterThan(5);
  busy.mockRestore();
  expect(cart(id).lines).toEqual([]);
});

test('availability answers in the order asked for, and 0 for what is not sold', async () => {
  const { carts } = memoryShop({ mug: { price: 1, stock: 5 }, hat: { price: 1, stock: 0 } });
  expect(await carts.availability(['hat', 'spoon', 'mug'])).toEqual([
    { sku: 'hat', available: 0, status: 'known' },
    { sku: 'spoon', available: 0, status: 'known' },
    { sku: 'mug', available: 5, status: 'known' },
  ]);
});

describe('a product whose stock is not known yet', () => {
  const products = { new: { price: 100, stocked: true }, mug: { price: 1250, stock: 10 } };

  test('is not sold out: it may be put into a cart, whose line is pending', async () => {
    const { carts, fill } = memoryShop(products);
    expect(await carts.availability(['new', 'mug'])).toEqual([
      { sku: 'new', available: null, status: 'pending' },
      { sku: 'mug', available: 10, status: 'known' },
    ]);
    const id = await fill({ mug: 1 });
    expect((await carts.setItem(id, 'new', 3)).lines).toMatchObject([
      { sku: 'mug', available: 10, status: 'ok' },
      { sku: 'new', quantity: 3, available: null, status: 'pending' },
    ]);
  });

  test('is as available as its stock says, once that is there', async () => {
    const { carts, setStock, fill } = memoryShop(products);
    const id = await fill({ new: 3 });
    setStock('new', 2);
    expect((await carts.get(id)).lines).toMatchObject([{ available: 2, status: 'insufficient_stock' }]);
    expect(await refusalOf(carts.setItem(id, 'new', 4))).toMatchObject({ code: 'insufficient_stock' });
  });
});

describe('the version that the customer has seen', () => {
  test('lets a change be made in no other', async () => {
    const { carts, fill } = memoryShop({ mug: { price: 1, stock: 10 } });
    const id = await fill({ mug: 3 });
    expect(await refusalOf(carts.setItem(id, 'mug', 1, 1))).toEqual({ code: 'cart_changed', version: 2 });
    expect((await carts.get(id)).itemCount).toBe(3);
    expect(await carts.setItem(id, 'mug', 4, 2)).toMatchObject({ version: 3, itemCount: 4 });
  });
});

describe('adding', () => {
  const products = { mug: { price: 1250, stock: 10 }, hat: { price: 333, stock: 9999 } };

  test('takes nothing away: 3 put in elsewhere, and 1 added, are 4', async () => {
    const { carts, fill } = memoryShop(products);
    const id = await fill({ mug: 3 });
    expect(await carts.addItem(id, 'key', 'mug', 1)).toMatchObject({ itemCount: 4, version: 3 });
    expect((await carts.addItem(id, 'other', 'hat', 2)).lines.map(({ quantity }) => quantity)).toEqual([4, 2]);
  });

  test('with the same key adds once, whatever happened since', async () => {
    const { carts, fill } = memoryShop(products);
    const id = await fill({});
    await carts.addItem(id, 'key', 'mug', 1);
    await carts.setItem(id, 'hat', 5);
    expect(await carts.addItem(id, 'key', 'mug', 1)).toMatchObject({ itemCount: 6, version: 3 });
    await Promise.all(Array.from({ length: 5 }, () => carts.addItem(id, 'again', 'mug', 2)));
    expect(await carts.get(id)).toMatchObject({ itemCount: 8, version: 4 });
  });

  test('stops at the stock and at what a line may hold', async () => {
    const { carts, fill } = memoryShop(products);
    const id = await fill({ mug: 9, hat: 9999 });
    expect(await refusalOf(carts.addItem(id, 'key', 'mug', 2))).toEqual({
      code: 'insufficient_stock',
      shortfalls: [{ sku: 'mug', requested: 11, available: 10 }],
    });
    expect(await refusalOf(carts.addItem(id, 'key', 'hat', 1))).toMatchObject({ code: 'quantity_too_large' });
    expect(await refusalOf(carts.addItem(id, 'key', 'spoon', 1))).toMatchObject({ code: 'product_not_found' });
  });

  test('again with a key whose addition was ordered leads to the order', async () => {
    const { carts, checkout, fill } = memoryShop(products);
    const id = await fill({});
    await carts.addItem(id, 'key', 'mug', 1);
    const { reply } = await checkout.place(id, 'order', requestFor(1250));
    expect(await refusalOf(carts.addItem(id, 'key', 'mug', 1))).toEqual({
      code: 'cart_closed',
      orderId: reply.order.id,
    });
  });
});

test('what a newer version of the shop wrote is neither changed nor given out for something else', async () => {
  const { cart, carts, checkout, replace, replaceCart, fill } = memoryShop({ mug: { price: 1, stock: 5 } });
  const id = await fill({ mug: 1 });
  const paused = { ...cart(id), state: 'PAUSED' };
  replaceCart(paused);
  for (const attempt of [
    carts.get(id),
    carts.setItem(id, 'mug', 2),
    carts.discard(id),
    checkout.place(id, 'key', requestFor(1)),
  ]) {
    expect(await refusalOf(attempt)).toEqual({ code: 'unknown_state', retryAfter: 60 });
  }
  expect(cart(id)).toEqual(paused);
  replace({ ...cartItem(paused), kind: 'BASKET' });
  await expect(carts.get(id)).rejects.toThrow('An item of the kind BASKET stands where a CART is expected.');
});
