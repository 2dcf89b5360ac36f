import type { ListedObject, Objects } from '../../runtime/objects';
import type { Layout } from './layout';
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

const DAY_MS = 24 * 60 * 60 * 1000;

/** What was replaced, or is left of a run that did not end, stays so long: pages that were loaded before show it. */
const GRACE_MS = DAY_MS;

/** An image that has one set of variants and a summary of this age was looked at before. */
const SETTLED_MS = 8 * DAY_MS;

/**
 * Removes what nothing shows any more. It walks along the outputs in the order of their keys, and asks for the summary
 * only of images that have something to remove or changed of late: of those that stand as they stood it costs nothing
 * but the listing.
 */
export class Sweep {
  removed = 0;

  constructor(
    private readonly props: SweepProps,
    private readonly now: Date,
  ) {}

  /**
   * @param from last key of an earlier call
   * @returns the last key when time ran out; undefined at the end
   */
  async work(from: string | undefined, hasTime: () => boolean): Promise<string | undefined> {
    const { media, layout } = this.props;
    // Images whose outputs are not all seen yet. More than one, since an image may be named as a folder of images is.
    const open: Group[] = [];
    for await (const object of media.list(layout.outputs, from)) {
      while (open.length > 0 && !object.key.startsWith(layout.outputsOf(open[open.length - 1].id))) {
        await this.look(open.pop() as Group);
      }
      this.note(object, open);
      if (hasTime()) continue;
      // Of these the rest comes in the next call, which would not know of what came before.
      for (const group of open) await this.clear(group);
      return object.key;
    }
    for (const group of open) await this.look(group);
    return undefined;
  }

  private note(object: ListedObject, open: Group[]): void {
    const output = this.props.layout.read(object.key);
    if (!output) return;
    let group = open.find(({ id }) => id === output.id);
    if (!group) {
      group = { id: output.id, variants: [], runs: new Set() };
      open.push(group);
    }
    if (output.run === undefined) {
      group.summary = object;
      return;
    }
    group.variants.push(object);
    group.runs.add(output.run);
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
