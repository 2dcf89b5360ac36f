import { CartTable } from '../../src/ordering/adapters/cart-table';
import { orderOf } from '../../src/ordering/adapters/items';
import { OrderTable } from '../../src/ordering/adapters/order-table';
import { StockTable } from '../../src/ordering/adapters/stock-table';
import { Carts } from '../../src/ordering/domain/carts';
import { Checkout } from '../../src/ordering/domain/checkout';
import type { Product } from '../../src/ordering/domain/model';
import type { CartStore } from '../../src/ordering/domain/ports';
import { openStock } from '../../src/ordering/domain/stock-opening';
import { Refusal } from '../../src/runtime/refusal';
import { Table } from '../../src/runtime/table';
import { History, isLinearizable } from '../simulation/linearizability';
import { MemoryDynamoDb } from '../simulation/memory-dynamo';
import { type Fault, Killed, networkOf, type Weather, weather } from '../simulation/network';
import { oneOf, type Random, seeded, whole } from '../simulation/random';
import { SimulatedTime } from '../simulation/simulated-time';
import { type CartReply, type CartRequest, cartModel } from './cart-model';
import { LIMITS, requestFor } from './shop';

const SKUS = ['mug', 'hat', 'pen'];
const CARTS = 4;
const CUSTOMERS = 12;
const VISITS_OF_ONE = 8;
const CURRENCY = 'USD';

type CartHistory = History<CartRequest, CartReply>;

interface SharedCart {
  readonly id: string;
  readonly history: CartHistory;
}

interface Outcome {
  /** Carts whose customers were told what no order of events explains. */
  readonly unexplained: readonly CartHistory[];
  readonly placed: number;
  /** Every way in which stock, orders and events do not add up, in words. */
  readonly wrong: readonly string[];
}

/**
 * A shop whose carts are used by several customers at once, two tabs each as it were, while calls to its table are lost,
 * repeated, late, refused or cut off, and its stock is opened meanwhile.
 *
 * @param hide what the shop shall not see of its carts, to show that this finds what it is for
 */
export async function runShop(
  seed: number,
  faults: Partial<Record<Fault, number>>,
  hide: (carts: CartStore) => CartStore = (carts) => carts,
): Promise<Outcome> {
  const random = seeded(seed);
  const time = new SimulatedTime(random);
  const disturbed = weather(random, faults);
  const calm = { attempts: 3, fault: () => undefined };
  let current: Weather = disturbed;
  const db = new MemoryDynamoDb(networkOf(time, { attempts: 3, fault: (operation) => current.fault(operation) }));
  const shop = shopOver(new Table(db, 'table', time), time, random, hide);
  const initial = new Map(SKUS.map((sku) => [sku, whole(random, 40)]));

  const shared = await time.run(async () => {
    const created = await Promise.all(Array.from({ length: CARTS }, () => told(() => shop.carts.create())));
    const carts = created.flatMap((cart) =>
      cart && 'id' in cart ? [{ id: cart.id, history: new History<CartRequest, CartReply>() }] : [],
    );
    const opening = Array.from(initial, ([sku, openingStock]) => ({ sku, openingStock }));
    await Promise.all([
      repeatedly(time, () => openStock(shop.stock, time, opening)),
      ...Array.from({ length: CUSTOMERS }, (_, customer) => visit(shop, time, random, carts, `customer-${customer}`)),
    ]);
    // What is late has come by then.
    current = calm;
    await time.sleep(60_000);
    await Promise.all(carts.map((cart) => ask(shop, cart, { do: 'get' })));
    return carts;
  });

  const items = db.table('table').items();
  const orders = items.filter(({ kind }) => kind === 'ORDER').map(orderOf);
  const events = items
    .filter(({ pk }) => String(pk).startsWith('OUTBOX#'))
    .map(({ detail }) => JSON.parse(`${detail}`));
  const wrong = SKUS.flatMap((sku) => {
    const sold = orders.flatMap(({ lines }) => lines.filter((line) => line.sku === sku));
    const taken = sold.reduce((sum, { quantity }) => sum + quantity, 0);
    const left = Number(items.find(({ pk }) => pk === `STOCK#${sku}`)?.available);
    return left >= 0 && taken + left === initial.get(sku)
      ? []
      : [`${initial.get(sku)} ${sku} were opened, ${taken} sold, ${left} left`];
  });
  const acknowledged = shared.flatMap(({ history }) =>
    history.operations.some(({ reply }) => reply?.told === 'order') ? [1] : [],
  ).length;
  if (acknowledged > orders.length) wrong.push(`${acknowledged} orders were acknowledged, ${orders.length} are there`);
  const toldOf = events.map(({ data }) => data.orderId).sort();
  if (
    toldOf.join() !==
    orders
      .map(({ id }) => id)
      .sort()
      .join()
  )
    wrong.push(`Events tell of other orders: ${toldOf}`);

  const model = cartModel(priceOf);
  const unexplained = shared.map(({ history }) => history).filter((h) => !isLinearizable(model, h.operations));
  return { unexplained, placed: orders.length, wrong };
}

