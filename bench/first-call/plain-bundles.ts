import { existsSync, readdirSync } from 'node:fs';
import * as path from 'node:path';
import { build, type Plugin } from 'esbuild';

const ROOT = path.resolve(__dirname, '..', '..');
const ENTRY_SUFFIX = '.lambda.ts';

/** What the functions would import if there were no small clients. */
const SDK_CLIENTS = path.join(__dirname, 'sdk-clients');

/**
 * Puts the SDK in the place of the small clients, behind the same interfaces. A function gets those that it uses, and
 * no others, as if it had imported them itself.
 */
const sdkInPlaceOfSmallClients: Plugin = {
  name: 'sdk-in-place-of-small-clients',
  setup({ onResolve, resolve }) {
    onResolve({ filter: /\/aws\/[^/]+$/ }, ({ path: imported, importer, kind }) => {
      const client = path.join(SDK_CLIENTS, `${path.basename(imported)}.ts`);
      if (kind !== 'import-statement' || !importer.includes('/src/') || !existsSync(client)) return undefined;
      return { path: client, sideEffects: false };
    });
    onResolve({ filter: /^@aws-sdk\/lib-dynamodb$/ }, async ({ path: name, pluginData, ...options }) => {
      if (pluginData === SDK_CLIENTS) return undefined;
      return { ...(await resolve(name, { ...options, pluginData: SDK_CLIENTS })), sideEffects: false };
    });
  },
};

/**
 * Bundles every function, with the SDK's clients, as esbuild does by default for Node.js: packages by their `main`,
 * which for the AWS SDK is CommonJS, nothing minified. Native packages stay outside, as they have to.
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
      plugins: [sdkInPlaceOfSmallClients],
    });
    files.set(name, outfile);
  }
  return files;
}
