import type { ImageCodec } from '../../src/images/domain/codec';
import { photo } from './pictures';
import { RECIPE, SteppingClock, TestPipeline } from './pipeline';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const always = () => true;

/** Has time for so many things. */
function timeFor(count: number): () => boolean {
  let left = count;
  return () => left-- > 0;
}

/** Variants in no time: their content is what counts here. */
const CODEC: ImageCodec = {
  header: async () => ({ width: 100, height: 100, frames: 1, orientation: 1 }),
  tryDecoding: async () => undefined,
  async *variants(bytes, _source, { variants }) {
    for (const spec of variants) yield { spec, data: bytes, width: spec.width, height: spec.width };
  },
};
const JPEG = Buffer.from([0xff, 0xd8, 0xff]);

function pipelineOf() {
  const clock = new SteppingClock();
  return { clock, pipeline: new TestPipeline({ clock, codec: CODEC }) };
}

describe('when the recipe changes', () => {
  const CHANGED = { ...RECIPE, variants: [...RECIPE.variants, { ...RECIPE.variants[0], name: 'tiny', width: 10 }] };

  test('all originals are handed on, once, when a second look finds the change', async () => {
    const { pipeline } = pipelineOf();
    const ids = ['a.jpg', 'b/c d.jpg', '图片.jpg'];
    for (const id of ids) await pipeline.drop(id, JPEG);
    const keys = ids.map((id) => `in/${id}`);
    expect(await pipeline.keeper().work(always)).toMatchObject({ handedOn: 0 });
    expect(await pipeline.keeper().work(always)).toMatchObject({ handedOn: 3 });
    expect(pipeline.backlog).toEqual(keys);
    // They stand already, so that nothing is made again.
    for (const key of pipeline.backlog.splice(0)) expect(await pipeline.worker().work(key)).toBe('unchanged');
    expect(await pipeline.keeper().work(always)).toMatchObject({ handedOn: 0 });

    expect(await pipeline.keeper(CHANGED).work(always)).toMatchObject({ handedOn: 0 });
    expect(await pipeline.keeper(CHANGED).work(always)).toMatchObject({ handedOn: 3 });
    expect(pipeline.summary('a.jpg').variants).toHaveLength(2);
    for (const key of pipeline.backlog) expect(await pipeline.worker(CHANGED).work(key)).toBe('ready');
    expect(pipeline.summary('a.jpg').variants.map(({ name }) => name)).toEqual(['thumb', 'print', 'tiny']);
    expect(await pipeline.keeper(CHANGED).work(always)).toMatchObject({ handedOn: 0 });
  });

  test('a change that is taken back before the second look has none made again', async () => {
    const { pipeline } = pipelineOf();
    await pipeline.drop('a.jpg', JPEG);
    for (const recipe of [RECIPE, RECIPE, CHANGED, RECIPE]) await pipeline.keeper(recipe).work(always);
    expect(pipeline.backlog).toEqual(['in/a.jpg']);
    await pipeline.keeper(CHANGED).work(always);
    expect(pipeline.backlog).toEqual(['in/a.jpg']);
  });

  test('it goes on where the time was over', async () => {
    const { pipeline } = pipelineOf();
    const keys = Array.from({ length: 2100 }, (_, index) => `in/${String(index).padStart(4, '0')}.jpg`);
    for (const key of keys) await pipeline.originals.put(key, JPEG, { contentType: 'image/jpeg' });
    await pipeline.keeper().work(always);
    expect(await pipeline.keeper().work(timeFor(2))).toMatchObject({ handedOn: 1000 });
    expect(await pipeline.keeper().work(timeFor(1))).toMatchObject({ handedOn: 500 });
    expect(await pipeline.keeper().work(always)).toMatchObject({ handedOn: 600 });
    expect(pipeline.backlog).toEqual(keys);
  });

  test('a look at what did not change is one small read', async () => {
    const { pipeline } = pipelineOf();
    await pipeline.drop('a.jpg', JPEG);
    for (let look = 0; look < 3; look++) await pipeline.keeper().work(always);
    pipeline.s3.calls.length = 0;
    await pipeline.keeper().work(always);
    expect(pipeline.s3.calls).toEqual(['GetObject', 'GetObject']);
  });
});

