/**
 * Thousands of images at once, replaced and deleted while they are worked on, over a network that loses requests and
 * replies, with functions that die and a queue that gives out what it likes, in simulated time.
 */

import { MOST_ATTEMPTS } from '../../src/images/contract';
import type { ImageCodec } from '../../src/images/domain/codec';
import { Killed, networkOf, weather } from '../simulation/network';
import { oneOf, seeded, whole } from '../simulation/random';
import { seeds } from '../simulation/seeds';
import { SimulatedTime } from '../simulation/simulated-time';
import { TestPipeline } from './pipeline';

jest.setTimeout(3_600_000);

const AT_ONCE = 5;
const VISIBILITY_MS = 12 * 60_000;
const DAY_MS = 24 * 3_600_000;

interface Message {
  readonly key: string;
  visibleAt: number;
  receives: number;
}

/** A queue that gives each message out at least once, in any order, and a few workers. */
class World {
  readonly time: SimulatedTime;
  readonly pipeline: TestPipeline;
  readonly deadLetters: string[] = [];
  readonly random: () => number;
  busiest = 0;
  /** What a page would have shown that is not there. */
  readonly holes: string[] = [];
  private readonly queue = new Set<Message>();
  private busy = 0;
  isCalm = false;

  constructor(seed: number, faults: Parameters<typeof weather>[1]) {
    this.random = seeded(seed);
    this.time = new SimulatedTime(this.random);
    const storm = weather(this.random, faults);
    const network = networkOf(this.time, {
      attempts: storm.attempts,
      fault: (operation) => (this.isCalm ? undefined : storm.fault(operation)),
    });
    this.pipeline = new TestPipeline({
      clock: this.time,
      network,
      codec: this.codec(),
      onEvent: ({ bucket, key }) => (bucket === 'photos' ? this.announce(key) : this.lookForHoles(key)),
    });
  }

  /** Works until nobody waits any more. */
  async work(): Promise<void> {
    await Promise.all(Array.from({ length: AT_ONCE }, () => this.worker()));
  }

  async settle(): Promise<void> {
    // What was given up on its way may still arrive, and be announced.
    do {
      await this.work();
      await this.time.sleep(60_000);
    } while (this.queue.size > 0);
  }

  private announce(key: string): void {
    const times = this.random() < 0.05 ? 2 : 1;
    for (let time = 0; time < times; time++) {
      this.queue.add({ key, visibleAt: this.time.now().getTime() + whole(this.random, 5000), receives: 0 });
    }
  }

  private async worker(): Promise<void> {
    while (this.queue.size > 0) {
      const now = this.time.now().getTime();
      const message = this.next(now);
      if (!message) {
        await this.time.sleep(500);
        continue;
      }
      message.receives++;
      if (message.receives > MOST_ATTEMPTS) {
        this.queue.delete(message);
        this.deadLetters.push(message.key);
        continue;
      }
      message.visibleAt = now + VISIBILITY_MS;
      this.busiest = Math.max(this.busiest, ++this.busy);
      try {
        await this.pipeline.worker().work(message.key, message.receives === MOST_ATTEMPTS);
        this.queue.delete(message);
      } catch (error) {
        if (!(error instanceof Killed)) message.visibleAt = this.time.now().getTime() + 1000 * 2 ** message.receives;
      } finally {
        this.busy--;
      }
    }
  }

  private next(now: number): Message | undefined {
    const visible: Message[] = [];
    for (const message of this.queue) {
      if (message.visibleAt <= now) visible.push(message);
      if (visible.length === 20) break;
    }
    return visible.length > 0 ? oneOf(this.random, visible) : undefined;
  }

  /** What the summary of the image tells to be there. */
  private lookForHoles(key: string): void {
    const output = this.pipeline.layout.read(key);
    const summary = output && this.pipeline.summary(output.id);
    for (const variant of summary?.variants ?? []) {
      if (!this.pipeline.s3.objects('made').has(variant.key)) this.holes.push(variant.key);
    }
  }

  /** Variants that tell what they were made of, after a while; some images are more than a function survives. */
  private codec(): ImageCodec {
    const { time, random } = this;
    return {
      header: async () => ({ width: 100, height: 100, frames: 1, orientation: 1 }),
      tryDecoding: async () => undefined,
      async *variants(bytes, _source, { variants }) {
        await time.sleep(whole(random, 4000));
        if (Buffer.from(bytes).includes('deadly')) throw new Killed();
        for (const spec of variants) yield { spec, data: bytes, width: spec.width, height: spec.width };
      },
    };
  }
}

function image(text: string): Buffer {
  return Buffer.concat([Buffer.from([0xff, 0xd8, 0xff]), Buffer.from(text)]);
}

/** Every image stands as its original does, and nothing else is left once the sweep came by. */
async function check(world: World): Promise<{ ready: number; deleted: number; failed: number }> {
  const { pipeline, deadLetters } = world;
  const originals = pipeline.s3.objects('photos');
  const counts = { ready: 0, deleted: 0, failed: 0 };
  for (const [key, { body, head }] of originals) {
    const summary = pipeline.summary(pipeline.layout.idOf(key));
    if (deadLetters.includes(key)) {
      // Whoever asks is told so, at once or after a day.
      const told = await pipeline.library().summary(pipeline.layout.idOf(key));
      expect(['failed', 'ready']).toContain(told.status);
      counts.failed++;
      continue;
    }
    expect(summary).toMatchObject({ status: 'ready', etag: head.etag.replaceAll('"', '') });
    expect(summary.variants).toHaveLength(2);
    for (const variant of summary.variants) {
      expect(pipeline.s3.objects('made').get(variant.key)?.body.equals(body)).toBe(true);
    }
    counts.ready++;
  }
  const shown = new Set(['told/keeper.json']);
  for (const key of pipeline.made.filter((it) => it.endsWith('/summary.json'))) {
    const summary = pipeline.s3.json('made', key);
    shown.add(key);
    for (const variant of summary.variants) shown.add(variant.key);
    if (originals.has(pipeline.layout.sourceKey(summary.id))) continue;
    expect(summary.variants).toEqual([]);
    counts.deleted++;
  }
  expect(pipeline.made.filter((key) => !shown.has(key))).toEqual([]);
  return counts;
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
  for (const seed of seeds('100-125')) {
    const world = new World(seed, STORM);
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

test('2000 images at once: never more than a few are worked on, none is lost, and the deadly ones end', async () => {
  const world = new World(42, { 'reply lost': 0.005, throttle: 0.01, 'killed before': 0.001 });
  const { pipeline, time } = world;
  await time.run(async () => {
    world.isCalm = true;
    await Promise.all(
      Array.from({ length: 2000 }, (_, index) =>
        pipeline.put(`${index}.jpg`, image(index % 500 === 7 ? `deadly ${index}` : `${index}`)),
      ),
    );
    world.isCalm = false;
    await world.settle();
    world.isCalm = true;
    for (let day = 0; day < 3; day++) {
      await time.sleep(DAY_MS + 1);
      await pipeline.keeper().work(() => true);
    }
    expect(await check(world)).toEqual({ ready: 1996, deleted: 0, failed: 4 });
  });
  expect(world.busiest).toBe(AT_ONCE);
  // An event that came twice is two messages.
  expect(new Set(world.deadLetters)).toEqual(new Set([7, 507, 1007, 1507].map((index) => `in/${index}.jpg`)));
  for (const key of world.deadLetters) {
    expect(pipeline.summary(pipeline.layout.idOf(key))).toMatchObject({ status: 'failed' });
  }
});
