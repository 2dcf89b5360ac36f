import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { type Bundle, bundleFunctions, renderBundleNames } from '../../scripts/bundle-functions';

const ROOT = path.resolve(__dirname, '../..');
const FOLDER = mkdtempSync(path.join(tmpdir(), 'bundles-'));

afterAll(() => rmSync(FOLDER, { recursive: true, force: true }));

function hashes(folder: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(folder).map((name) => {
      const code = readFileSync(path.join(folder, name, 'index.js'));
      return [name, createHash('sha256').update(code).digest('hex')];
    }),
  );
}

function shipped(): Bundle[] {
  return JSON.parse(readFileSync(path.join(ROOT, 'assets/bundles.json'), 'utf8'));
}

/** A checkout elsewhere, at another depth, with the same packages. */
function elsewhere(): string {
  const copy = path.join(FOLDER, 'some/deeper/place');
  mkdirSync(copy, { recursive: true });
  for (const part of ['src', 'tsconfig.dev.json', 'package.json']) {
    cpSync(path.join(ROOT, part), path.join(copy, part), { recursive: true });
  }
  mkdirSync(path.join(copy, 'assets'));
  cpSync(path.join(ROOT, 'assets/openapi.json'), path.join(copy, 'assets/openapi.json'));
  symlinkSync(path.join(ROOT, 'node_modules'), path.join(copy, 'node_modules'));
  return copy;
}

test('two folders give the same bytes, which are the shipped ones', async () => {
  const copy = elsewhere();
  const [here, there] = [path.join(FOLDER, 'here'), path.join(FOLDER, 'there')];
  await bundleFunctions(ROOT, here);
  await bundleFunctions(copy, there);

  expect(hashes(there)).toEqual(hashes(here));
  expect(hashes(here)).toEqual(Object.fromEntries(shipped().map(({ name, sha256 }) => [name, sha256])));
}, 120_000);

test('no bundle tells the path of the machine it was made on', () => {
  const folder = path.join(ROOT, 'assets/functions');
  for (const name of readdirSync(folder)) {
    expect(readFileSync(path.join(folder, name, 'index.js'), 'utf8')).not.toContain(ROOT);
  }
});

test('the names are those of what there is', () => {
  const committed = readFileSync(path.join(ROOT, 'src/building-blocks/bundles.generated.ts'), 'utf8');
  const names = readdirSync(path.join(ROOT, 'assets/functions')).sort();
  expect(committed).toBe(renderBundleNames(names));
  expect(shipped().map(({ name }) => name)).toEqual(names);
});

test('a name that is not a bundle does not compile', () => {
  const source = path.join(FOLDER, 'unknown.ts');
  const line = (name: string) =>
    `import type { BundleName } from '${path.join(ROOT, 'src/building-blocks/bundles.generated')}';\nexport const name: BundleName = '${name}';\n`;
  const compile = (name: string) => {
    writeFileSync(source, line(name));
    execFileSync(
      process.execPath,
      [require.resolve('typescript/bin/tsc'), '--noEmit', '--strict', '--ignoreConfig', source],
      {
        stdio: 'pipe',
      },
    );
  };
  expect(() => compile('checkout')).not.toThrow();
  expect(() => compile('chekcout')).toThrow();
}, 60_000);

test('every bundled package is in the notice, with its licence', () => {
  const notice = readFileSync(path.join(ROOT, 'assets/THIRD-PARTY-NOTICES.txt'), 'utf8');
  for (const name of ['aws4', 'yaml', '@aws-sdk/client-sagemaker-runtime', 'nodemailer', 'sharp', 'fflate']) {
    expect(notice).toMatch(new RegExp(`^${name}@\\d.* \\(.+\\)$`, 'm'));
  }
});
