import { execFileSync } from 'node:child_process';
import * as path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { TimedSynth } from './apps/time-synth';
import { type Comparison, interleaved } from './comparison';

const ROOT = path.resolve(__dirname, '..');

/** Time from `new App()` to the end of `app.synth()`, with the modules already loaded; CDK's own validation is off. */
export async function synth(): Promise<Comparison[]> {
  const { resources } = run('shop');
  if (!isDeepStrictEqual(run('plain').resources, resources)) {
    throw new Error('bench/apps/plain.ts no longer has the shop’s resources: make it have as many of each type');
  }
  const count = Object.values(resources).reduce((sum, ofType) => sum + ofType, 0);

  const shop = () => run('shop').milliseconds;
  const asNodejsFunctions = await interleaved(shop, () => run('nodejs-functions').milliseconds);
  const byHand = await interleaved(shop, () => run('plain').milliseconds);
  const what = 'synth of the shop, CDK_VALIDATION=false';
  return [
    { what, ...asNodejsFunctions, against: 'its functions alone as NodejsFunction', unit: 'ms', target: 0.12 },
    { what, ...byHand, against: `its ${count} resources as plain L2s`, unit: 'ms', target: 1.1 },
  ];
}

function run(app: string): TimedSynth {
  const output = execFileSync(process.execPath, ['--import', 'tsx', `bench/apps/${app}.ts`], {
    cwd: ROOT,
    env: { ...process.env, TSX_TSCONFIG_PATH: 'tsconfig.dev.json', CDK_VALIDATION: 'false', JSII_DEPRECATED: 'quiet' },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return JSON.parse(output.trim().split('\n').pop() ?? '');
}
