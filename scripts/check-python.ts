/**
 * Builds the Python wheel, installs it in a clean virtual environment, and synthesizes every example in TypeScript and
 * in Python: the templates must be equal to the byte.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import * as path from 'node:path';

const root = path.resolve(__dirname, '..');
const work = path.join(root, '.cache/python');
const venv = path.join(work, 'venv');
const python = path.join(venv, 'bin/python');

function main(): void {
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  step('wheel', buildWheel);
  const examples = readdirSync(path.join(root, 'examples/python'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('_'))
    .map(({ name }) => name)
    .sort();
  const different = examples.filter((name) => !step(`example ${name}`, () => isSame(name)));
  if (different.length > 0) throw new Error(`Templates from TypeScript and Python differ: ${different.join(', ')}`);
  step("the README's examples", () => run(python, ['scripts/check_readme.py', 'README.md']));
  console.log(`${examples.length + 1} passed, 0 failed`);
}

function buildWheel(): void {
  if (!existsSync(path.join(root, '.jsii'))) throw new Error('Compile first: npx projen compile');
  const dist = path.join(work, 'dist');
  run('npx', ['jsii-pacmak', '--code-only', '--target', 'python', '--outdir', dist, '--no-fingerprint', '.']);
  run('python3', ['-m', 'venv', venv]);
  run(python, ['-m', 'pip', 'install', '--quiet', 'setuptools~=75.3', 'wheel']);
  run(python, [
    '-m',
    'pip',
    'wheel',
    '--quiet',
    '--no-build-isolation',
    '--no-deps',
    '--wheel-dir',
    work,
    path.join(dist, 'python'),
  ]);
  const wheel = readdirSync(work).find((file) => file.endsWith('.whl'));
  if (!wheel) throw new Error('pip made no wheel');
  run(python, ['-m', 'pip', 'install', '--quiet', path.join(work, wheel), `aws-cdk-lib==${cdkFloor()}`]);
}

/** The oldest CDK that the package allows, so that the templates are those of one version. */
function cdkFloor(): string {
  const { devDependencies } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  return devDependencies['aws-cdk-lib'];
}

function isSame(name: string): boolean {
  const outputs = {
    typescript: path.join(work, 'out', name, 'typescript'),
    python: path.join(work, 'out', name, 'python'),
  };
  run('npx', ['tsx', '--tsconfig', 'tsconfig.dev.json', `examples/typescript/${name}/app.ts`], outputs.typescript);
  run(python, [`examples/python/${name}/app.py`], outputs.python);
  const [ours, theirs] = [templates(outputs.typescript), templates(outputs.python)];
  const files = [...new Set([...ours.keys(), ...theirs.keys()])].sort();
  for (const file of files.filter((file) => ours.get(file) !== theirs.get(file))) {
    console.error(`${name}: ${file} differs; compare ${outputs.typescript} with ${outputs.python}`);
  }
  return files.length > 0 && files.every((file) => ours.get(file) === theirs.get(file));
}

function templates(folder: string): Map<string, string> {
  const files = readdirSync(folder).filter((file) => file.endsWith('.template.json'));
  return new Map(files.map((file) => [file, readFileSync(path.join(folder, file), 'utf8')]));
}

function run(command: string, args: string[], outdir?: string): void {
  execFileSync(command, args, {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...process.env,
      CDK_VALIDATION: 'false',
      JSII_DEPRECATED: 'quiet',
      JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: '20',
      ...(outdir ? { CDK_OUTDIR: outdir } : {}),
    },
  });
}

function step<T>(name: string, work: () => T): T {
  const start = performance.now();
  const result = work();
  console.log(`${name}: ${((performance.now() - start) / 1000).toFixed(1)} s`);
  return result;
}

try {
  main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
