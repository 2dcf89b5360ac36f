/**
 * Writes the Python packages of the local cloud, and of the templates' test, with their versions and hashes, those that
 * others need included: each `*requirements.in` says what is wanted, the `.txt` of that name what is installed, on any
 * machine that the local cloud runs on.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import * as path from 'node:path';

const ROOT = path.resolve(__dirname, '..');
const DIRECTORY = path.join(ROOT, 'local/python');
const ENVIRONMENT = path.join(ROOT, '.cache/lock-python');
const FILES = ['requirements', 'spark-requirements', 'spark-build-requirements', '../../test/templates/requirements'];
const UV = '0.13.9';
const OLDEST_PYTHON = '3.10';
const NEWEST_PYTHON = '3.14';
const PLATFORMS = [
  'x86_64-unknown-linux-gnu',
  'aarch64-unknown-linux-gnu',
  'x86_64-apple-darwin',
  'aarch64-apple-darwin',
];
/** Those that exist as source alone, by file. */
const BUILT_HERE: Record<string, string> = { 'spark-requirements': 'pyspark' };

function main(options: string[]): void {
  const python = path.join(ENVIRONMENT, 'bin/python');
  if (!existsSync(python)) run('python3', ['-m', 'venv', ENVIRONMENT]);
  run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', `uv==${UV}`]);
  for (const name of FILES) {
    compile(`${name}.in`, `${name}.txt`, [
      '--universal',
      '--generate-hashes',
      '--python-version',
      OLDEST_PYTHON,
      '--custom-compile-command',
      'npm run lock:python',
      ...options,
    ]);
    for (const platform of PLATFORMS)
      for (const version of [OLDEST_PYTHON, NEWEST_PYTHON]) check(name, platform, version);
    console.log(`${name}.txt`);
  }
}

/** Fails when one of the packages would have to be built on that machine. */
function check(name: string, platform: string, version: string): void {
  const source = BUILT_HERE[name] ? ['--no-binary', BUILT_HERE[name]] : [];
  const target = ['--python-platform', platform, '--python-version', version];
  compile(`${name}.txt`, '/dev/null', ['--only-binary', ':all:', ...source, ...target]);
}

function compile(from: string, to: string, options: string[]): void {
  run(path.join(ENVIRONMENT, 'bin/uv'), ['pip', 'compile', from, '--output-file', to, '--quiet', ...options]);
}

function run(command: string, args: string[]): void {
  execFileSync(command, args, { cwd: DIRECTORY, stdio: 'inherit' });
}

main(process.argv.slice(2));
