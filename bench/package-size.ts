import { execFileSync } from 'node:child_process';
import * as path from 'node:path';
import type { Comparison } from './comparison';

const BUDGET_BYTES = 25 * 1024 * 1024;

/** Size of the npm tarball, against the budget. */
export async function packageSize(): Promise<Comparison[]> {
  const output = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: path.resolve(__dirname, '..'),
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    maxBuffer: 64 * 1024 * 1024,
  });
  const [{ size }] = JSON.parse(output.slice(output.indexOf('[')));
  return [
    {
      what: 'npm tarball',
      ours: size / 2 ** 20,
      baseline: BUDGET_BYTES / 2 ** 20,
      against: 'the budget',
      unit: 'MiB',
      target: 1,
    },
  ];
}
