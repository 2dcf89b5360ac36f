/** Builds everything that is shipped beside the constructs. What is up to date is not built again. */
import { execFileSync } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';
import * as path from 'node:path';
import { buildLayers } from './build-layers';
import { buildFunctions } from './bundle-functions';
import { writeEvents } from './generate-events';
import { writeOpenApi } from './generate-openapi';
import { unlessCurrent } from './unless-current';

const root = path.resolve(__dirname, '..');

async function main(): Promise<void> {
  await step('API documents', () => writeOpenApi(root));
  await step('events', () => writeEvents(root));
  await step('functions', bundles);
  await step('native layers', () => buildLayers(), 'the first time fetches two npm packages for arm64');
  await step('Spark files', sparkFiles);
  await step('storefront', site);
}

function bundles(): Promise<string> {
  return unlessCurrent(root, {
    inputs: ['src', 'scripts', 'tsconfig.dev.json', 'package-lock.json'],
    outputs: [
      'assets/functions',
      'assets/bundles.json',
      'assets/THIRD-PARTY-NOTICES.txt',
      'src/building-blocks/bundles.generated.ts',
    ],
    build: async () => {
      const built = await buildFunctions(root);
      const bytes = built.reduce((sum, bundle) => sum + bundle.bytes, 0);
      return `${built.length} bundles, ${Math.round(bytes / 1024)} KiB`;
    },
  });
}

/** The job's script and SQL as they are, without what Python leaves beside them. */
function sparkFiles(): Promise<string> {
  return unlessCurrent(root, {
    inputs: ['src/analytics/spark'],
    outputs: ['assets/spark'],
    build: () => {
      const target = path.join(root, 'assets/spark');
      rmSync(target, { recursive: true, force: true });
      cpSync(path.join(root, 'src/analytics/spark'), target, {
        recursive: true,
        filter: (source) => !source.includes('__pycache__'),
      });
      return 'copied';
    },
  });
}

function site(): Promise<string> {
  return unlessCurrent(root, {
    inputs: ['web', 'package-lock.json'],
    outputs: ['assets/site'],
    build: () => {
      execFileSync('npm', ['run', '--silent', 'build', '-w', 'storefront'], {
        cwd: root,
        stdio: ['ignore', 'ignore', 'inherit'],
      });
      return 'built';
    },
  });
}

async function step(name: string, run: () => unknown, hint?: string): Promise<void> {
  const start = performance.now();
  process.stdout.write(`${name}${hint ? ` (${hint})` : ''} ... `);
  const result = await run();
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(typeof result === 'string' ? `${result}, ${seconds} s` : `${seconds} s`);
}

main().catch((error) => {
  console.error(`\n${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
});
