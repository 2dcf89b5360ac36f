/**
 * A few visits to the shop, with a mishap of every kind at every call that is made: of carts, of checkouts, of the stock
 * that is opened and of the events that are published meanwhile. `MISHAPS=2` has two of them in each run.
 */
import type { Table, Write } from '../../src/runtime/table';
import { isFoundWrong, testAtEveryCall } from '../simulation/every-call';
import type { Weather } from '../simulation/network';
import { seeded } from '../simulation/random';
import { forgetful } from './forgetful-carts';
import { type SharedCart, type SimulatedShop, type Spoiled, simulateShop, totalOf } from './simulated-shop';

jest.setTimeout(3_600_000);

const STOCK = new Map([
  ['mug', 9],
  // Two want it.
  ['hat', 1],
  ['pen', 3],
]);

async function visitShop(weather: Weather, spoiled: Spoiled = {}): Promise<string[]> {
  const surroundings = { random: seeded(7), weather, shared: 3, stock: STOCK, ...spoiled };
  const { wrong, unexplained, placed } = await simulateShop(surroundings, async (shop) => {
    const [first, second, third] = shop.carts;
    await shop.time.sleep(2000);
    await Promise.all([buy(shop, first), changeMeanwhile(shop, first), buyTheHat(shop, second), leave(shop, third)]);
  });
  return [
    ...wrong,
    ...unexplained.map(({ operations }) => `no order of events explains ${JSON.stringify(operations)}`),
    ...(placed === 2 ? [] : [`${placed} orders were placed instead of 2`]),
  ];
}

async function buy(shop: SimulatedShop, cart: SharedCart): Promise<void> {
  await shop.ask(cart, { do: 'add', key: 'two-mugs', sku: 'mug', quantity: 2 });
  await shop.ask(cart, { do: 'set', sku: 'pen', quantity: 1 });
  await order(shop, cart, 'first');
}

/** In another tab. */
async function changeMeanwhile(shop: SimulatedShop, cart: SharedCart): Promise<void> {
  const seen = await shop.ask(cart, { do: 'get' });
  if (seen?.told === 'cart') {
    await shop.ask(cart, { do: 'set', sku: 'mug', quantity: 3, seenVersion: seen.version });
  }
  await shop.ask(cart, { do: 'add', key: 'another-mug', sku: 'mug', quantity: 1 });
}

async function buyTheHat(shop: SimulatedShop, cart: SharedCart): Promise<void> {
  await shop.ask(cart, { do: 'set', sku: 'hat', quantity: 1 });
  await order(shop, cart, 'second');
}

async function leave(shop: SimulatedShop, cart: SharedCart): Promise<void> {
  await shop.ask(cart, { do: 'set', sku: 'hat', quantity: 1 });
  await shop.ask(cart, { do: 'discard' });
}

/** Orders what is in the cart, and once more when it had become something else meanwhile, or was ordered already. */
async function order(shop: SimulatedShop, cart: SharedCart, key: string): Promise<void> {
  for (let time = 0; time < 3; time++) {
    const seen = await shop.ask(cart, { do: 'get' });
    if (seen?.told !== 'cart') return;
    const request = { do: 'order', key: `${key}-${time}`, expectedTotal: totalOf(seen.lines) } as const;
    const reply = await shop.ask(cart, request);
    if (reply?.told === 'order') await shop.ask(cart, request);
  }
}

testAtEveryCall(visitShop, 40);

describe('the same check finds', () => {
  const spoiled = (table: Table, its: Partial<Table>): Table => Object.assign(Object.create(table), its);
  const isEvent = (write: Write) => 'put' in write && String(write.put.pk).startsWith('OUTBOX#');
  const isStock = (write: Write) => 'update' in write && write.key.pk.startsWith('STOCK#');

  const apart = (isApart: (write: Write) => boolean, first: boolean) => (table: Table) =>
    spoiled(table, {
      transact: async (writes) => {
        const groups = [writes.filter(isApart), writes.filter((write) => !isApart(write))];
        for (const group of first ? groups : groups.reverse()) {
          const outcome = group.length > 0 ? await table.transact(group) : { done: true as const };
          if (!outcome.done) return { ...outcome, reasons: writes.map(() => ({ refused: false, passing: true })) };
        }
        return { done: true };
      },
    });
  const everOpened = (table: Table) =>
    spoiled(table, {
      put: (item, expressions) => table.put(item, item.kind === 'STOCK' ? {} : expressions),
    });

  test.each<[string, Spoiled]>([
    ['an event that is written after its order', { table: apart(isEvent, false) }],
    ['stock that is taken before the order is written', { table: apart(isStock, true) }],
    ['stock that is opened whatever there is', { table: everOpened }],
    ['a cart that does not know who has written it', { carts: forgetful }],
  ])('%s', async (_, its) => {
    expect(await visitShop({ attempts: 1, fault: () => undefined }, its)).toEqual([]);
    expect(await isFoundWrong((weather) => visitShop(weather, its))).toBe(true);
  });
});
