import type { Clock } from '../../runtime/clock';
import { mediaTypeOf } from '../../runtime/media-type';
import type { Objects } from '../../runtime/objects';
import { AGAIN, type Patience, retry } from '../../runtime/retry';
import { type ImageCodec, Undecodable } from './codec';
import { bare } from './etag';
import type { Layout } from './layout';
import { digestOf, type ImageLimits, type Recipe } from './recipe';
import { ImageRejected } from './rejection';
import type { Standing, Summaries } from './summaries';
import type { ImageProblem, ImageSource, MadeVariant, Steps, StoredSummary } from './summary';
import { broken, checkSize, type InspectedImage, inspectImage } from './validate';

export interface ImageWorkerProps {
  readonly originals: Objects;
  readonly media: Objects;
  readonly summaries: Summaries;
  readonly layout: Layout;
  readonly codec: ImageCodec;
  readonly recipe: Recipe;
  readonly limits: ImageLimits;
  readonly clock: Clock;
  /** A name that no other run has. */
  readonly newRun: () => string;
}

/** What became of an image; `unchanged` where an earlier run had come to the same end. */
export type Outcome = 'ready' | 'rejected' | 'deleted' | 'unchanged' | 'ignored';

/** What stands at an address is never changed. */
const CACHE_CONTROL = 'public, max-age=31536000, immutable';

/** Of a run that was overtaken by another of the same image. */
const RACE: Patience = { attempts: 4, firstWaitMs: 100, longestWaitMs: 1000 };

/** The original's state that a run began with. */
interface Original {
  readonly key: string;
  readonly etag: string;
  readonly bytes: number;
}

/**
 * Brings what stands of an image into line with its original, whatever happened to it: it was put, replaced or deleted,
 * or the recipe changed. An event only says that it is time to look.
 *
 * A run reads the summary first, then the original, and replaces just the summary that it read. Had another run ended
 * meanwhile, this one may have seen an older original: it begins anew. So the last to end is one that saw the original
 * as it is, however slow others were, and however often a reply was lost.
 */
export class ImageWorker {
  constructor(private readonly props: ImageWorkerProps) {}

  /**
   * @param isLastAttempt writes down beforehand that the image failed: who dies of an image can no longer tell
   * @throws what went wrong, when another attempt may succeed
   */
  work(key: string, isLastAttempt = false): Promise<Outcome> {
    return retry(this.props.clock, () => this.run(key, isLastAttempt), RACE);
  }

  private async run(key: string, isLastAttempt: boolean): Promise<Outcome | typeof AGAIN> {
    const { originals, summaries, layout } = this.props;
    const id = layout.idOf(key);
    if (id === '') return 'ignored';
    const standing = await summaries.read(id);
    const head = await originals.head(key).catch(async (error) => {
      if (isLastAttempt) await this.failUnseen(key, id, standing).catch(() => undefined);
      throw error;
    });
    const isFolder = id.endsWith('/') && (head ? head.bytes === 0 : !standing.summary);
    if (isFolder) return 'ignored';
    if (!head) return this.forget(id, standing);
    const original = { key, etag: bare(head.etag), bytes: head.bytes };
    if (this.isDone(standing.summary, original)) return 'unchanged';
    const run = new Run(this.props, id, original);
    return isLastAttempt ? run.completeOrFail(standing) : run.complete(standing);
  }

  /** Who may not look at an original, or not decrypt it, may still see it in a listing. */
  private async failUnseen(key: string, id: string, standing: Standing): Promise<void> {
    for await (const listed of this.props.originals.list(key)) {
      const original = { key, etag: bare(listed.etag), bytes: listed.bytes };
      const isFolder = id.endsWith('/') && listed.bytes === 0;
      if (listed.key !== key || isFolder || this.isDone(standing.summary, original)) return;
      await new Run(this.props, id, original).fail(standing);
      return;
    }
  }

  /** Whether an earlier run came to the end that this one would come to. */
  private isDone(summary: StoredSummary | undefined, { etag }: Original): boolean {
    const { recipe, limits } = this.props;
    if (!summary || !['ready', 'rejected'].includes(summary.status)) return false;
    return summary.etag === etag && summary.recipe === digestOf(recipe, limits);
  }

  /**
   * Deletes what was made of an original that is gone. The summary stays and says so: a run that saw the original, and
   * is not done yet, must not find the place as empty as it was when it began.
   */
  private async forget(id: string, standing: Standing): Promise<Outcome | typeof AGAIN> {
    const { media, summaries, layout, newRun } = this.props;
    // Listed before: what a run puts later, for an original that was put again, is not ours to delete.
    const outputs: string[] = [];
    for await (const { key } of media.list(layout.outputsOf(id))) {
      const output = layout.read(key);
      if (output?.run && output.id === id) outputs.push(key);
    }
    if (!(await summaries.replace(standing, { id, status: 'deleted', run: newRun(), variants: [] }))) return AGAIN;
    await media.remove(outputs);
    return 'deleted';
  }
}

