import { MOST_ATTEMPTS } from '../../src/images/contract';
import type { ImageCodec } from '../../src/images/domain/codec';
import { inProcess, Killed, networkOf, type Weather } from '../simulation/network';
import { oneOf, type Random, whole } from '../simulation/random';
import { SimulatedTime } from '../simulation/simulated-time';
import { type Options, TestPipeline } from './pipeline';

/** The pipeline's default. */
export const AT_ONCE = 5;
const VISIBILITY_MS = 12 * 60_000;
/** So long a worker waits for a message that nobody has announced yet. */
const LONGEST_POLL_MS = 2000;
export const DAY_MS = 24 * 3_600_000;

interface Message {
  readonly key: string;
  visibleAt: number;
  receives: number;
}

export interface WorldOptions {
  /** What each run takes place in, such as an account whose functions have a limit in common. */
  readonly around?: <T>(run: () => Promise<T>) => Promise<T>;
  readonly spoil?: Options['spoil'];
}

/** A queue that gives each message out at least once, in any order, and a few workers. */
export class World {
  readonly time: SimulatedTime;
  readonly pipeline: TestPipeline;
  readonly deadLetters: string[] = [];
  busiest = 0;
  /** What a page would have shown that is not there. */
  readonly holes: string[] = [];
  private readonly queue = new Set<Message>();
  private busy = 0;
  isCalm = false;

  constructor(
    readonly random: Random,
    weather: Weather,
    private readonly its: WorldOptions = {},
  ) {
    this.time = new SimulatedTime(random);
    const network = networkOf(this.time, {
      get attempts() {
        return weather.attempts;
      },
      fault: (operation) => (this.isCalm ? undefined : weather.fault(operation)),
    });
    this.pipeline = new TestPipeline({
      clock: this.time,
      network,
      codec: this.codec(),
      spoil: its.spoil,
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
        await this.time.sleep(Math.min(LONGEST_POLL_MS, this.nextVisible() - now));
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
        const isLast = message.receives === MOST_ATTEMPTS;
        const run = () => inProcess(() => this.pipeline.worker().work(message.key, isLast));
        await (this.its.around?.(run) ?? run());
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

  private nextVisible(): number {
    let next = Number.POSITIVE_INFINITY;
    for (const { visibleAt } of this.queue) next = Math.min(next, visibleAt);
    return next;
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

export function image(text: string): Buffer {
  return Buffer.concat([Buffer.from([0xff, 0xd8, 0xff]), Buffer.from(text)]);
}

/** Every image stands as its original does, and nothing else is left once the sweep came by. */
export async function check(world: World): Promise<{ ready: number; deleted: number; failed: number }> {
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