describe('the sweep', () => {
  /** What is left of the outputs a day and more after everything was done. */
  async function sweep(pipeline: TestPipeline, clock: SteppingClock) {
    clock.pass(DAY_MS + HOUR_MS);
    return (await pipeline.keeper().work(always)).removed;
  }
  const outputs = (pipeline: TestPipeline) => pipeline.made.filter((key) => key !== 'told/keeper.json');

  test('removes what was replaced, a day after it was, and nothing that is shown', async () => {
    const { pipeline, clock } = pipelineOf();
    const old = await pipeline.drop('x.jpg', JPEG);
    const other = await pipeline.drop('x/y.jpg', JPEG);
    clock.pass(30 * DAY_MS);
    const now = await pipeline.drop('x.jpg', Buffer.concat([JPEG, Buffer.from('2')]));
    clock.pass(HOUR_MS);
    expect(await pipeline.keeper().work(always)).toMatchObject({ removed: 0 });
    for (const { key } of old.variants) expect(pipeline.made).toContain(key);

    expect(await sweep(pipeline, clock)).toBe(2);
    const kept = [...now.variants, ...other.variants].map(({ key }) => key);
    expect(outputs(pipeline)).toEqual([...kept, 'told/x.jpg/summary.json', 'told/x/y.jpg/summary.json'].sort());
  });

  test('removes what a run left that did not end, and what is left of an image that was deleted', async () => {
    const { pipeline, clock } = pipelineOf();
    const { variants } = await pipeline.drop('x.jpg', JPEG);
    await pipeline.drop('gone.jpg', JPEG);
    const left = [
      'out/x.jpg/aaaaaaaaaaaaaaaa/thumb.webp',
      'out/gone.jpg/aaaaaaaaaaaaaaaa/thumb.webp',
      'out/no/aaaaaaaaaaaaaaaa/a.png',
    ];
    await pipeline.originals.remove(['in/gone.jpg']);
    await pipeline.work('gone.jpg');
    for (const key of left) await pipeline.media.put(key, JPEG, { contentType: 'image/webp' });
    clock.pass(HOUR_MS);
    expect((await pipeline.keeper().work(always)).removed).toBe(0);
    expect(await sweep(pipeline, clock)).toBe(3);
    expect(outputs(pipeline)).toEqual([...variants.map(({ key }) => key), 'told/x.jpg/summary.json'].sort());
  });

  test('leaves alone what it does not know', async () => {
    const { pipeline, clock } = pipelineOf();
    const strange = [
      'out/readme.txt',
      'out/a/b/c.webp',
      'out/x/ABCDEFABCDEFABCD/thumb.webp',
      'out/summary.json',
      'told/readme.txt',
    ];
    for (const key of strange) await pipeline.media.put(key, 'mine', { contentType: 'text/plain' });
    clock.pass(20 * DAY_MS);
    expect(await sweep(pipeline, clock)).toBe(0);
    expect(outputs(pipeline)).toEqual([...strange].sort());
  });

  test('comes once a day, and goes on where the time was over, at whatever key that is', async () => {
    for (let steps = 1; steps < 14; steps++) {
      const { pipeline, clock } = pipelineOf();
      // An image that is named as a folder of images is, so that one is in the midst of the other.
      for (const id of ['a', 'a/b.jpg', 'c.jpg']) {
        for (const version of ['1', '2']) await pipeline.drop(id, Buffer.concat([JPEG, Buffer.from(version)]));
      }
      clock.pass(2 * DAY_MS);
      let removed = 0;
      const calls = 14;
      for (let call = 0; call < calls; call++) removed += (await pipeline.keeper().work(timeFor(steps + 1))).removed;
      expect({ steps, removed }).toEqual({ steps, removed: 6 });
      for (const id of ['a', 'a/b.jpg', 'c.jpg']) {
        for (const { key } of pipeline.summary(id).variants) expect(pipeline.made).toContain(key);
      }
      pipeline.s3.calls.length = 0;
      clock.pass(23 * HOUR_MS);
      await pipeline.keeper().work(always);
      expect(pipeline.s3.calls).not.toContain('ListObjectsV2');
      clock.pass(HOUR_MS);
      await pipeline.keeper().work(always);
      expect(pipeline.s3.calls).toContain('ListObjectsV2');
    }
  });

  test('asks for no summary of an image that stands as it stood', async () => {
    const { pipeline, clock } = pipelineOf();
    for (let index = 0; index < 50; index++) await pipeline.drop(`${index}.jpg`, JPEG);
    clock.pass(10 * DAY_MS);
    for (let look = 0; look < 3; look++) await pipeline.keeper().work(always);
    clock.pass(DAY_MS);
    pipeline.s3.calls.length = 0;
    await pipeline.keeper().work(always);
    expect(pipeline.s3.calls).toEqual(['GetObject', 'GetObject', 'ListObjectsV2', 'ListObjectsV2', 'PutObject']);
  });
});

test('a real photo goes through it all', async () => {
  const clock = new SteppingClock();
  const pipeline = new TestPipeline({ clock });
  await pipeline.drop('x.jpg', await photo(6));
  const { variants } = await pipeline.drop('x.jpg', await photo(3));
  clock.pass(2 * DAY_MS);
  await pipeline.keeper().work(always);
  expect(pipeline.made).toEqual(
    ['told/keeper.json', ...variants.map(({ key }) => key), 'told/x.jpg/summary.json'].sort(),
  );
});
