import type { Clock } from '../../runtime/clock';
import type { Objects } from '../../runtime/objects';
import type { Layout } from './layout';
import type { Summaries } from './summaries';
import { Sweep } from './sweep';

/** Where images wait for their turn. */
export interface Backlog {
  /** @param keys of originals */
  add(keys: readonly string[]): Promise<void>;
}

export interface KeeperProps {
  readonly originals: Objects;
  readonly media: Objects;
  readonly summaries: Summaries;
  readonly layout: Layout;
  readonly backlog: Backlog;
  /** Digest of the recipe and the limits as they are now. */
  readonly recipe: string;
  readonly clock: Clock;
}

/** What the keeper did so far. Each walk remembers the last of what it is done with while it is under way. */
interface State {
  /** Recipe that all originals were handed on for, or are being. */
  readonly recipe?: string;
  /** Another one, which the last call met for the first time. */
  readonly noticed?: string;
  readonly handedOnTo?: string;
  readonly sweptTo?: string;
  /** ISO 8601. */
  readonly sweptAt?: string;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** Keys handed on between two looks at the time. */
const KEYS_AT_ONCE = 500;

/**
 * Does what no event calls for: hands all originals on when the recipe changed, and once a day removes what nothing
 * shows any more. It goes on where it stopped, so that a call may be as short as it likes, and it writes nothing as long
 * as nothing changes.
 */
export class Keeper {
  constructor(private readonly props: KeeperProps) {}

  /**
   * @param hasTime whether there is time to begin something more
   * @returns how many originals were handed on, and how many objects removed
   */
  async work(hasTime: () => boolean): Promise<{ readonly handedOn: number; readonly removed: number }> {
    const handedOn = await this.handOn(hasTime);
    const removed = hasTime() ? await this.sweep(hasTime) : 0;
    return { handedOn, removed };
  }

  /** Begins when a recipe is met a second time: a deployment under way has reached every function by then. */
  private async handOn(hasTime: () => boolean): Promise<number> {
    const { recipe, originals, layout, backlog } = this.props;
    let state = await this.state();
    const noticed = state.recipe === recipe ? undefined : recipe;
    if (state.noticed !== noticed) {
      state = { ...state, noticed };
      await this.keep(state);
    } else if (noticed !== undefined) {
      state = { ...state, recipe, noticed: undefined, handedOnTo: '' };
    }
    let count = 0;
    while (state.handedOnTo !== undefined && hasTime()) {
      const keys = await first(KEYS_AT_ONCE, originals.list(layout.originals, state.handedOnTo || undefined));
      await backlog.add(keys);
      count += keys.length;
      state = { ...state, handedOnTo: keys.length < KEYS_AT_ONCE ? undefined : keys.at(-1) };
      await this.keep(state);
    }
    return count;
  }

  private async sweep(hasTime: () => boolean): Promise<number> {
    const state = await this.state();
    const now = this.props.clock.now();
    const isDue = !state.sweptAt || now.getTime() - Date.parse(state.sweptAt) >= DAY_MS;
    if (state.sweptTo === undefined && !isDue) return 0;
    const sweep = new Sweep(this.props, now);
    const sweptTo = await sweep.work(state.sweptTo, hasTime);
    await this.keep({ ...state, sweptTo, sweptAt: sweptTo === undefined ? now.toISOString() : state.sweptAt });
    return sweep.removed;
  }

  private async state(): Promise<State> {
    const stored = await this.props.media.get(this.props.layout.keeperState);
    return stored ? JSON.parse(Buffer.from(stored.body).toString()) : {};
  }

  private async keep(state: State): Promise<void> {
    const headers = { contentType: 'application/json', cacheControl: 'no-cache' };
    await this.props.media.put(this.props.layout.keeperState, JSON.stringify(state), headers);
  }
}

async function first(count: number, objects: AsyncIterable<{ readonly key: string }>): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of objects) {
    keys.push(key);
    if (keys.length === count) break;
  }
  return keys;
}
