import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { cartItem, cartOf, orderItem, orderKey, orderOf } from '../../../src/ordering/adapters/items';
import { orderNumberOf } from '../../../src/ordering/domain/identity';
import type { Adjustment, Cart, Order } from '../../../src/ordering/domain/model';

const USD = (amount: number) => ({ amount, currency: 'USD' });
const OFF: Adjustment = { kind: 'discount', code: 'SPRING', label: 'Spring sale', amount: USD(-2) };
const TAX: Adjustment = { kind: 'tax', code: 'vat-20', amount: USD(3) };
const CART: Cart = {
  key: 'c'.repeat(22),
  state: 'OPEN',
  version: 3,
  // SKUs whose order is neither that of the alphabet nor that of integer keys, and one that objects have as a member.
  lines: ['b', '2', 'constructor', 'a', '1'].map((sku, index) => ({ sku, quantity: index + 1 })),
  writes: ['one', 'two', 'three'],
  expiresAt: 1_800_000_000,
};
const ID = 'o'.repeat(22);
const ORDER: Order = {
  id: ID,
  number: orderNumberOf(ID),
  state: 'PLACED',
  version: 1,
  placedAt: '2026-05-01T12:00:00.000Z',
  lines: CART.lines.map((line, index) => ({
    ...line,
    productId: index === 3 ? 'variants of a' : line.sku,
    name: line.sku,
    options: index === 2 ? [{ name: 'Size', value: 'M' }] : [],
    image: index === 0 ? 'b.jpg' : null,
    unitPrice: USD(10),
    adjustments: index === 1 ? [OFF, TAX] : [],
    total: USD(line.quantity * 10 + (index === 1 ? 1 : 0)),
  })),
  adjustments: [OFF],
  total: USD(149),
  contact: { name: 'Ada', email: 'ada@example.com' },
  address: { line1: 'x', city: 'y', country: 'GB' },
  payment: { method: 'cash_on_delivery', status: 'due' },
  language: 'en',
  request: { key: 'k', body: 'b' },
};

test('a cart comes back from the table as it was', () => {
  expect(cartOf(unmarshall(marshall(cartItem(CART))))).toEqual(CART);
});

test('an order comes back from the table as it was, adjustments and all', () => {
  expect(orderOf(unmarshall(marshall(orderItem(ORDER))))).toEqual(ORDER);
});

test('what an item is stands in it; a cart has a time to live, and an order has none', () => {
  expect(cartItem(CART)).toMatchObject({
    pk: `CART#${CART.key}`,
    sk: 'CART',
    kind: 'CART',
    schemaVersion: 1,
    ttl: 1_800_000_000,
  });
  expect(orderItem(ORDER)).not.toHaveProperty('ttl');
  expect(orderItem(ORDER)).toMatchObject({ ...orderKey(ID), kind: 'ORDER', schemaVersion: 1 });
});

test('an order stands under its number, which is not its id', () => {
  const { pk } = orderKey(ID);
  expect(pk).toBe(`ORDER#${ORDER.number.replace(/^SO|-/g, '')}`);
  expect(JSON.stringify({ ...orderItem(ORDER), id: '', listed: '' })).not.toContain(ID);
});

test('an item of another kind is not given out for one', () => {
  expect(() => cartOf(orderItem(ORDER))).toThrow('An item of the kind ORDER stands where a CART is expected.');
  expect(() => orderOf(cartItem(CART))).toThrow('An item of the kind CART stands where a ORDER is expected.');
});
