import { readdirSync } from 'node:fs';
import * as path from 'node:path';
import { build } from 'esbuild';

const ROOT = path.resolve(__dirname, '..', '..');
const ENTRY_SUFFIX = '.lambda.ts';

/**
 * Bundles every function as esbuild does by default for Node.js: packages by their `main`, which for the AWS SDK is
 * CommonJS, nothing minified. Native packages stay outside, as they have to.
 *
 * @returns the bundles' files by the functions' names
 */
export async function buildPlainBundles(outDir: string): Promise<ReadonlyMap<string, string>> {
  const entries = (readdirSync(path.join(ROOT, 'src'), { recursive: true }) as string[])
    .filter((file) => file.endsWith(ENTRY_SUFFIX))
    .map((file) => path.join(ROOT, 'src', file));
  const files = new Map<string, string>();
  for (const entry of entries) {
    const name = path.basename(entry, ENTRY_SUFFIX);
    const outfile = path.join(outDir, name, 'index.js');
    await build({
      entryPoints: [entry],
      outfile,
      bundle: true,
      platform: 'node',
      external: ['@img/sharp-*', 'onnxruntime-node'],
      // sharp offers bundlers its ES modules, which do not load without it.
      define: { 'import.meta.url': '__filename' },
      logLevel: 'error',
    });
    files.set(name, outfile);
  }
  return files;
}
