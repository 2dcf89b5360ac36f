import { Later, type QueueHandlerOptions } from '../../runtime/queue';
import { Busy, Refusal } from '../../runtime/refusal';
import { MOST_ATTEMPTS } from '../contract';
import type { ImageWorker, Outcome } from '../domain/image-worker';
import { keyOf } from '../domain/message';

/** The worker, as the queue sees it. */
export type WorkOnImages = Pick<ImageWorker, 'work'>;

/** Told of what came out of it at last. */
export type Told = (outcome: Outcome | 'failed') => void;

/** Of a service that is busy: with four waits, each twice as long, an image outlasts a quarter of an hour. */
const FIRST_WAIT_SECONDS = 60;

/** Works on the images that the messages of a queue are about. */
export function imageQueue(worker: WorkOnImages, tell: Told): QueueHandlerOptions<string> {
  return {
    parse: keyOf,
    handle: async (key, { receives }) => {
      const isLastAttempt = receives >= MOST_ATTEMPTS;
      try {
        tell(await worker.work(key, isLastAttempt));
        return undefined;
      } catch (error) {
        if (isLastAttempt) {
          tell('failed');
          // Refused, it is a dead letter at once, and not when it would come again.
          throw new Refusal('image_failed', String(error));
        }
        if (error instanceof Busy) return new Later(FIRST_WAIT_SECONDS * 2 ** (receives - 1), error.code);
        throw error;
      }
    },
  };
}
