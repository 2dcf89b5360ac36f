import type { ListedObject, Objects } from '../../runtime/objects';
import type { Layout, Output } from './layout';
import type { Summaries } from './summaries';

export interface SweepProps {
  readonly media: Objects;
  readonly summaries: Summaries;
  readonly layout: Layout;
}

/** What a listing tells of an image. */
interface Group {
  readonly id: string;
  readonly variants: ListedObject[];
  readonly runs: Set<string>;
  summary?: ListedObject;
}

/** An object of one of the two listings. */
interface Listed {
  /** Its key without the prefix. */
  readonly place: string;
  readonly object: ListedObject;
  /** What it is, if the pipeline made it; without a run it is a summary. */
  readonly is?: Pick<Output, 'id'> & Partial<Output>;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** What was replaced, or is left of a run that did not end, stays so long: pages that were loaded before show it. */
const GRACE_MS = DAY_MS;

/** An image that has one set of variants and a summary of this age was looked at before. */
const SETTLED_MS = 8 * DAY_MS;

/**
 * Removes what nothing shows any more. It walks along variants and summaries together, in the order of the images, and
 * asks for the summary only of images that have something to remove or changed of late: of those that stand as they
 * stood it costs nothing but the listing.
 */
export class Sweep {
  removed = 0;

  constructor(
    private readonly props: SweepProps,
    private readonly now: Date,
  ) {}

  /**
   * @param from last place of an earlier call
   * @returns the last place when time ran out; undefined at the end
   */
  async work(from: string | undefined, hasTime: () => boolean): Promise<string | undefined> {
    // Images whose outputs are not all seen yet. More than one, since an image may be named as a folder of images is.
    const open: Group[] = [];
    for await (const listed of inOrder(this.variants(from), this.summaries(from))) {
      while (open.length > 0 && !listed.place.startsWith(`${open[open.length - 1].id}/`)) {
        await this.look(open.pop() as Group);
      }
      note(listed, open);
      if (hasTime()) continue;
      // Of these the rest comes in the next call, which would not know of what came before.
      for (const group of open) await this.clear(group);
      return listed.place;
    }
    for (const group of open) await this.look(group);
    return undefined;
  }

  private variants(from: string | undefined): AsyncGenerator<Listed> {
    const { layout } = this.props;
    return this.listed(layout.outputs, from, (key) => layout.read(key));
  }

  private summaries(from: string | undefined): AsyncGenerator<Listed> {
    const { layout } = this.props;
    return this.listed(layout.summaries, from, (key) => {
      const id = layout.summarised(key);
      return id === undefined ? undefined : { id };
    });
  }

  private async *listed(
    prefix: string,
    from: string | undefined,
    read: (key: string) => Listed['is'],
  ): AsyncGenerator<Listed> {
    for await (const object of this.props.media.list(prefix, from === undefined ? undefined : prefix + from)) {
      yield { place: object.key.slice(prefix.length), object, is: read(object.key) };
    }
  }

  private async look(group: Group): Promise<void> {
    const isSettled = group.summary && group.runs.size <= 1 && this.age(group.summary.changedAt) > SETTLED_MS;
    if (!isSettled) await this.clear(group);
  }

  private async clear({ id, variants, summary: listed }: Group): Promise<void> {
    const { media, summaries, layout } = this.props;
    const { summary, etag } = await summaries.read(id);
    const changedAt = (listed ?? (await media.head(layout.summaryKey(id))))?.changedAt;
    // What it replaced was shown until then.
    if (changedAt && this.age(changedAt) < GRACE_MS) return;
    const shown = new Set(summary?.variants.map(({ key }) => key));
    const dead = variants.filter(({ key, changedAt }) => !shown.has(key) && this.age(changedAt) >= GRACE_MS);
    await media.remove(dead.map(({ key }) => key));
    this.removed += dead.length;
    if (summary?.status === 'deleted' && etag !== undefined && dead.length === variants.length) {
      await media.removeIf(layout.summaryKey(id), etag);
    }
  }

  private age(of: Date): number {
    return this.now.getTime() - of.getTime();
  }
}

function note({ object, is }: Listed, open: Group[]): void {
  if (!is) return;
  let group = open.find(({ id }) => id === is.id);
  if (!group) {
    group = { id: is.id, variants: [], runs: new Set() };
    open.push(group);
  }
  if (is.run === undefined) {
    group.summary = object;
    return;
  }
  group.variants.push(object);
  group.runs.add(is.run);
}

/** Two listings as one. */
async function* inOrder(one: AsyncGenerator<Listed>, other: AsyncGenerator<Listed>): AsyncGenerator<Listed> {
  let [a, b] = [await one.next(), await other.next()];
  while (!a.done || !b.done) {
    if (b.done || (!a.done && isBefore(a.value, b.value))) {
      yield a.value;
      a = await one.next();
    } else {
      yield b.value;
      b = await other.next();
    }
  }
}

/** As S3 lists: by the bytes of the key, not by the units of JavaScript's texts. */
function isBefore(one: Listed, other: Listed): boolean {
  return Buffer.compare(Buffer.from(one.place), Buffer.from(other.place)) < 0;
}
