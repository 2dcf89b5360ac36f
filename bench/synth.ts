import { execFileSync } from 'node:child_process';
import * as path from 'node:path';
import { type Comparison, interleaved } from './comparison';

const ROOT = path.resolve(__dirname, '..');

/** Time from `new App()` to the end of `app.synth()`, with the modules already loaded; CDK's own validation is off. */
export async function synth(): Promise<Comparison[]> {
  const shop = () => milliseconds('shop');
  const asNodejsFunctions = await interleaved(shop, () => milliseconds('nodejs-functions'));
  const byHand = await interleaved(shop, () => milliseconds('plain'));
  return [
    {
      what: 'synth of the shop',
      ...asNodejsFunctions,
      against: 'its functions as NodejsFunction (CDK_VALIDATION=false)',
      unit: 'ms',
      target: 0.12,
    },
    { what: 'synth of the shop', ...byHand, against: 'as many plain L2 resources', unit: 'ms', target: 1.1 },
  ];
}

function milliseconds(app: string): number {
  const output = execFileSync('npx', ['tsx', '--tsconfig', 'tsconfig.dev.json', `bench/apps/${app}.ts`], {
    cwd: ROOT,
    env: { ...process.env, CDK_VALIDATION: 'false' },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return Number(output.trim().split('\n').pop());
}
