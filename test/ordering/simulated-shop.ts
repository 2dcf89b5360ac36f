import { CartTable } from '../../src/ordering/adapters/cart-table';
import { orderOf } from '../../src/ordering/adapters/items';
import { OrderTable } from '../../src/ordering/adapters/order-table';
import { StockTable } from '../../src/ordering/adapters/stock-table';
import { Carts } from '../../src/ordering/domain/carts';
import { Checkout } from '../../src/ordering/domain/checkout';
import { orderIdOf } from '../../src/ordering/domain/identity';
import type { Order, Product } from '../../src/ordering/domain/model';
import type { CartStore } from '../../src/ordering/domain/ports';
import { type OpeningStock, openStock } from '../../src/ordering/domain/stock-opening';
import { Refusal } from '../../src/runtime/refusal';
import { type Item, Table } from '../../src/runtime/table';
import { History, isLinearizable } from '../simulation/linearizability';
import { MemoryDynamoDb } from '../simulation/memory-dynamo';
import { inProcess, Killed, networkOf, type Weather } from '../simulation/network';
import { type Random, whole } from '../simulation/random';
import { SimulatedTime } from '../simulation/simulated-time';
import { type CartReply, type CartRequest, cartModel } from './cart-model';
import { LIMITS, requestFor } from './shop';
import { SimulatedOutbox } from './simulated-outbox';

export const SKUS = ['mug', 'hat', 'pen'];
const CURRENCY = 'USD';

type CartHistory = History<CartRequest, CartReply>;

export interface SharedCart {
  readonly id: string;
  readonly history: CartHistory;
}

export interface Outcome {
  /** Carts whose customers were told what no order of events explains. */
  readonly unexplained: readonly CartHistory[];
  readonly placed: number;
  /** Every way in which stock, orders and events do not add up, in words. */
  readonly wrong: readonly string[];
}

/** The shop as its visitors have it. */
export interface SimulatedShop {
  readonly time: SimulatedTime;
  readonly carts: readonly SharedCart[];
  /** Asks until there is an answer, at most three times, as a page does. */
  ask(cart: SharedCart, request: CartRequest): Promise<CartReply | undefined>;
}

/** How the shop is broken, to show that this finds what it is for. */
export interface Spoiled {
  readonly carts?: (carts: CartStore) => CartStore;
  readonly table?: (table: Table) => Table;
}

export interface Surroundings extends Spoiled {
  readonly random: Random;
  readonly weather: Weather;
  /** How many carts there are. */
  readonly shared: number;
  /** Stock to open, by SKU. */
  readonly stock: ReadonlyMap<string, number>;
}

/**
 * A shop whose carts are used by several customers at once while calls to its table and its bus are lost, repeated,
 * late, refused or cut off; its stock is opened and its events are published meanwhile.
 */
export async function simulateShop(
  its: Surroundings,
  visits: (shop: SimulatedShop) => Promise<void>,
): Promise<Outcome> {
  const { random, weather } = its;
  const time = new SimulatedTime(random);
  let isCalm = false;
  const network = networkOf(time, {
    get attempts() {
      return isCalm ? 3 : weather.attempts;
    },
    fault: (operation) => (isCalm ? undefined : weather.fault(operation)),
  });
  const db = new MemoryDynamoDb(network);
  const plain = new Table(db, 'table', time);
  const table = its.table?.(plain) ?? plain;
  const outbox = new SimulatedOutbox(time, network, db, table);
  const shop = shopOver(table, time, random, its.carts);

  const carts = await time.run(async () => {
    const carts = await Promise.all(Array.from({ length: its.shared }, () => newCart(shop, time)));
    let isOver = false;
    const visiting = visits({ time, carts, ask: (cart, request) => untilAnswered(shop, time, cart, request) });
    await Promise.all([
      repeatedly(time, () => openStock(shop.stock, time, openingOf(its.stock))),
      outbox.publishUntil(() => isOver),
      visiting.finally(() => {
        isOver = true;
      }),
    ]);
    // What is late has come by then.
    isCalm = true;
    await time.sleep(60_000);
    await Promise.all(carts.map((cart) => ask(shop, cart, { do: 'get' })));
    await outbox.sweep();
    return carts;
  });

  const items = db.table('table').items();
  const orders = items.filter(({ kind }) => kind === 'ORDER').map(orderOf);
  const model = cartModel(priceOf);
  return {
    unexplained: carts.map(({ history }) => history).filter((h) => !isLinearizable(model, h.operations)),
    placed: orders.length,
    wrong: [...stockMistakes(its.stock, orders, items), ...lostOrders(carts, orders), ...outbox.mistakes(orders)],
  };
}