function shopOver(table: Table, clock: SimulatedTime, random: Random, hide: (carts: CartStore) => CartStore) {
  const products = {
    find: async (skus: readonly string[]) => {
      await clock.sleep(whole(random, 20));
      return new Map(skus.map((sku) => [sku, productOf(sku)]));
    },
  };
  const stock = new StockTable(table);
  const carts = hide(new CartTable(table));
  const surroundings = { carts, stock, products, clock, currency: CURRENCY, limits: LIMITS };
  return {
    stock,
    carts: new Carts({ ...surroundings, expiry: 1_000_000 }),
    checkout: new Checkout({ ...surroundings, orders: new OrderTable(table), defaultLanguage: 'en' }),
  };
}

type Shop = ReturnType<typeof shopOver>;

/** A customer does one thing after the other, and sends again what was not answered, as a page does. */
async function visit(
  shop: Shop,
  time: SimulatedTime,
  random: Random,
  carts: readonly SharedCart[],
  name: string,
): Promise<void> {
  let seen = { version: 1, total: 0 };
  if (carts.length === 0) return;
  const cart = oneOf(random, carts);
  for (let done = 0; done < VISITS_OF_ONE; done++) {
    await time.sleep(whole(random, 300));
    const request = wish(random, seen, `${name}-${done}`);
    for (let sent = 0; sent < 3; sent++) {
      const reply = await ask(shop, cart, request);
      if (reply?.told === 'cart') seen = { version: reply.version, total: totalOf(reply.lines) };
      if (reply) break;
      await time.sleep(1000);
    }
  }
}

function wish(random: Random, seen: { version: number; total: number }, key: string): CartRequest {
  const sku = oneOf(random, SKUS);
  const quantity = whole(random, 5);
  const dice = random();
  if (dice < 0.35) return { do: 'set', sku, quantity };
  if (dice < 0.5) return { do: 'set', sku, quantity, seenVersion: seen.version };
  if (dice < 0.7) return { do: 'add', key, sku, quantity: 1 + quantity };
  if (dice < 0.88) return { do: 'get' };
  if (dice < 0.97) return { do: 'order', key, expectedTotal: seen.total };
  return { do: 'discard' };
}

function ask(shop: Shop, { id, history }: SharedCart, request: CartRequest): Promise<CartReply | undefined> {
  return history.record(request, () => told(() => send(shop, id, request)));
}

async function send({ carts, checkout }: Shop, id: string, request: CartRequest): Promise<CartReply> {
  switch (request.do) {
    case 'get':
      return cartReply(await carts.get(id));
    case 'set':
      return cartReply(await carts.setItem(id, request.sku, request.quantity, request.seenVersion));
    case 'add':
      return cartReply(await carts.addItem(id, request.key, request.sku, request.quantity));
    case 'discard':
      await carts.discard(id);
      return { told: 'gone' };
    case 'order': {
      const { reply } = await checkout.place(id, request.key, requestFor(request.expectedTotal));
      return { told: 'order', lines: textsOf(reply.order.lines) };
    }
  }
}

/** What somebody is told; undefined when nothing is heard, or only that it is not known what became of it. */
async function told<T>(call: () => Promise<T>): Promise<T | (CartReply & { told: 'refusal' }) | undefined> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof Killed) return undefined;
    if (!(error instanceof Refusal)) throw error;
    if (error.code === 'busy') return undefined;
    const { version } = error.facts as { version?: number };
    return { told: 'refusal', code: error.code, ...(version !== undefined && { version }) };
  }
}

/** As a queue does with what fails. */
async function repeatedly(time: SimulatedTime, work: () => Promise<unknown>): Promise<void> {
  for (;;) {
    try {
      await work();
      return;
    } catch (error) {
      if (!(error instanceof Killed || error instanceof Refusal)) throw error;
      await time.sleep(2000);
    }
  }
}

function cartReply({
  version,
  lines,
}: {
  version: number;
  lines: readonly { sku: string; quantity: number }[];
}): CartReply {
  return { told: 'cart', version, lines: textsOf(lines) };
}

function textsOf(lines: readonly { sku: string; quantity: number }[]): string[] {
  return lines.map(({ sku, quantity }) => `${quantity} ${sku}`);
}

function totalOf(lines: readonly string[]): number {
  return lines.reduce((sum, line) => sum + Number(line.split(' ')[0]) * priceOf(line.split(' ')[1]), 0);
}

function priceOf(sku: string): number {
  return 100 * (SKUS.indexOf(sku) + 1);
}

function productOf(sku: string): Product {
  return {
    sku,
    productId: sku,
    name: sku,
    image: null,
    price: { amount: priceOf(sku), currency: CURRENCY },
    stocked: true,
  };
}
