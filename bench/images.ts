import sharp from 'sharp';
import { makeVariants, type Recipe } from '../src/images/domain/transform';
import { validateImage } from '../src/images/domain/validate';
import { type Comparison, interleaved } from './comparison';
import { photo } from './photo';

const LIMITS = { maxBytes: 100 * 2 ** 20, maxPixels: 50_000_000, maxFrames: 100 };
const RECIPE: Recipe = {
  keep: 'none',
  variants: [
    { name: 'thumb', width: 160, fit: 'inside', format: 'webp', quality: 80 },
    { name: 'card', width: 480, fit: 'inside', format: 'webp', quality: 80 },
    { name: 'full', width: 1200, fit: 'inside', format: 'webp', quality: 80 },
  ],
};

/** Processor time for one photo of twelve megapixels: what the chain's steps do, against a decode for each of them. */
export async function images(): Promise<Comparison[]> {
  const jpeg = await photo(4000, 3000);
  const bomb = await sharp({
    create: { width: 16_000, height: 16_000, channels: 3, background: 'white' },
    limitInputPixels: false,
  })
    .png({ compressionLevel: 9 })
    .toBuffer();
  const chain = await interleaved(
    () => processorTime(() => runChain(jpeg)),
    () => processorTime(() => runSeparately(jpeg)),
  );
  const refusal = await interleaved(
    () => processorTime(() => validateImage(bomb, LIMITS).catch(() => undefined)),
    () => processorTime(() => sharp(bomb, { limitInputPixels: false }).stats()),
    3,
  );
  return [
    {
      what: '12-megapixel JPEG, three variants',
      ...chain,
      against: 'four separate decodes',
      unit: 'ms CPU',
      target: 0.25,
    },
    { what: 'bomb of 256 megapixels refused', ...refusal, against: 'decoding it', unit: 'ms CPU' },
  ];
}

async function runChain(jpeg: Buffer): Promise<void> {
  const { source } = await validateImage(jpeg, LIMITS);
  for await (const variant of makeVariants(jpeg, source, RECIPE, LIMITS.maxPixels)) {
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
