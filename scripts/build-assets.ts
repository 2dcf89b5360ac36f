/** Builds everything that is shipped beside the constructs. What is up to date is not built again. */
import * as path from 'node:path';
import { buildFunctions } from './bundle-functions';

const root = path.resolve(__dirname, '..');

async function main(): Promise<void> {
  const bundles = await buildFunctions(root);
  console.log(`functions: ${bundles.length} bundles, ${Math.round(bundles.reduce((sum, { bytes }) => sum + bytes, 0) / 1024)} KiB`);
}

main().catch((error) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
