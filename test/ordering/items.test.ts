import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { orderItem, recordOf } from '../../src/ordering/domain/items';
import type { OpenCart, PlacedOrder } from '../../src/ordering/domain/model';

const USD = (amount: number) => ({ amount, currency: 'USD' });
const CART: OpenCart = {
  state: 'OPEN',
  orderId: 'o'.repeat(22),
  version: 3,
  // SKUs whose order is neither that of the alphabet nor that of integer keys, and one that objects have as a member.
  lines: ['b', '2', 'constructor', 'a', '1'].map((sku, index) => ({ sku, quantity: index + 1 })),
  expiresAt: 1_800_000_000,
};
const ORDER: PlacedOrder = {
  state: 'PLACED',
  orderId: CART.orderId,
  version: 4,
  number: 'SO-00000000',
  placedAt: '2026-05-01T12:00:00.000Z',
  lines: CART.lines.map((line) => ({
    ...line,
    name: line.sku,
    image: null,
    unitPrice: USD(1),
    total: USD(line.quantity),
  })),
  total: USD(15),
  contact: { name: 'Ada', email: 'ada@example.com' },
  address: { line1: 'x', city: 'y', country: 'GB' },
  payment: { method: 'cash_on_delivery', status: 'due' },
  language: 'en',
  request: { key: 'k', body: 'b' },
};

test.each([
  ['cart', CART],
  ['order', ORDER],
])('a %s comes back from the table as it was', (_, record) => {
  expect(recordOf(unmarshall(marshall(orderItem(record))))).toEqual(record);
});

test('a cart has a time to live, and the order it becomes has none', () => {
  expect(orderItem(CART)).toMatchObject({
    pk: `ORDER#${CART.orderId}`,
    sk: 'ORDER',
    ttl: 1_800_000_000,
    schemaVersion: 1,
  });
  expect(orderItem(ORDER)).not.toHaveProperty('ttl');
  expect(orderItem(ORDER)).toMatchObject({ pk: `ORDER#${CART.orderId}`, sk: 'ORDER' });
});
