/**
 * What customers are told while replies of any write are lost, and processes die: there must be one order of all events
 * that explains it, for each cart as a whole, and stock, orders and events must add up. A failure names its seed.
 *
 * `SEEDS=1000-2000 npm run jest -- test/ordering/histories` tries those instead of a few.
 */
import type { CartStore } from '../../src/ordering/domain/ports';
import type { Fault } from '../simulation/network';
import { seeds } from '../simulation/seeds';
import { runShop } from './customers';
import { forgetful } from './forgetful-carts';

jest.setTimeout(3_600_000);

const SEEDS = seeds('1-6', '1-10');

const WEATHERS: [string, Partial<Record<Fault, number>>][] = [
  ['all is well', {}],
  ['replies are lost', { 'reply lost': 0.3 }],
  ['calls take effect late', { late: 0.2, 'request lost': 0.05 }],
  ['others are at the same items, and the table is throttled', { conflict: 0.2, throttle: 0.3 }],
  ['processes die', { 'killed before': 0.05, 'killed after': 0.1 }],
  [
    'everything happens at once',
    {
      'reply lost': 0.1,
      'request lost': 0.05,
      late: 0.08,
      slow: 0.1,
      throttle: 0.1,
      conflict: 0.08,
      'killed before': 0.01,
      'killed after': 0.03,
    },
  ],
];

describe.each(WEATHERS)('when %s', (_, faults) => {
  test.each(SEEDS)('carts keep what was acknowledged, and nothing is sold twice (seed %i)', async (seed) => {
    const { unexplained, wrong } = await runShop(seed, faults);
    expect(wrong).toEqual([]);
    expect(unexplained.map(({ operations }) => operations)).toEqual([]);
  });
});

test('carts are ordered in these histories', async () => {
  const outcomes = await Promise.all(SEEDS.slice(0, 6).map((seed) => runShop(seed, WEATHERS[5][1])));
  expect(outcomes.reduce((sum, { placed }) => sum + placed, 0)).toBeGreaterThan(5);
});

describe('the same check finds', () => {
  /** A store that takes every version for the right one. */
  const careless = (carts: CartStore): CartStore => ({
    find: (key) => carts.find(key),
    save: async (cart) => {
      const found = await carts.find(cart.key);
      return carts.save(found ? { ...cart, version: found.version + 1 } : cart);
    },
  });

  test.each([
    ['a change that is made a second time over a later one', { 'reply lost': 0.3 }, forgetful],
    ['a change that is lost under another', {}, careless],
  ])('%s', async (_, faults, carts) => {
    const outcomes = await Promise.all([1, 2, 3, 4].map((seed) => runShop(seed, faults, { carts })));
    expect(outcomes.some(({ unexplained }) => unexplained.length > 0)).toBe(true);
  });
});
