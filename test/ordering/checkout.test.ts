import { events as readers } from '../../src/notifications/functions/mail-worker.events.generated';
import { mailHashOf, orderIdOf } from '../../src/ordering/domain/identity';
import { orderOfId } from '../../src/ordering/domain/order-query';
import { readEvent } from '../../src/runtime/events';
import { messageOf } from '../events';
import { EXPIRY, type Mishap, memoryShop, refusalOf, requestFor } from './shop';

const PRODUCTS = { mug: { price: 1250, stock: 10 }, hat: { price: 333, stock: 5 } };

test('a cart becomes an order: stock is taken, the event told, the reply whole', async () => {
  const { checkout, clock, items, orders, events, stock, fill, carts } = memoryShop(PRODUCTS);
  const cartId = await fill({ mug: 2, hat: 3 });
  const { reply, replayed } = await checkout.place(cartId, 'key-1', requestFor(3499));

  expect(replayed).toBe(false);
  expect(reply).toEqual({
    payment: { status: 'due', action: null },
    order: {
      id: orderIdOf(cartId),
      number: expect.stringMatching(/^SO(-[0-9A-HJKMNP-TV-Z]{4,5}){3}$/),
      state: 'PLACED',
      placedAt: '2026-05-01T12:00:00.000Z',
      lines: [
        {
          sku: 'mug',
          productId: 'mug',
          name: 'The mug',
          options: [],
          image: null,
          quantity: 2,
          unitPrice: usd(1250),
          adjustments: [],
          total: usd(2500),
        },
        {
          sku: 'hat',
          productId: 'hat',
          name: 'The hat',
          options: [],
          image: null,
          quantity: 3,
          unitPrice: usd(333),
          adjustments: [],
          total: usd(999),
        },
      ],
      adjustments: [],
      itemCount: 5,
      total: usd(3499),
      contact: requestFor(0).contact,
      address: requestFor(0).address,
      payment: { method: 'cash_on_delivery', status: 'due' },
      language: 'en',
    },
  });
  expect(stock()).toEqual({ mug: 8, hat: 2 });
  expect(events()).toMatchObject([
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
  expect(readEvent(JSON.stringify(messageOf(events()[0])), readers)).toEqual(events()[0]);
  expect(items().map(({ kind, schemaVersion }) => [kind, schemaVersion])).toEqual([
    ['CART', 1],
    ['ORDER', 1],
    ['EVENT', 1],
    ['STOCK', 1],
    ['STOCK', 1],
  ]);
  expect(await orderOfId(orders, clock, reply.order.id)).toEqual(reply.order);
  expect(await refusalOf(carts.get(cartId))).toMatchObject({ code: 'cart_closed', orderId: reply.order.id });
  expect(await refusalOf(carts.setItem(cartId, 'mug', 1))).toMatchObject({ code: 'cart_closed' });
  expect(await refusalOf(carts.discard(cartId))).toMatchObject({ code: 'cart_closed' });
});

describe('the idempotency key', () => {
  test('sent again with the same body, whatever the order of its members, gives the same order', async () => {
    const { checkout, events, stock, fill } = memoryShop(PRODUCTS);
    const cartId = await fill({ mug: 2 });
    const first = await checkout.place(cartId, 'key', requestFor(2500));
    const { address, ...rest } = requestFor(2500);
    const second = await checkout.place(cartId, 'key', { address: { ...reversed(address) }, ...rest });
    expect(second).toEqual({ reply: first.reply, replayed: true });
    expect(stock().mug).toBe(8);
    expect(events()).toHaveLength(1);
  });

  test('is refused with another body, and another key finds the cart closed', async () => {
    const { checkout, fill } = memoryShop(PRODUCTS);
    const cartId = await fill({ mug: 2 });
    const { reply } = await checkout.place(cartId, 'key', requestFor(2500));
    const other = requestFor(2500, { language: 'zh' });
    expect(await refusalOf(checkout.place(cartId, 'key', other))).toMatchObject({ code: 'idempotency_key_reused' });
    expect(await refusalOf(checkout.place(cartId, 'another', requestFor(2500)))).toMatchObject({
      code: 'cart_closed',
      orderId: reply.order.id,
    });
  });

  test('sent ten times at once gives one order', async () => {
    const { checkout, stock, fill } = memoryShop(PRODUCTS);
    const cartId = await fill({ mug: 2 });
    const results = await Promise.all(
      Array.from({ length: 10 }, () => checkout.place(cartId, 'key', requestFor(2500))),
    );
    expect(results.filter(({ replayed }) => !replayed)).toHaveLength(1);
    expect(new Set(results.map(({ reply }) => JSON.stringify(reply))).size).toBe(1);
    expect(stock().mug).toBe(8);
  });

  test('finds the order when the first reply was lost after the commit', async () => {
    const { checkout, events, stock, weather, fill } = memoryShop(PRODUCTS);
    const cartId = await fill({ mug: 2 });
    let lost = 1;
    weather.mishap = () => (lost-- > 0 ? 'reply lost' : undefined);
    expect(await checkout.place(cartId, 'key', requestFor(2500))).toMatchObject({ replayed: false });
    expect(await checkout.place(cartId, 'key', requestFor(2500))).toMatchObject({ replayed: true });
    expect(stock().mug).toBe(8);
    expect(events()).toHaveLength(1);
  });

  test('of a checkout that was refused may be used again once the cart is mended', async () => {
    const { checkout, carts, setStock, fill } = memoryShop(PRODUCTS);
    const cartId = await fill({ mug: 2 });
    setStock('mug', 1);
    await refusalOf(checkout.place(cartId, 'key', requestFor(2500)));
    await carts.setItem(cartId, 'mug', 1);
    expect((await checkout.place(cartId, 'key', requestFor(1250))).replayed).toBe(false);
  });
});

describe('nothing happens', () => {
  test('when stock does not suffice: every shortfall is told, and no other line is taken', async () => {
    const { checkout, placed, events, stock, setStock, fill } = memoryShop({
      ...PRODUCTS,
      pen: { price: 1, stock: 9 },
    });
    const cartId = await fill({ mug: 4, hat: 4, pen: 1 });
    setStock('mug', 3);
    setStock('hat', 0);
    expect(await refusalOf(checkout.place(cartId, 'key', requestFor(4 * 1250 + 4 * 333 + 1)))).toMatchObject({
      code: 'insufficient_stock',
      shortfalls: [
        { sku: 'mug', requested: 4, available: 3 },
        { sku: 'hat', requested: 4, available: 0 },
      ],
    });
    expect(stock()).toEqual({ mug: 3, hat: 0, pen: 9 });
    expect(placed()).toEqual([]);
    expect(events()).toEqual([]);
  });

  test('when a product is no longer sold: it is told together with what else falls short', async () => {
    const { checkout, catalogue, setStock, fill } = memoryShop(PRODUCTS);
    const cartId = await fill({ mug: 1, hat: 4 });
    catalogue.delete('mug');
    setStock('hat', 2);
    expect(await refusalOf(checkout.place(cartId, 'key', requestFor(1250 + 4 * 333)))).toMatchObject({
      code: 'insufficient_stock',
      shortfalls: [
        { sku: 'mug', requested: 1, available: 0 },
        { sku: 'hat', requested: 4, available: 2 },
      ],
    });
  });

  test('when the price has changed since it was shown, or is hoped to be lower', async () => {
    const { checkout, catalogue, placed, fill } = memoryShop(PRODUCTS);
    const cartId = await fill({ mug: 2 });
    const mug = catalogue.get('mug');
    if (mug) catalogue.set('mug', { ...mug, price: usd(1300) });
    for (const expectedTotal of [usd(2500), usd(0), { amount: 2600, currency: 'JPY' }]) {
      expect(await refusalOf(checkout.place(cartId, 'key', requestFor(0, { expectedTotal })))).toMatchObject({
        code: 'price_changed',
        total: usd(2600),
      });
    }
    expect(placed()).toEqual([]);
  });

  test('when there is nothing in the cart, also after its last line was set to 0', async () => {
    const { checkout, carts, fill } = memoryShop(PRODUCTS);
    const emptied = await fill({ mug: 1 });
    await carts.setItem(emptied, 'mug', 0);
    for (const cartId of [await fill({}), emptied]) {
      expect(await refusalOf(checkout.place(cartId, 'key', requestFor(0)))).toMatchObject({ code: 'cart_empty' });
    }
  });

  test('when the cart has expired or was never there', async () => {
    const { checkout, clock, fill } = memoryShop(PRODUCTS);
    const cartId = await fill({ mug: 1 });
    clock.time += EXPIRY * 1000;
    expect(await refusalOf(checkout.place(cartId, 'key', requestFor(1250)))).toMatchObject({ code: 'cart_not_found' });
    expect(await refusalOf(checkout.place('A'.repeat(22), 'key', requestFor(1)))).toMatchObject({
      code: 'cart_not_found',
    });
  });

  test('when the cart expires while it is being ordered', async () => {
    const { checkout, clock, catalogue, fill, placed, stock } = memoryShop(PRODUCTS);
    const cartId = await fill({ mug: 1 });
    clock.time += EXPIRY * 1000 - 1;
    const mug = catalogue.get.bind(catalogue);
    catalogue.get = (sku) => {
      clock.time += 1;
      return mug(sku);
    };
    const before = stock();
    expect(await refusalOf(checkout.place(cartId, 'key', requestFor(1250)))).toMatchObject({ code: 'cart_not_found' });
    expect(placed()).toEqual([]);
    expect(stock()).toEqual(before);
  });
});

test('an order does not expire, and a cart that is still open is no order', async () => {
  const { checkout, clock, orders, fill } = memoryShop(PRODUCTS);
  const cartId = await fill({ mug: 1 });
  expect(await refusalOf(orderOfId(orders, clock, orderIdOf(cartId)))).toMatchObject({ code: 'order_not_found' });
  const { reply } = await checkout.place(cartId, 'key', requestFor(1250));
  clock.time += 10 * EXPIRY * 1000;
  expect((await checkout.place(cartId, 'key', requestFor(1250))).replayed).toBe(true);
  expect((await orderOfId(orders, clock, reply.order.id)).total).toEqual(usd(1250));
});

test('an order that was placed in the last moment of its cart, and not heard of, is told of', async () => {
  const { checkout, clock, weather, fill, placed } = memoryShop(PRODUCTS);
  const cartId = await fill({ mug: 1 });
  clock.time += EXPIRY * 1000 - 1;
  const mishaps: Mishap[] = ['request lost'];
  weather.mishap = () => {
    clock.time += 1;
    return mishaps.shift();
  };
  const { reply } = await checkout.place(cartId, 'key', requestFor(1250));
  expect(placed().map(({ id }) => id)).toEqual([reply.order.id]);
});

test('conflicts are tried again with growing, random waits, then the customer is asked to come back', async () => {
  const { checkout, clock, stock, weather, fill } = memoryShop(PRODUCTS);
  const cartId = await fill({ mug: 1 });
  let conflicts = 4;
  weather.mishap = () => (conflicts-- > 0 ? 'conflict' : undefined);
  expect((await checkout.place(cartId, 'key', requestFor(1250))).replayed).toBe(false);
  expect(clock.slept).toEqual([25, 50, 100, 200]);

  const other = await fill({ mug: 1 });
  weather.mishap = () => 'conflict';
  expect(await refusalOf(checkout.place(other, 'key', requestFor(1250)))).toMatchObject({
    code: 'busy',
    retryAfter: 1,
  });
  expect(stock().mug).toBe(9);
});

test("the event names products in the language of the order, the shop's own when it names none", async () => {
  const { checkout, catalogue, clock, events, fill } = memoryShop(PRODUCTS);
  const mug = catalogue.get('mug');
  if (mug) catalogue.set('mug', { ...mug, translations: { zh: { name: '马克杯' } } });
  for (const language of ['zh', 'zh-Hant-TW', 'fr', undefined]) {
    clock.time += 1000;
    await checkout.place(await fill({ mug: 1 }), 'key', requestFor(1250, { language }));
  }
  const told = [...events()]
    .sort((a, b) => (a.time < b.time ? -1 : 1))
    .map(({ data }) => data as { language: string; lines: { name: string }[] });
  expect(told.map(({ language, lines }) => [language, lines[0].name])).toEqual([
    ['zh', '马克杯'],
    ['zh-Hant-TW', '马克杯'],
    ['fr', 'The mug'],
    ['en', 'The mug'],
  ]);
});

test('a line says which variant it is, in the language of the order', async () => {
  const { checkout, carts, catalogue, events, placed, fill } = memoryShop(PRODUCTS);
  const options = [{ name: 'Size', value: 'Large' }];
  const inChinese = [{ name: '尺寸', value: '大' }];
  const mug = catalogue.get('mug');
  if (mug) catalogue.set('mug', { ...mug, options, translations: { zh: { options: inChinese } } });
  const cartId = await fill({ mug: 1, hat: 1 });
  expect((await carts.get(cartId)).lines).toMatchObject([
    { options, translations: { zh: { options: inChinese } } },
    { options: [] },
  ]);
  await checkout.place(cartId, 'key', requestFor(1583, { language: 'zh-Hans' }));
  const lines = [
    { name: 'The mug', options: inChinese },
    { name: 'The hat', options: [] },
  ];
  expect(placed()).toMatchObject([{ lines }]);
  expect(events()).toMatchObject([{ data: { lines } }]);
});

describe('an order', () => {
  test('keeps its own language only, so that one as large as can be fits in an item and in an event', async () => {
    const skus = Array.from({ length: 97 }, (_, index) => `${index}-${'s'.repeat(61)}`.slice(0, 64));
    const { checkout, catalogue, db, events, placed, fill } = memoryShop(
      Object.fromEntries(skus.map((sku) => [sku, { price: 1, stock: 1 }])),
    );
    const name = '长'.repeat(200);
    const languages = ['zh', 'ja', 'ko', 'ru', 'el', 'hi', 'th', 'ar'];
    const translations = Object.fromEntries(languages.map((language) => [language, { name: `${name}${language}` }]));
    for (const [sku, product] of catalogue) {
      catalogue.set(sku, { ...product, name, image: 'i'.repeat(512), translations });
    }
    const cartId = await fill(Object.fromEntries(skus.map((sku) => [sku, 1])));
    const before = db.writeUnits;
    await checkout.place(cartId, 'key', requestFor(97, { language: 'ko' }));
    const [{ lines }] = placed();
    expect(lines.map((line) => line.name)).toEqual(skus.map(() => `${name}ko`));
    expect(JSON.stringify(lines)).not.toContain('translations');
    expect(Buffer.byteLength(JSON.stringify(events()[0]))).toBeLessThan(240 * 1024);
    expect(db.writeUnits - before).toBeLessThan(900);
  });

  test('that would not fit is refused before anything is written', async () => {
    const { checkout, catalogue, placed, stock, fill } = memoryShop(PRODUCTS);
    const mug = catalogue.get('mug');
    if (mug) catalogue.set('mug', { ...mug, name: 'x'.repeat(250_000) });
    const cartId = await fill({ mug: 1 });
    expect(await refusalOf(checkout.place(cartId, 'key', requestFor(1250)))).toMatchObject({ code: 'order_too_large' });
    expect(placed()).toEqual([]);
    expect(stock()).toEqual({ mug: 10, hat: 5 });
  });

  test('in a state that a newer version wrote is no cart: it is said so, and a repeated checkout is answered', async () => {
    const { checkout, carts, clock, items, orders, replace, fill } = memoryShop(PRODUCTS);
    const cartId = await fill({ mug: 1 });
    const { reply } = await checkout.place(cartId, 'key', requestFor(1250));
    const [item] = items().filter(({ kind }) => kind === 'ORDER');
    replace({ ...item, state: 'SHIPPED', payment: { method: 'cash_on_delivery', status: 'paid' } });
    expect(await refusalOf(orderOfId(orders, clock, reply.order.id))).toEqual({
      code: 'unknown_state',
      retryAfter: 60,
    });
    expect(await checkout.place(cartId, 'key', requestFor(1250))).toEqual({ reply, replayed: true });
    expect(await refusalOf(carts.get(cartId))).toEqual({ code: 'cart_closed', orderId: reply.order.id });
    replace({ ...item, kind: 'INVOICE' });
    await expect(orderOfId(orders, clock, reply.order.id)).rejects.toThrow('kind INVOICE stands where a ORDER');
  });

  test('is shown to whoever knows its whole id, not to whoever knows its number', async () => {
    const { checkout, clock, orders, fill } = memoryShop(PRODUCTS);
    const { reply } = await checkout.place(await fill({ mug: 1 }), 'key', requestFor(1250));
    const guessed = `${reply.order.id.slice(0, 11)}${'A'.repeat(11)}`;
    expect(await refusalOf(orderOfId(orders, clock, guessed))).toMatchObject({ code: 'order_not_found' });
  });

  test('stands in the lists of its buyer, and of its state and month, from the beginning', async () => {
    const { checkout, clock, table, fill } = memoryShop(PRODUCTS);
    const numbers: string[] = [];
    for (let made = 0; made < 3; made++) {
      clock.time += 60_000;
      const email = made === 1 ? 'ADA@example.com' : 'ada@example.com';
      const contact = { name: 'Ada Lovelace', email };
      const { reply } = await checkout.place(await fill({ mug: 1 }), 'key', requestFor(1250, { contact }));
      numbers.push(reply.order.number);
    }
    const list = async (index: string, partition: string) => {
      const { items } = await table.query({
        index: index.toUpperCase(),
        where: `${index}pk = :list`,
        values: { ':list': partition },
        newestFirst: true,
      });
      return items;
    };
    const ofAda = await list('gsi1', `MAIL#${mailHashOf('Ada@Example.com')}`);
    const bare = (number: string) => number.replace(/SO|-/g, '');
    expect(ofAda.map(({ pk }) => pk)).toEqual(numbers.map((number) => `ORDER#${bare(number)}`).reverse());
    expect(ofAda[0].listed).toEqual({
      id: expect.stringMatching(/^.{22}$/),
      state: 'PLACED',
      total: 1250,
      currency: 'USD',
      items: 1,
      name: 'Ada Lovelace',
    });
    const shards = await Promise.all([0, 1, 2, 3].map((shard) => list('gsi2', `ORDERS#PLACED#2026-05#${shard}`)));
    expect(shards.flat()).toHaveLength(3);
  });
});

describe('stock that is not known yet', () => {
  const products = { new: { price: 100, stocked: true }, hat: { price: 333, stock: 5 } };

  test('is no shortfall: the customer is asked to come back, and then it decides', async () => {
    const { checkout, setStock, fill } = memoryShop(products);
    const cartId = await fill({ new: 3, hat: 1 });
    expect(await refusalOf(checkout.place(cartId, 'key', requestFor(633)))).toEqual({
      code: 'stock_pending',
      retryAfter: 5,
    });
    setStock('new', 2);
    expect(await refusalOf(checkout.place(cartId, 'key', requestFor(633)))).toMatchObject({
      shortfalls: [{ sku: 'new', requested: 3, available: 2 }],
    });
    setStock('new', 3);
    expect((await checkout.place(cartId, 'key', requestFor(633))).replayed).toBe(false);
  });

  test('does not hide what falls short for certain', async () => {
    const { checkout, setStock, fill } = memoryShop(products);
    const cartId = await fill({ new: 3, hat: 4 });
    setStock('hat', 1);
    expect(await refusalOf(checkout.place(cartId, 'key', requestFor(300 + 4 * 333)))).toMatchObject({
      code: 'insufficient_stock',
      shortfalls: [{ sku: 'hat', requested: 4, available: 1 }],
    });
  });
});

function usd(amount: number) {
  return { amount, currency: 'USD' };
}

function reversed<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).reverse()) as T;
}
