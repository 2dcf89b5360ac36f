/**
 * Images that are put, replaced and deleted while they are worked on, and the keeper's walk over them, with a mishap of
 * every kind at every call that is made. `MISHAPS=2` has two of them in each run.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Objects } from '../../src/runtime/objects';
import { isFoundWrong, testAtEveryCall } from '../simulation/every-call';
import { inProcess, type Weather } from '../simulation/network';
import { seeded } from '../simulation/random';
import type { Options } from './pipeline';
import { check, DAY_MS, image, World } from './world';

jest.setTimeout(3_600_000);

async function keepImages(weather: Weather, spoil?: Options['spoil']): Promise<string[]> {
  const world = new World(seeded(7), weather, { spoil });
  const { pipeline, time } = world;
  const put = (id: string, content: string) => pipeline.s3.replace('photos', `in/${id}`, image(content));
  return time.run(async () => {
    put('kept.jpg', 'kept');
    put('replaced.jpg', 'before');
    put('deleted.jpg', 'deleted');
    const working = world.work();
    await time.sleep(3500);
    put('replaced.jpg', 'after');
    pipeline.s3.replace('photos', 'in/deleted.jpg', undefined);
    await working;
    await world.settle();
    await aDayLater(world);
    world.isCalm = true;
    await aDayLater(world);
    await aDayLater(world);
    const counts = await check(world);
    return [
      ...world.holes.map((key) => `${key} was shown and not there`),
      ...world.deadLetters.map((key) => `${key} was given up`),
      ...(isDeepStrictEqual(counts, { ready: 2, deleted: 0, failed: 0 }) ? [] : [JSON.stringify(counts)]),
    ];
  });
}

async function aDayLater({ time, pipeline }: World): Promise<void> {
  await time.sleep(DAY_MS + 1);
  // What goes wrong is left to the next day.
  await inProcess(() => pipeline.keeper().work(() => true)).catch(() => undefined);
}

testAtEveryCall(keepImages, 35);

describe('the same check finds', () => {
  const spoiled = (media: Objects, its: Partial<Objects>): Objects => Object.assign(Object.create(media), its);
  const lastWins = (media: Objects) =>
    spoiled(media, { swap: (key, body, headers) => media.put(key, body, headers).then(() => true) });
  const hopeful = (media: Objects) => spoiled(media, { put: (...args) => media.put(...args).catch(() => undefined) });

  test.each([
    ['a summary that replaces whatever stands there', lastWins],
    ['a variant that counts as put whatever becomes of it', hopeful],
  ])('%s', async (_, spoil) => {
    expect(await keepImages({ attempts: 1, fault: () => undefined }, spoil)).toEqual([]);
    expect(await isFoundWrong((weather) => keepImages(weather, spoil))).toBe(true);
  });
});
