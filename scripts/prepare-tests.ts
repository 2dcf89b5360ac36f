/** Makes the Python environments that tests run in, and fetches the newest CDK, so that no test waits for a download. */
import { execFileSync } from 'node:child_process';
import * as path from 'node:path';
import { emulatorPython, PYTHON_DIR, prepareSpark } from '../local/src/python-env';

/** Beside the oldest one, which the project itself has: npm keeps one version of a package at a place. */
const NEWEST_CDK = path.resolve(__dirname, '../test/newest-cdk');

async function main(): Promise<void> {
  const progress = (line: string) => console.log(line);
  await emulatorPython(progress);
  await prepareSpark(progress);
  const requirements = path.resolve(__dirname, '../test/templates/requirements.txt');
  execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--prefix', NEWEST_CDK], { stdio: 'inherit' });
  execFileSync('python3', [path.join(PYTHON_DIR, 'environment.py'), requirements, 'cfn-lint'], { stdio: 'inherit' });
}

main().catch((error) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
