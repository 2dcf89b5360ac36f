import { memoryShop, refusalOf, requestFor } from './shop';

const PRODUCTS = { mug: { price: 100, stock: 1000 }, hat: { price: 100, stock: 1000 }, pen: { price: 1, stock: 1000 } };
const LIMITS = { unitsPerLine: 5, units: 8, lines: 2 };

describe('a guest cannot put into a cart', () => {
  test('more of a product than the shop sells at once', async () => {
    const { carts, fill } = memoryShop(PRODUCTS, LIMITS);
    const id = await fill({ mug: 5 });
    expect(await refusalOf(carts.setItem(id, 'mug', 6))).toEqual({ code: 'quantity_too_large', limit: 5 });
    expect(await refusalOf(carts.addItem(id, 'key', 'mug', 1))).toEqual({ code: 'quantity_too_large', limit: 5 });
    expect(await refusalOf(carts.setItem(id, 'hat', 1000))).toEqual({ code: 'quantity_too_large', limit: 5 });
  });

  test('more pieces in all', async () => {
    const { carts, fill } = memoryShop(PRODUCTS, LIMITS);
    const id = await fill({ mug: 5, hat: 3 });
    expect(await refusalOf(carts.setItem(id, 'hat', 4))).toEqual({ code: 'too_many_units', limit: 8 });
    expect(await refusalOf(carts.addItem(id, 'key', 'hat', 1))).toEqual({ code: 'too_many_units', limit: 8 });
    expect(await carts.setItem(id, 'mug', 4)).toMatchObject({ itemCount: 7 });
    expect(await carts.addItem(id, 'key', 'hat', 1)).toMatchObject({ itemCount: 8 });
  });

  test('more different products', async () => {
    const { carts, fill } = memoryShop(PRODUCTS, LIMITS);
    const id = await fill({ mug: 1, hat: 1 });
    expect(await refusalOf(carts.setItem(id, 'pen', 1))).toEqual({ code: 'cart_full', limit: 2 });
  });
});

describe('a cart that was filled before the limits were lowered', () => {
  const FULL = { mug: 9, hat: 9, pen: 9 };
  const filled = async () => {
    const before = memoryShop(PRODUCTS);
    const id = await before.fill(FULL);
    const now = memoryShop(PRODUCTS, LIMITS);
    now.replaceCart(before.cart(id));
    return { id, ...now };
  };

  test('is shown, and may be lessened step by step', async () => {
    const { carts, id } = await filled();
    expect(await carts.get(id)).toMatchObject({ itemCount: 27 });
    expect(await carts.setItem(id, 'mug', 8)).toMatchObject({ itemCount: 26 });
    expect(await carts.setItem(id, 'pen', 0)).toMatchObject({ itemCount: 17 });
    expect(await refusalOf(carts.setItem(id, 'mug', 9))).toMatchObject({ code: 'quantity_too_large' });
  });

  test('is not ordered until it is within them, and takes no stock', async () => {
    const { carts, checkout, stock, placed, id } = await filled();
    const order = (total: number) => checkout.place(id, 'key', requestFor(total));
    expect(await refusalOf(order(1809))).toEqual({ code: 'quantity_too_large', limit: 5 });
    for (const sku of Object.keys(FULL)) await carts.setItem(id, sku, 4);
    expect(await refusalOf(order(804))).toEqual({ code: 'cart_full', limit: 2 });
    await carts.setItem(id, 'pen', 0);
    expect(placed()).toEqual([]);
    expect(stock()).toEqual({ mug: 1000, hat: 1000, pen: 1000 });
    expect((await order(800)).reply.order.itemCount).toBe(8);
  });
});

test('an order that costs more than the shop takes at once is refused; one that costs as much is not', async () => {
  const { carts, checkout, stock, fill } = memoryShop(PRODUCTS, { ...LIMITS, total: 500 });
  const id = await fill({ mug: 5, pen: 1 });
  const refused = { code: 'total_too_large', limit: 500 };
  expect(await refusalOf(checkout.place(id, 'key', requestFor(501)))).toEqual(refused);
  expect(stock()).toMatchObject({ mug: 1000 });
  await carts.setItem(id, 'pen', 0);
  expect(await checkout.place(id, 'key', requestFor(500))).toMatchObject({ replayed: false });
});

test('the same order sent again is answered as it was, though the limits were lowered meanwhile', async () => {
  const before = memoryShop(PRODUCTS);
  const id = await before.fill({ mug: 9 });
  const { reply } = await before.checkout.place(id, 'key', requestFor(900));
  const now = memoryShop(PRODUCTS, LIMITS);
  for (const item of before.items()) now.replace(item);
  expect(await now.checkout.place(id, 'key', requestFor(900))).toEqual({ reply, replayed: true });
});
