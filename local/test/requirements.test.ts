/** Every Python package that is installed is named with its version and with the hashes that it may have. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PYTHON_DIR } from '../src/python-env';

const LOCKED = /^[a-z0-9-]+==[0-9][0-9a-z.]*( ; [^#]+?)?( --hash=sha256:[0-9a-f]{64})+$/;

describe.each(['requirements', 'spark-requirements', 'spark-build-requirements'])('%s', (name) => {
  const locked = linesOf(`${name}.txt`);

  test('has no line but packages with one version and their hashes, and names no registry', () => {
    expect(locked.length).toBeGreaterThan(0);
    expect(locked.filter((line) => !LOCKED.test(line))).toEqual([]);
    expect(readFileSync(join(PYTHON_DIR, `${name}.txt`), 'utf8')).not.toMatch(/:\/\/|index-url|find-links/);
  });

  test('has what is wanted, as it is wanted', () => {
    const versions = locked.map((line) => line.split(' ')[0]);
    const wanted = linesOf(`${name}.in`).map((line) => line.split(' ')[0]);
    expect(wanted.every((package_) => /^[a-z0-9-]+==[0-9][0-9a-z.]*$/.test(package_))).toBe(true);
    expect(versions).toEqual(expect.arrayContaining(wanted));
  });
});

test('the README names the version of the emulator that is installed', () => {
  const [version] = linesOf('requirements.in').flatMap((line) => /^ministack==(.*)$/.exec(line)?.[1] ?? []);
  expect(readFileSync(join(PYTHON_DIR, '..', 'README.md'), 'utf8')).toContain(
    `(https://pypi.org/project/ministack/) ${version} `,
  );
});

test('other machines get other files: a package that is made for each has many hashes', () => {
  const hashes = linesOf('requirements.txt')
    .filter((line) => /^(cffi|cryptography|pyyaml)==/.test(line))
    .map((line) => line.match(/--hash=/g)?.length ?? 0);
  expect(Math.min(...hashes)).toBeGreaterThan(10);
});

/** Without comments, and continued lines as one. */
function linesOf(file: string): string[] {
  return readFileSync(join(PYTHON_DIR, file), 'utf8')
    .replace(/^\s*#.*\n/gm, '')
    .replace(/\s*\\\n\s*/g, ' ')
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
}
