import { CartTable } from '../src/ordering/adapters/cart-table';
import { stockItem } from '../src/ordering/adapters/items';
import { OrderTable } from '../src/ordering/adapters/order-table';
import { StockTable } from '../src/ordering/adapters/stock-table';
import { CALLER_SECONDS, MOST, ORDERING_ITEMS } from '../src/ordering/contract';
import { Carts } from '../src/ordering/domain/carts';
import { Checkout } from '../src/ordering/domain/checkout';
import type { Product } from '../src/ordering/domain/model';
import { systemClock } from '../src/runtime/clock';
import { Quota } from '../src/runtime/quota';
import { Table } from '../src/runtime/table';
import { MemoryDynamoDb } from '../test/simulation/memory-dynamo';
import type { Comparison } from './comparison';

const PRICE = { amount: 1250, currency: 'USD' };

/** What the design allows an order of one line, its indexes included. */
const TARGET_UNITS = 6;

/** Write units of an order by DynamoDB's rules: sizes of items and index entries, and twice in a transaction. */
export async function order(): Promise<Comparison[]> {
  const [one, five, most] = [await unitsOf(1), await unitsOf(5), await unitsOf(97)];
  const unit = 'write units';
  return [
    { what: 'checkout of 1 line', ours: one.checkout, baseline: TARGET_UNITS, against: 'the target', unit, target: 1 },
    { what: 'checkout of 5 lines', ours: five.checkout, baseline: 5 * 2, against: 'their stock alone', unit },
    { what: 'checkout of 97 lines', ours: most.checkout, baseline: 97 * 2, against: 'their stock alone', unit },
    { what: 'checkout of 1 line, event published', ours: one.whole, baseline: one.checkout, against: 'checkout', unit },
    { what: 'one more change of a cart of 1 line', ours: one.change, baseline: 1, against: 'the smallest write', unit },
  ];
}

async function unitsOf(lines: number) {
  const db = new MemoryDynamoDb();
  const table = new Table(db, 'table', systemClock);
  const products = new Map<string, Product>(
    Array.from({ length: lines }, (_, index) => {
      const sku = `mug-red-${index}`;
      return [
        sku,
        { sku, productId: sku, name: 'Red mug of stoneware', image: 'mug-red.jpg', price: PRICE, stocked: true },
      ];
    }),
  );
  for (const sku of products.keys()) db.table('table').replace(stockItem(sku, 1000), stockItem(sku, 1000));
  const surroundings = {
    carts: new CartTable(table),
    stock: new StockTable(table),
    products: { find: async () => products },
    clock: systemClock,
    currency: PRICE.currency,
    limits: { unitsPerLine: MOST.UNITS_PER_LINE, units: MOST.UNITS, lines: MOST.LINES },
  };
  const carts = new Carts({ ...surroundings, expiry: 2_592_000 });
  const callers = new Quota(table, ORDERING_ITEMS.CALLER_PREFIX, { most: 100, seconds: CALLER_SECONDS });
  const orders = new OrderTable(table);
  const checkout = new Checkout({ ...surroundings, orders, callers, defaultLanguage: 'en' });
  const { id } = await carts.create();
  for (const sku of products.keys()) await carts.setItem(id, sku, 2);
  const change = await spent(db, () => carts.setItem(id, 'mug-red-0', 1));
  const key = 'b7c8a1de-61c0-4c0f-a1c0-9f3b6b9a6c11';
  const placed = await spent(db, () => checkout.place(id, key, requestFor(lines), '192.0.2.1'));
  const event = db
    .table('table')
    .items()
    .find(({ pk }) => String(pk).startsWith('OUTBOX#'));
  const published = await spent(db, () => table.remove({ pk: String(event?.pk), sk: String(event?.sk) }));
  return { change, checkout: placed, whole: placed + published };
}

async function spent(db: MemoryDynamoDb, work: () => Promise<unknown>): Promise<number> {
  const before = db.writeUnits;
  await work();
  return db.writeUnits - before;
}

function requestFor(lines: number) {
  return {
    contact: { name: 'Ada Lovelace', email: 'ada.lovelace@example.com', phone: '+44 20 7946 0123' },
    address: { line1: '12 St James Square', city: 'London', postalCode: 'SW1Y 4LB', country: 'GB' as const },
    payment: { method: 'cash_on_delivery' as const },
    language: 'en',
    expectedTotal: { ...PRICE, amount: PRICE.amount * (2 * lines - 1) },
  };
}