function stockMistakes(
  opened: ReadonlyMap<string, number>,
  orders: readonly Order[],
  items: readonly Item[],
): string[] {
  return [...opened].flatMap(([sku, initial]) => {
    const sold = orders.flatMap(({ lines }) => lines.filter((line) => line.sku === sku));
    const taken = sold.reduce((sum, { quantity }) => sum + quantity, 0);
    const left = Number(items.find(({ pk }) => pk === `STOCK#${sku}`)?.available);
    if (left >= 0 && taken + left === initial) return [];
    return [`${initial} ${sku} were opened, ${taken} sold, ${left} left`];
  });
}

function lostOrders(carts: readonly SharedCart[], orders: readonly Order[]): string[] {
  return carts
    .filter(({ history }) => history.operations.some(({ reply }) => reply?.told === 'order'))
    .filter(({ id }) => !orders.some((order) => order.id === orderIdOf(id)))
    .map(({ id }) => `the order of cart ${id} was acknowledged and is not there`);
}

function shopOver(table: Table, clock: SimulatedTime, random: Random, spoil: Spoiled['carts']) {
  const products = {
    find: async (skus: readonly string[]) => {
      await clock.sleep(whole(random, 20));
      return new Map(skus.map((sku) => [sku, productOf(sku)]));
    },
  };
  const stock = new StockTable(table);
  const carts = spoil?.(new CartTable(table)) ?? new CartTable(table);
  const surroundings = { carts, stock, products, clock, currency: CURRENCY, limits: LIMITS };
  return {
    stock,
    carts: new Carts({ ...surroundings, expiry: 1_000_000 }),
    checkout: new Checkout({ ...surroundings, orders: new OrderTable(table), defaultLanguage: 'en' }),
  };
}

type Shop = ReturnType<typeof shopOver>;

async function newCart(shop: Shop, time: SimulatedTime): Promise<SharedCart> {
  const { id } = await repeatedly(time, () => shop.carts.create());
  return { id, history: new History() };
}

async function untilAnswered(
  shop: Shop,
  time: SimulatedTime,
  cart: SharedCart,
  request: CartRequest,
): Promise<CartReply | undefined> {
  for (let sent = 0; sent < 3; sent++) {
    const reply = await ask(shop, cart, request);
    if (reply) return reply;
    await time.sleep(1000);
  }
  return undefined;
}

function openingOf(stock: ReadonlyMap<string, number>): OpeningStock[] {
  return Array.from(stock, ([sku, openingStock]) => ({ sku, openingStock }));
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
async function told(call: () => Promise<CartReply>): Promise<CartReply | undefined> {
  try {
    return await inProcess(call);
  } catch (error) {
    if (error instanceof Killed) return undefined;
    if (!(error instanceof Refusal)) throw error;
    if (error.code === 'busy') return undefined;
    const { version } = error.facts as { version?: number };
    return { told: 'refusal', code: error.code, ...(version !== undefined && { version }) };
  }
}

/** As a queue does with what fails. */
async function repeatedly<T>(time: SimulatedTime, work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await inProcess(work);
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

export function totalOf(lines: readonly string[]): number {
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
