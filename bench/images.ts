import sharp from 'sharp';
import { SharpCodec } from '../src/images/adapters/sharp-codec';
import type { Recipe } from '../src/images/domain/recipe';
import { inspectImage } from '../src/images/domain/validate';
import { type Comparison, interleaved } from './comparison';
import { photo } from './photo';

const LIMITS = { maxBytes: 100 * 2 ** 20, maxPixels: 50_000_000, maxFrames: 100 };
const CODEC = new SharpCodec(LIMITS);
const RECIPE: Recipe = {
  keep: 'none',
  variants: [
    { name: 'thumb', width: 160, fit: 'inside', format: 'webp', quality: 80 },
    { name: 'card', width: 480, fit: 'inside', format: 'webp', quality: 80 },
    { name: 'full', width: 1200, fit: 'inside', format: 'webp', quality: 80 },
  ],
};

/** Processor time for one photo of twelve megapixels: what the pipeline does, against a decode for each of its steps. */
export async function images(): Promise<Comparison[]> {
  const jpeg = await photo(4000, 3000);
  const bomb = await sharp({
    create: { width: 16_000, height: 16_000, channels: 3, background: 'white' },
    limitInputPixels: false,
  })
    .png({ compressionLevel: 9 })
    .toBuffer();
  const pipeline = await interleaved(
    () => processorTime(() => runPipeline(jpeg)),
    () => processorTime(() => runSeparately(jpeg)),
  );
  const refusal = await interleaved(
    () => processorTime(() => inspectImage(bomb, LIMITS, CODEC).catch(() => undefined)),
    () => processorTime(() => sharp(bomb, { limitInputPixels: false }).stats()),
    3,
  );
  return [
    {
      what: '12-megapixel JPEG, three variants',
      ...pipeline,
      against: 'four separate decodes',
      unit: 'ms CPU',
      target: 0.22,
    },
    { what: 'bomb of 256 megapixels refused', ...refusal, against: 'decoding it', unit: 'ms CPU' },
  ];
}

async function runPipeline(jpeg: Buffer): Promise<void> {
  const { source } = await inspectImage(jpeg, LIMITS, CODEC);
  for await (const variant of CODEC.variants(jpeg, source, RECIPE)) {
    if ('problem' in variant) throw new Error(variant.problem);
  }
}

/** As it is done where each step knows nothing of the others. */
async function runSeparately(jpeg: Buffer): Promise<void> {
  await sharp(jpeg).stats();
  for (const { width, quality } of RECIPE.variants) {
    // Reading the pixels before resizing is what a library without shrink-on-load does for each variant.
    const { data, info } = await sharp(jpeg).autoOrient().raw().toBuffer({ resolveWithObject: true });
    await sharp(data, { raw: info }).resize({ width }).webp({ quality }).toBuffer();
  }
}

async function processorTime(run: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
