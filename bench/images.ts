import sharp from 'sharp';
import { makeVariants, type Recipe } from '../src/images/domain/transform';
import { validateImage } from '../src/images/domain/validate';
import { type Comparison, interleaved } from './comparison';

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
  const photo = await twelveMegapixels();
  const bomb = await sharp({
    create: { width: 16_000, height: 16_000, channels: 3, background: 'white' },
    limitInputPixels: false,
  })
    .png({ compressionLevel: 9 })
    .toBuffer();
  const chain = await interleaved(
    () => processorTime(() => runChain(photo)),
    () => processorTime(() => runSeparately(photo)),
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

async function runChain(photo: Buffer): Promise<void> {
  const { source } = await validateImage(photo, LIMITS);
  for await (const variant of makeVariants(photo, source, RECIPE, LIMITS.maxPixels)) {
    if ('problem' in variant) throw new Error(variant.problem);
  }
}

/** As it is done where each step knows nothing of the others. */
async function runSeparately(photo: Buffer): Promise<void> {
  await sharp(photo).stats();
  for (const { width, quality } of RECIPE.variants) {
    // Reading the pixels before resizing is what a library without shrink-on-load does for each variant.
    const { data, info } = await sharp(photo).autoOrient().raw().toBuffer({ resolveWithObject: true });
    await sharp(data, { raw: info }).resize({ width }).webp({ quality }).toBuffer();
  }
}

async function processorTime(run: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** Something like a photo: soft areas with detail on them. */
async function twelveMegapixels(): Promise<Buffer> {
  const noise = await sharp({
    create: {
      width: 500,
      height: 375,
      channels: 3,
      background: 'gray',
      noise: { type: 'gaussian', mean: 128, sigma: 60 },
    },
  })
    .png()
    .toBuffer();
  return sharp(noise).resize(4000, 3000).jpeg({ quality: 90 }).toBuffer();
}
