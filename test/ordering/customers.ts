import { type Fault, weather } from '../simulation/network';
import { oneOf, type Random, seeded, whole } from '../simulation/random';
import type { CartRequest } from './cart-model';
import { type Outcome, type SimulatedShop, SKUS, type Spoiled, simulateShop, totalOf } from './simulated-shop';

const CARTS = 4;
const CUSTOMERS = 12;
const VISITS_OF_ONE = 8;

/** A shop in which customers do what comes to their minds, several at each cart, two tabs each as it were. */
export function runShop(seed: number, faults: Partial<Record<Fault, number>>, spoiled: Spoiled = {}): Promise<Outcome> {
  const random = seeded(seed);
  const stock = new Map(SKUS.map((sku) => [sku, whole(random, 40)]));
  const surroundings = { random, weather: weather(random, faults), shared: CARTS, stock, ...spoiled };
  return simulateShop(surroundings, async (shop) => {
    await Promise.all(Array.from({ length: CUSTOMERS }, (_, customer) => visit(shop, random, `customer-${customer}`)));
  });
}

/** A customer does one thing after the other. */
async function visit(shop: SimulatedShop, random: Random, name: string): Promise<void> {
  let seen = { version: 1, total: 0 };
  const cart = oneOf(random, shop.carts);
  for (let done = 0; done < VISITS_OF_ONE; done++) {
    await shop.time.sleep(whole(random, 300));
    const reply = await shop.ask(cart, wish(random, seen, `${name}-${done}`));
    if (reply?.told === 'cart') seen = { version: reply.version, total: totalOf(reply.lines) };
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
