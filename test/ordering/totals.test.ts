/** What must hold of money for any cart and any order, tried with many random ones. A failure names its seed. */
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { orderItem, orderOf } from '../../src/ordering/adapters/items';
import type { Adjustment, Order } from '../../src/ordering/domain/model';
import { lineTotalOf, totalOf } from '../../src/ordering/domain/order';
import { oneOf, type Random, seeded, whole } from '../simulation/random';
import { memoryShop } from './shop';

const SEEDS = Array.from({ length: 40 }, (_, index) => index + 1);
const EUR = (amount: number) => ({ amount, currency: 'EUR' });

test.each(SEEDS.slice(0, 10))("a cart's total is exact to the last minor unit (seed %i)", async (seed) => {
  const random = seeded(seed);
  const skus = Array.from({ length: 97 }, (_, index) => `sku-${index}`);
  const prices = new Map(skus.map((sku) => [sku, whole(random, 9_000_000_000)]));
  const shop = memoryShop(Object.fromEntries(skus.map((sku) => [sku, { price: prices.get(sku) ?? 0, stock: 9999 }])));
  const quantities = new Map(skus.map((sku) => [sku, 1 + whole(random, 9999)]));
  const { id } = await shop.carts.create();
  const lines = Array.from(quantities, ([sku, quantity]) => ({ sku, quantity }));
  shop.replaceCart({ ...shop.cart(id), lines });
  const { total } = await shop.carts.get(id);
  const exact = lines.reduce((sum, { sku, quantity }) => sum + BigInt(prices.get(sku) ?? 0) * BigInt(quantity), 0n);
  expect(BigInt(total.amount)).toBe(exact);
});

test.each(SEEDS)(
  "an order's total is the sum of its lines and of all adjustments, also once stored (seed %i)",
  (seed) => {
    const random = seeded(seed);
    const lines = Array.from({ length: 1 + whole(random, 97) }, (_, index) => {
      const unitPrice = EUR(whole(random, 9_000_000_000));
      const quantity = 1 + whole(random, 9999);
      const adjustments = adjustmentsOf(random);
      const total = lineTotalOf(unitPrice, quantity, adjustments);
      const sku = `sku-${index}`;
      return { sku, productId: sku, name: 'Thing', options: [], image: null, quantity, unitPrice, adjustments, total };
    });
    const adjustments = adjustmentsOf(random);
    const order = { lines, adjustments, total: totalOf(lines, adjustments, 'EUR') } as unknown as Order;

    const amounts = [...lines.flatMap((line) => line.adjustments), ...adjustments].map(({ amount }) => amount.amount);
    const exact =
      lines.reduce((sum, { unitPrice, quantity }) => sum + BigInt(unitPrice.amount) * BigInt(quantity), 0n) +
      amounts.reduce((sum, amount) => sum + BigInt(amount), 0n);
    expect(BigInt(order.total.amount)).toBe(exact);
    const complete = {
      ...order,
      id: 'i'.repeat(22),
      number: 'n',
      placedAt: '2026-05',
      contact: { email: 'a@b.example' },
    };
    const stored = orderOf(unmarshall(marshall(orderItem(complete as Order), { removeUndefinedValues: true })));
    expect([stored.lines, stored.adjustments, stored.total]).toEqual([lines, adjustments, order.total]);
  },
);

test('amounts of two currencies do not add up', () => {
  const tax: Adjustment = { kind: 'tax', code: 'vat', amount: { amount: 1, currency: 'USD' } };
  expect(() => lineTotalOf(EUR(10), 1, [tax])).toThrow('USD');
});

function adjustmentsOf(random: Random): Adjustment[] {
  return Array.from({ length: whole(random, 4) }, () => ({
    kind: oneOf(random, ['discount', 'tax', 'shipping', 'rounding'] as const),
    code: `rule-${whole(random, 10)}`,
    amount: EUR(whole(random, 2_000_000) - 1_000_000),
  }));
}
