import type { Context } from 'aws-lambda';
import { withBudget } from '../../runtime/budget';
import { systemClock } from '../../runtime/clock';
import { bucket, logger, settings, sqs } from '../../runtime/entry';
import { QueueBacklog } from '../adapters/queue-backlog';
import { LIMITS, RECIPE, readLimits, readRecipe, readStores, STORES } from '../adapters/settings';
import { IMAGE_ENV } from '../contract';
import { Keeper } from '../domain/keeper';
import { digestOf } from '../domain/recipe';

/** What the last thing that was begun may take. */
const RESERVE_MS = 20_000;
const RETRIES = 100;

const env = settings([...STORES, ...RECIPE, ...LIMITS, IMAGE_ENV.BACKLOG]);
const keeper = new Keeper({
  ...readStores(env, bucket),
  backlog: new QueueBacklog(sqs(), env[IMAGE_ENV.BACKLOG]),
  recipe: digestOf(readRecipe(env), readLimits(env)),
  clock: systemClock,
});

export async function handler(_event: unknown, context: Context): Promise<{ handedOn: number; removed: number }> {
  const milliseconds = context.getRemainingTimeInMillis();
  const done = await withBudget({ milliseconds, retries: RETRIES }, () =>
    keeper.work(() => context.getRemainingTimeInMillis() > RESERVE_MS),
  );
  if (done.handedOn + done.removed > 0) logger.info('The keeper found something to do', done);
  return done;
}
