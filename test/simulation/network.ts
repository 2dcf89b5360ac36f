import { AsyncLocalStorage } from 'node:async_hooks';
import { conflict, throttled, timedOut, transactionCancelled } from './dynamo-errors';
import type { Network } from './memory-dynamo';
import { type Random, whole } from './random';
import type { SimulatedTime } from './simulated-time';

/** What may happen to one attempt of a call on its way. */
export type Fault =
  /** It never arrives. */
  | 'request lost'
  /** It takes effect, and nobody hears of it. */
  | 'reply lost'
  /** It is given up, and takes effect later. */
  | 'late'
  /** It takes effect, but the answer is given only much later. */
  | 'slow'
  | 'throttle'
  /** Others are at the same items. */
  | 'conflict'
  /** The caller's process dies before the call takes effect. */
  | 'killed before'
  /** The caller's process dies after it. */
  | 'killed after';

/** A process that died: what it was doing has no answer. */
export class Killed extends Error {}

const processes = new AsyncLocalStorage<{ isDead: boolean }>();

/** Runs work as one process: when it dies at one call, whatever else it does, or would do because of that, dies too. */
export function inProcess<T>(work: () => Promise<T>): Promise<T> {
  return processes.run({ isDead: false }, work);
}

function die(): Killed {
  const process = processes.getStore();
  if (process) process.isDead = true;
  return new Killed();
}

export interface Weather {
  /** Decides about one attempt of a call. */
  fault(operation: string): Fault | undefined;
  /** Attempts that a client makes of its own before it tells the caller. */
  readonly attempts: number;
}

/** Each fault as likely as it says, from 0 to 1. */
export function weather(random: Random, likelihood: Partial<Record<Fault, number>>, attempts = 3): Weather {
  return {
    attempts,
    fault: () => {
      let dice = random();
      for (const [fault, share] of Object.entries(likelihood)) {
        dice -= share;
        if (dice < 0) return fault as Fault;
      }
      return undefined;
    },
  };
}

const LONGEST_TRIP_MS = 40;
const TIME_OUT_MS = 1000;

/**
 * A network in which calls take time, so that those of different callers meet in every order, and whose client tries
 * again what it got no good answer to, just as AWS's clients do.
 */
export function networkOf(time: SimulatedTime, its: Weather): Network {
  const trip = () => time.sleep(whole(time.random, LONGEST_TRIP_MS));
  return async (operation, apply, writes = 1) => {
    for (let made = 1; ; made++) {
      await trip();
      if (processes.getStore()?.isDead) throw new Killed();
      const fault = its.fault(operation);
      if (fault === 'killed before') throw die();
      try {
        if (fault === 'request lost') throw await afterTimeOut(time);
        if (fault === 'late') {
          void time.sleep(TIME_OUT_MS + whole(time.random, 3 * TIME_OUT_MS)).then(() => ignored(apply));
          throw await afterTimeOut(time);
        }
        if (fault === 'throttle') throw throttled();
        if (fault === 'conflict') {
          throw operation === 'TransactWriteItems'
            ? cancelledBecauseOf(whole(time.random, writes), writes)
            : conflict();
        }
        const reply = settledReply(apply);
        if (fault === 'killed after') throw die();
        if (fault === 'reply lost') throw await afterTimeOut(time);
        await (fault === 'slow' ? time.sleep(whole(time.random, 3 * TIME_OUT_MS)) : trip());
        return reply();
      } catch (error) {
        if (error instanceof Killed || !tryAgain(error as Error) || made === its.attempts) throw error;
        await time.sleep(time.random() * 50 * 2 ** made);
      }
    }
  };
}

/** Applies a call now, and answers or throws when asked. */
function settledReply<T>(apply: () => T): () => T {
  try {
    const reply = apply();
    return () => reply;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}

function ignored(apply: () => unknown): void {
  try {
    apply();
  } catch {
    // Nobody is there any more to hear of it.
  }
}

function cancelledBecauseOf(one: number, writes: number): Error {
  return transactionCancelled(
    Array.from({ length: writes }, (_, index) => ({ Code: index === one ? 'TransactionConflict' : 'None' })),
  );
}

async function afterTimeOut(time: SimulatedTime): Promise<Error> {
  await time.sleep(TIME_OUT_MS);
  return timedOut();
}

/** A client tries time-outs and throttling again; a conflict is its caller's to decide about. */
function tryAgain({ name }: Error): boolean {
  return ['TimeoutError', 'ThrottlingException'].includes(name);
}
