/**
 * Draws where the time of a function's init and first call goes, with the SDK and as it is shipped.
 *
 *   npx tsx bench/flame-graphs.ts checkout docs/images/first-call-of-checkout.svg
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { bundleFunctions } from '../scripts/bundle-functions';
import type { BundleName } from '../src/building-blocks/bundles.generated';
import { type CpuProfile, drawFlameGraphs } from './first-call/flame-graph';
import { Stage } from './first-call/stage';

const ROOT = path.resolve(__dirname, '..');
const MICROSECONDS_BETWEEN_SAMPLES = 100;
/** The quickest counts: noise only ever adds. */
const RUNS = 7;

async function main([bundle, file]: string[]): Promise<void> {
  const svg = await Stage.with(async (stage) => {
    const name = bundle as BundleName;
    // As shipped, but for the names, which a reader wants to see.
    const readable = path.join(stage.directory, 'readable');
    mkdirSync(readable);
    await bundleFunctions(ROOT, readable, { minify: false });
    return drawFlameGraphs([
      { title: `${name} with the AWS SDK`, profile: await quickest(stage, name, stage.plainFile(name)) },
      {
        title: `${name} with the small clients`,
        profile: await quickest(stage, name, path.join(readable, name, 'index.js')),
      },
    ]);
  });
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, svg);
}

async function quickest(stage: Stage, bundle: BundleName, file: string): Promise<CpuProfile> {
  const runs: { time: number; profile: CpuProfile }[] = [];
  for (let run = 0; run < RUNS; run++) {
    const directory = mkdtempSync(path.join(stage.directory, 'profile-'));
    const { processor } = await stage.callOnce(bundle, file, [
      '--cpu-prof',
      `--cpu-prof-dir=${directory}`,
      `--cpu-prof-interval=${MICROSECONDS_BETWEEN_SAMPLES}`,
    ]);
    const [written] = readdirSync(directory);
    runs.push({ time: processor, profile: JSON.parse(readFileSync(path.join(directory, written), 'utf8')) });
  }
  return runs.sort((a, b) => a.time - b.time)[0].profile;
}

main(process.argv.slice(2)).catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
