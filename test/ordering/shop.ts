import { CartTable } from '../../src/ordering/adapters/cart-table';
import { cartItem, cartKey, cartOf, orderOf, stockItem } from '../../src/ordering/adapters/items';
import { OrderTable } from '../../src/ordering/adapters/order-table';
import { StockTable } from '../../src/ordering/adapters/stock-table';
import { MOST, type OrderLimitsSetting } from '../../src/ordering/contract';
import { Carts } from '../../src/ordering/domain/carts';
import { Checkout } from '../../src/ordering/domain/checkout';
import { cartKeyOf } from '../../src/ordering/domain/identity';
import type { Cart, CheckoutRequest, Order, Product } from '../../src/ordering/domain/model';
import type { CallerQuota } from '../../src/ordering/domain/ports';
import type { DomainEvent, EventDetail } from '../../src/runtime/events';
import { Refusal } from '../../src/runtime/refusal';
import { type Item, Table } from '../../src/runtime/table';
import { timedOut, transactionCancelled } from '../simulation/dynamo-errors';
import { MemoryDynamoDb, type Network } from '../simulation/memory-dynamo';

export const EXPIRY = 30 * 24 * 3600;

/** As far as they go. */
export const LIMITS: OrderLimitsSetting = { unitsPerLine: MOST.UNITS_PER_LINE, units: MOST.UNITS, lines: MOST.LINES };

/** What happens to a transaction: it meets others, or nobody hears of it, whether it takes effect or never arrives. */
export type Mishap = 'conflict' | 'reply lost' | 'request lost' | undefined;

/** A shop over a table in memory, whose time stands still unless a test moves it. */
export function memoryShop(
  products: Readonly<Record<string, { price: number; stock?: number; name?: string; stocked?: boolean }>>,
  limits: OrderLimitsSetting = LIMITS,
  callersOf: (table: Table) => CallerQuota | undefined = () => undefined,
) {
  const clock = {
    time: Date.parse('2026-05-01T12:00:00Z'),
    slept: [] as number[],
    now: () => new Date(clock.time),
    random: () => 0.5,
    sleep: async (milliseconds: number) => {
      clock.slept.push(milliseconds);
    },
  };
  /** Called before each transaction. */
  const weather = { mishap: (): Mishap => undefined };
  const network: Network = async (operation, apply, writes = 1) => {
    const mishap = operation === 'TransactWriteItems' ? weather.mishap() : undefined;
    if (mishap === 'conflict') {
      const [first, ...others] = Array.from({ length: writes }, () => ({ Code: 'None' }));
      throw transactionCancelled([{ ...first, Code: 'TransactionConflict' }, ...others]);
    }
    if (mishap === 'request lost') throw timedOut();
    const reply = apply();
    if (mishap === 'reply lost') throw timedOut();
    return reply;
  };
  const db = new MemoryDynamoDb(network);
  const kept = db.table('table');
  const table = new Table(db, 'table', clock);
  const orders = new OrderTable(table);
  const catalogue = new Map<string, Product>();
  const setStock = (sku: string, available: number) => {
    const item = stockItem(sku, available);
    kept.replace(item, item);
  };
  for (const [sku, { price, stock, name = `The ${sku}`, stocked = stock !== undefined }] of Object.entries(products)) {
    catalogue.set(sku, { sku, productId: sku, name, image: null, price: { amount: price, currency: 'USD' }, stocked });
    if (stock !== undefined) setStock(sku, stock);
  }
  const surroundings = {
    carts: new CartTable(table),
    stock: new StockTable(table),
    products: {
      find: async (skus: readonly string[]) =>
        new Map(skus.flatMap((sku) => (catalogue.has(sku) ? [[sku, catalogue.get(sku) as Product]] : []))),
    },
    clock,
    currency: 'USD',
    limits,
  };
  const carts = new Carts({ ...surroundings, expiry: EXPIRY });
  const checkout = new Checkout({
    ...surroundings,
    orders,
    defaultLanguage: 'en',
    callers: callersOf(table),
  });

  /** Opens a cart with the given quantities. */
  async function fill(quantities: Readonly<Record<string, number>>): Promise<string> {
    const { id } = await carts.create();
    for (const [sku, quantity] of Object.entries(quantities)) await carts.setItem(id, sku, quantity);
    return id;
  }
  const of = (kind: string) => kept.items().filter((item) => item.kind === kind);
  return {
    ...{ db, table, orders, catalogue, clock, weather, carts, checkout, fill, setStock },
    items: () => kept.items(),
    stock: (): Record<string, number> =>
      Object.fromEntries(
        of('STOCK').map(({ pk, available }) => [String(pk).slice('STOCK#'.length), Number(available)]),
      ),
    placed: (): Order[] => of('ORDER').map(orderOf),
    events: () =>
      kept
        .items()
        .filter(({ pk }) => String(pk).startsWith('OUTBOX#'))
        .map(({ eventType, detail }): DomainEvent => {
          const { schemaVersion, ...event } = JSON.parse(String(detail)) as EventDetail;
          return { ...event, type: String(eventType), version: schemaVersion };
        }),
    cart: (cartId: string): Cart => cartOf(kept.get({ ...cartKey(cartKeyOf(cartId)) }) ?? {}),
    replaceCart: (cart: Cart) => kept.replace(cartItem(cart), cartItem(cart)),
    replace: (item: Item) => kept.replace(item, item),
  };
}

export function requestFor(amount: number, changes: Partial<CheckoutRequest> = {}): CheckoutRequest {
  return {
    contact: { name: 'Ada Lovelace', email: 'ada@example.com' },
    address: { line1: '12 St James Square', city: 'London', country: 'GB' },
    payment: { method: 'cash_on_delivery' },
    expectedTotal: { amount, currency: 'USD' },
    ...changes,
  };
}

/** What a promise is refused with, as its reader is told. */
export async function refusalOf(promise: Promise<unknown>): Promise<Record<string, unknown>> {
  const outcome = await promise.then(
    (value) => ({ value }),
    (error) => error,
  );
  if (!(outcome instanceof Refusal)) {
    throw new Error(`Expected a Refusal, got ${outcome instanceof Error ? outcome.stack : JSON.stringify(outcome)}`);
  }
  const { code, facts, retryAfter } = outcome;
  return { code, ...facts, ...(retryAfter !== undefined && { retryAfter }) };
}
