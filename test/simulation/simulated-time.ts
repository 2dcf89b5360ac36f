import type { Clock } from '../../src/runtime/clock';
import type { Random } from './random';

interface Sleeper {
  readonly wakesAt: number;
  readonly place: number;
  readonly wake: () => void;
}

/** Who wakes first, by a binary heap: there may be tens of thousands. */
class Sleepers {
  private readonly heap: Sleeper[] = [];

  add(sleeper: Sleeper): void {
    let place = this.heap.push(sleeper) - 1;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (isEarlier(this.heap[parent], sleeper)) break;
      this.heap[place] = this.heap[parent];
      place = parent;
    }
    this.heap[place] = sleeper;
  }

  takeFirst(): Sleeper | undefined {
    const [first] = this.heap;
    const last = this.heap.pop();
    if (last && last !== first) this.sink(last);
    return first;
  }

  private sink(sleeper: Sleeper): void {
    let place = 0;
    for (;;) {
      const [left, right] = [2 * place + 1, 2 * place + 2];
      if (left >= this.heap.length) break;
      const child = right < this.heap.length && isEarlier(this.heap[right], this.heap[left]) ? right : left;
      if (isEarlier(sleeper, this.heap[child])) break;
      this.heap[place] = this.heap[child];
      place = child;
    }
    this.heap[place] = sleeper;
  }
}

function isEarlier(one: Sleeper, other: Sleeper): boolean {
  return one.wakesAt < other.wakesAt || (one.wakesAt === other.wakesAt && one.place < other.place);
}

/**
 * Time that passes only when everybody waits for it. Who wakes first is decided by the waits alone, so a run with the
 * same seed is the same run, and a wait of a minute takes none.
 */
export class SimulatedTime implements Clock {
  private readonly sleepers = new Sleepers();
  private milliseconds: number;
  private slept = 0;

  constructor(
    readonly random: Random = () => 0.5,
    start = '2026-05-01T12:00:00Z',
  ) {
    this.milliseconds = Date.parse(start);
  }

  now(): Date {
    return new Date(this.milliseconds);
  }

  sleep(milliseconds: number): Promise<void> {
    return new Promise((wake) => {
      this.sleepers.add({ wakesAt: this.milliseconds + milliseconds, place: this.slept++, wake });
    });
  }

  /** Lets time pass until the work is done. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    let over = false;
    const result = work().finally(() => {
      over = true;
    });
    // A failure is the caller's to see, at the end of this function.
    result.catch(() => undefined);
    for (;;) {
      await settled();
      if (over) return result;
      const next = this.sleepers.takeFirst();
      if (!next) throw new Error('Everybody waits for something that will never come.');
      this.milliseconds = Math.max(this.milliseconds, next.wakesAt);
      next.wake();
    }
  }
}

/** Once every promise that can go on without time has gone on. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
