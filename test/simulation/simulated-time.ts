import type { Clock } from '../../src/runtime/clock';
import type { Random } from './random';

interface Sleeper {
  readonly wakesAt: number;
  readonly place: number;
  readonly wake: () => void;
}

/**
 * Time that passes only when everybody waits for it. Who wakes first is decided by the waits alone, so a run with the
 * same seed is the same run, and a wait of a minute takes none.
 */
export class SimulatedTime implements Clock {
  private readonly sleepers: Sleeper[] = [];
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
      this.sleepers.push({ wakesAt: this.milliseconds + milliseconds, place: this.slept++, wake });
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
      const next = this.earliest();
      if (!next) throw new Error('Everybody waits for something that will never come.');
      this.milliseconds = Math.max(this.milliseconds, next.wakesAt);
      next.wake();
    }
  }

  private earliest(): Sleeper | undefined {
    const [first] = this.sleepers.sort((a, b) => a.wakesAt - b.wakesAt || a.place - b.place);
    this.sleepers.shift();
    return first;
  }
}

/** Once every promise that can go on without time has gone on. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
