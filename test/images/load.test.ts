/**
 * Thousands of images at once, replaced and deleted while they are worked on, over a network that loses requests and
 * replies, with functions that die and a queue that gives out what it likes, in simulated time.
 */

import { weather } from '../simulation/network';
import { seeded, whole } from '../simulation/random';
import { seeds } from '../simulation/seeds';
import { AT_ONCE, check, DAY_MS, image, World, type WorldOptions } from './world';

jest.setTimeout(3_600_000);

/** `PICTURES=50000 npm run jest -- test/images/load` takes minutes, and says what came of it. */
const PICTURES = Number(process.env.PICTURES ?? 2000);

function worldIn(seed: number, faults: Parameters<typeof weather>[1], options?: WorldOptions): World {
  const random = seeded(seed);
  return new World(random, weather(random, faults), options);
}

const STORM = {
  'reply lost': 0.02,
  'request lost': 0.01,
  late: 0.01,
  slow: 0.1,
  throttle: 0.02,
  'killed before': 0.004,
  'killed after': 0.004,
} as const;

/** People who put, replace and delete the same few images, about as fast as they are worked on. */
async function people(world: World): Promise<void> {
  const { pipeline, time, random } = world;
  for (let change = 0; change < 25; change++) {
    const id = `${whole(random, 3)}.jpg`;
    // Contents come back now and then, and with them entity tags.
    const done =
      random() < 0.35 ? pipeline.originals.remove([`in/${id}`]) : pipeline.put(id, image(`${whole(random, 4)}`));
    await done.catch(() => undefined);
    await time.sleep(whole(random, 2500));
  }
}

test('images that change while they are worked on', async () => {
  for (const seed of seeds('100-125', '100-203')) {
    const world = worldIn(seed, STORM);
    const { pipeline, time } = world;
    await time.run(async () => {
      await Promise.all([people(world), people(world), time.sleep(1000).then(() => world.work())]);
      world.isCalm = true;
      await world.settle();
      for (let day = 0; day < 3; day++) {
        await time.sleep(DAY_MS + 1);
        await pipeline.keeper().work(() => true);
      }
      await check(world);
    });
    expect({ seed, holes: world.holes }).toEqual({ seed, holes: [] });
  }
});

/** The smallest account runs ten functions at a time. */
const FUNCTIONS_AT_ONCE = 10;

/** An account whose functions have a limit in common: who comes above it is turned away. */
class Account {
  running = 0;
  turnedAway = 0;

  async run<T>(work: () => Promise<T>): Promise<T | undefined> {
    if (this.running === FUNCTIONS_AT_ONCE) {
      this.turnedAway++;
      return undefined;
    }
    this.running++;
    try {
      return await work();
    } finally {
      this.running--;
    }
  }
}

/** Customers who check out, one every second, until the images are done. */
async function customers({ time, random }: World, account: Account, isOver: () => boolean): Promise<number> {
  let served = 0;
  while (!isOver()) {
    void account.run(() => time.sleep(200 + whole(random, 800))).then(() => served++);
    await time.sleep(1000);
  }
  return served;
}

test(`${PICTURES} images at once: a few are worked on at a time, none is lost, the deadly ones end, customers check out`, async () => {
  const account = new Account();
  const around = <T>(run: () => Promise<T>) => account.run(run) as Promise<T>;
  const world = worldIn(42, { 'reply lost': 0.005, throttle: 0.01, 'killed before': 0.001 }, { around });
  const { pipeline, time } = world;
  const deadly = Array.from({ length: PICTURES }, (_, index) => index).filter((index) => index % 500 === 7);
  const started = time.now().getTime();
  await time.run(async () => {
    world.isCalm = true;
    await Promise.all(
      Array.from({ length: PICTURES }, (_, index) =>
        pipeline.put(`${index}.jpg`, image(deadly.includes(index) ? `deadly ${index}` : `${index}`)),
      ),
    );
    world.isCalm = false;
    let isOver = false;
    const working = world.settle().finally(() => {
      isOver = true;
    });
    const [served] = await Promise.all([customers(world, account, () => isOver), working]);
    const hours = (time.now().getTime() - started) / 3_600_000;
    if (process.env.PICTURES) console.log({ pictures: PICTURES, hours, busiest: world.busiest, served });
    expect(served).toBeGreaterThan(PICTURES / 5);
    world.isCalm = true;
    for (let day = 0; day < 3; day++) {
      await time.sleep(DAY_MS + 1);
      await pipeline.keeper().work(() => true);
    }
    expect(await check(world)).toEqual({ ready: PICTURES - deadly.length, deleted: 0, failed: deadly.length });
  });
  expect(account.turnedAway).toBe(0);
  expect(world.busiest).toBe(AT_ONCE);
  // An event that came twice is two messages.
  expect(new Set(world.deadLetters)).toEqual(new Set(deadly.map((index) => `in/${index}.jpg`)));
  for (const key of world.deadLetters) {
    expect(pipeline.summary(pipeline.layout.idOf(key))).toMatchObject({ status: 'failed' });
  }
});
