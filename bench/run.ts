/**
 * Measures ratios: what is ours and a baseline beside it, in turns, in the same run. The smallest of the runs counts,
 * because noise only ever adds.
 *
 *   npm run bench                 everything
 *   npm run bench -- synth        one section
 */
import { type Comparison, printTable } from './comparison';
import { firstCall } from './first-call';
import { images } from './images';
import { localCloud } from './local-cloud';
import { order } from './order';
import { packageSize } from './package-size';
import { stock } from './stock';
import { synth } from './synth';

const SECTIONS: Record<string, () => Promise<Comparison[]>> = {
  synth,
  'first-call': firstCall,
  'local-cloud': localCloud,
  images,
  order,
  stock,
  package: packageSize,
};

async function main(wanted: string[]): Promise<void> {
  const unknown = wanted.filter((name) => !(name in SECTIONS));
  if (unknown.length > 0) {
    throw new Error(`No such section: ${unknown.join(', ')}. There are: ${Object.keys(SECTIONS).join(', ')}.`);
  }
  for (const [name, measure] of Object.entries(SECTIONS)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    console.error(`measuring ${name} ...`);
    printTable(name, await measure());
  }
}

main(process.argv.slice(2)).catch((error) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
