import { SharpCodec } from '../../src/images/adapters/sharp-codec';
import type { ImageCodec } from '../../src/images/domain/codec';
import { ImageWorker, type Outcome } from '../../src/images/domain/image-worker';
import { Keeper } from '../../src/images/domain/keeper';
import { Layout } from '../../src/images/domain/layout';
import { Library } from '../../src/images/domain/library';
import { digestOf, type Recipe } from '../../src/images/domain/recipe';
import { Summaries } from '../../src/images/domain/summaries';
import type { StoredSummary } from '../../src/images/domain/summary';
import { Uploads } from '../../src/images/domain/upload';
import type { Clock } from '../../src/runtime/clock';
import type { Objects } from '../../src/runtime/objects';
import { S3Objects } from '../../src/runtime/s3-objects';
import type { Network } from '../simulation/memory-dynamo';
import { type BucketEvent, MemoryS3 } from '../simulation/memory-s3';

export const LIMITS = { maxBytes: 5_000_000, maxPixels: 10_000_000, maxFrames: 10 };

export const RECIPE: Recipe = {
  keep: 'none',
  variants: [
    { name: 'thumb', width: 30, fit: 'inside', format: 'webp', quality: 80 },
    { name: 'print', width: 90, fit: 'inside', format: 'jpeg', quality: 80 },
  ],
};

export interface Options {
  readonly recipe?: Recipe;
  readonly codec?: ImageCodec;
  readonly clock?: Clock;
  readonly network?: Network;
  readonly onEvent?: (event: BucketEvent) => void;
  /** How what is made is stored otherwise, to show that a test finds it. */
  readonly spoil?: (media: Objects) => Objects;
}

/** Time that passes as it is waited for, and when it is told to. */
export class SteppingClock implements Clock {
  private milliseconds = Date.parse('2026-05-01T12:00:00Z');

  now(): Date {
    return new Date(this.milliseconds);
  }

  async sleep(milliseconds: number): Promise<void> {
    this.pass(milliseconds);
  }

  random(): number {
    return 0.5;
  }

  pass(milliseconds: number): void {
    this.milliseconds += milliseconds;
  }
}

/**
 * A pipeline over buckets in memory: originals below `in/` of `photos`, what is made of them below `out/` of `made`, and
 * what is told of them below `told/`.
 */
export class TestPipeline {
  readonly clock: Clock;
  readonly s3: MemoryS3;
  readonly layout = new Layout({ source: 'in/', output: 'out/', summaries: 'told/' });
  readonly originals: S3Objects;
  readonly media: Objects;
  readonly summaries: Summaries;
  readonly backlog: string[] = [];
  private runs = 0;

  constructor(private readonly options: Options = {}) {
    this.clock = options.clock ?? new SteppingClock();
    this.s3 = new MemoryS3(this.clock, options.network, options.onEvent);
    this.originals = new S3Objects(this.s3, 'photos');
    const media = new S3Objects(this.s3, 'made');
    this.media = options.spoil?.(media) ?? media;
    this.summaries = new Summaries(this.media, this.layout);
  }

  get codec(): ImageCodec {
    return this.options.codec ?? new SharpCodec(LIMITS);
  }

  worker(recipe = this.options.recipe ?? RECIPE): ImageWorker {
    const { originals, media, summaries, layout, codec, clock } = this;
    const newRun = () => (++this.runs).toString(16).padStart(16, '0');
    return new ImageWorker({ originals, media, summaries, layout, codec, recipe, limits: LIMITS, clock, newRun });
  }

  keeper(recipe = this.options.recipe ?? RECIPE): Keeper {
    const { originals, media, summaries, layout, clock } = this;
    const backlog = { add: async (keys: readonly string[]) => void this.backlog.push(...keys) };
    return new Keeper({ originals, media, summaries, layout, backlog, recipe: digestOf(recipe, LIMITS), clock });
  }

  uploads(): Uploads {
    const { originals, summaries, layout, codec, clock } = this;
    return new Uploads({ originals, summaries, layout, codec, limits: LIMITS, clock });
  }

  library(): Library {
    const { originals, media, summaries, layout, clock } = this;
    return new Library({ originals, media, summaries, layout, clock });
  }

  put(id: string, bytes: Uint8Array): Promise<void> {
    return this.originals.put(`in/${id}`, bytes, { contentType: 'image/jpeg' });
  }

  work(id: string, isLastAttempt = false): Promise<Outcome> {
    return this.worker().work(`in/${id}`, isLastAttempt);
  }

  async drop(id: string, bytes: Uint8Array): Promise<StoredSummary> {
    await this.put(id, bytes);
    await this.work(id);
    return this.summary(id);
  }

  summary(id: string): StoredSummary {
    return this.s3.json('made', `told/${id}/summary.json`);
  }

  /** Keys of everything that was made. */
  get made(): readonly string[] {
    return this.s3.keys('made');
  }
}