type Made = Pick<StoredSummary, 'source' | 'steps' | 'variants' | 'problems'>;

/** One attempt at one state of one original. */
class Run {
  private readonly name: string;
  private source?: ImageSource;

  constructor(
    private readonly props: ImageWorkerProps,
    private readonly id: string,
    private readonly original: Original,
  ) {
    this.name = props.newRun();
  }

  async complete(standing: Standing): Promise<Outcome | typeof AGAIN> {
    try {
      const made = await this.make();
      return made ? this.end(standing, 'ready', made) : AGAIN;
    } catch (error) {
      if (!(error instanceof ImageRejected)) throw error;
      return this.end(standing, 'rejected', {
        steps: { validate: 'rejected', transform: 'skipped', summarise: 'done' },
        variants: standing.summary?.variants ?? [],
        problems: [{ code: error.code, detail: error.detail }],
      });
    }
  }

  /** Says that the image failed before it begins, so that it is said even if this function does not survive the image. */
  async completeOrFail(standing: Standing): Promise<Outcome | typeof AGAIN> {
    const failed = await this.fail(standing);
    if (failed === AGAIN) return AGAIN;
    try {
      return await this.complete(failed);
    } catch (error) {
      // What is known by now is told better; when that fails as well, the first summary stands.
      await this.fail(failed, error).catch(() => undefined);
      throw error;
    }
  }

  async fail(standing: Standing, error?: unknown): Promise<Standing | typeof AGAIN> {
    const steps: Steps = this.source
      ? { validate: 'done', transform: 'failed', summarise: 'done' }
      : { validate: 'failed', transform: 'skipped', summarise: 'done' };
    const variants = standing.summary?.variants ?? [];
    const problems = error instanceof NoVariantMade ? error.problems : [INTERNAL_ERROR];
    const outcome = await this.end(standing, 'failed', { source: this.source, steps, variants, problems });
    if (outcome === AGAIN) return AGAIN;
    const now = await this.props.summaries.read(this.id);
    // One that was written since may tell of a later original than this run saw.
    return now.summary?.run === this.name ? now : AGAIN;
  }

  /** @returns undefined when the original is another by now */
  private async make(): Promise<Made | undefined> {
    const { originals, codec, limits } = this.props;
    checkSize(this.original.bytes, limits.maxBytes);
    const stored = await originals.get(this.original.key, this.original.etag);
    if (!stored) return undefined;
    const inspected = await inspectImage(stored.body, limits, codec);
    this.source = inspected.source;
    const { variants, problems } = await this.develop(stored.body, inspected.source);
    if (variants.length === 0) throw new NoVariantMade(problems);
    return {
      source: inspected.source,
      steps: { validate: 'done', transform: problems.length > 0 ? 'partial' : 'done', summarise: 'done' },
      variants,
      problems: [...notesOn(inspected), ...problems],
    };
  }

  /** Makes and stores the variants. */
  private async develop(bytes: Uint8Array, source: ImageSource) {
    const variants: MadeVariant[] = [];
    const problems: ImageProblem[] = [];
    try {
      for await (const result of this.props.codec.variants(bytes, source, this.props.recipe)) {
        const { name, format } = result.spec;
        if ('problem' in result) {
          const detail = `The variant could not be made: ${result.problem}`;
          problems.push({ code: 'variant_failed', detail, variant: name });
          continue;
        }
        const { data, width, height } = result;
        const key = this.props.layout.variantKey(this.id, this.name, result.spec);
        await this.props.media.put(key, data, { contentType: mediaTypeOf(format), cacheControl: CACHE_CONTROL });
        const bytesSaved = source.bytes - data.length;
        variants.push({ name, format, width, height, bytes: data.length, bytesSaved, key });
      }
    } catch (error) {
      throw error instanceof Undecodable ? broken(source.format) : error;
    }
    return { variants, problems };
  }

  private async end<Status extends 'ready' | 'rejected' | 'failed'>(
    standing: Standing,
    status: Status,
    made: Made,
  ): Promise<Status | typeof AGAIN> {
    const { summaries, recipe, limits } = this.props;
    const { etag } = this.original;
    const about = { id: this.id, status, etag, recipe: digestOf(recipe, limits), run: this.name };
    return (await summaries.replace(standing, { ...about, ...made })) ? status : AGAIN;
  }
}

const INTERNAL_ERROR: ImageProblem = {
  code: 'internal_error',
  detail: 'The service failed while it worked on the image. Putting the image again starts a new attempt.',
};

/** The image is fine, as far as is known, but none of its variants could be made. */
class NoVariantMade extends Error {
  constructor(readonly problems: ImageProblem[]) {
    super(`No variant could be made: ${problems[0]?.detail}`);
    this.name = 'NoVariantMade';
  }
}

function notesOn({ source, framesDropped }: InspectedImage): ImageProblem[] {
  if (framesDropped === 0) return [];
  const detail = `The animation has ${source.frames + framesDropped} frames; the first ${source.frames} are kept.`;
  return [{ code: 'frames_dropped', detail }];
}
