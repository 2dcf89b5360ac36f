import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { buildLayer, fetchPackage } from '../../scripts/build-layers';

const ROOT = join(__dirname, '../..');
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'layers-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('the same lock file gives the same bytes in another folder and time zone', () => {
  const here = buildLayer('sharp', 'arm64', join(folder, 'here'));
  const there = join(folder, 'there');
  execFileSync('npx', ['tsx', 'scripts/build-layers.ts', 'sharp', '--out', there], {
    cwd: ROOT,
    env: { ...process.env, TZ: 'Asia/Tokyo' },
  });
  expect(readFileSync(join(there, 'sharp-arm64.zip')).equals(readFileSync(here))).toBe(true);

  const names = Object.keys(unzipSync(readFileSync(here)));
  expect(names).toEqual([...names].sort());
  expect(names).toEqual(
    expect.arrayContaining([
      'licenses/sharp/LGPL-3.0.txt',
      'licenses/sharp/NOTICE.txt',
      'nodejs/node_modules/@img/sharp-libvips-linux-arm64/package.json',
      'nodejs/node_modules/@img/sharp-linux-arm64/index.cjs',
    ]),
  );
}, 120_000);

test('a layer is made again only when it is missing or differs from what was made', () => {
  const zip = buildLayer('sharp', 'arm64', join(folder, 'here'));
  const longAgo = new Date(2001, 1, 1);
  utimesSync(zip, longAgo, longAgo);
  buildLayer('sharp', 'arm64', join(folder, 'here'));
  expect(statSync(zip).mtime).toEqual(longAgo);

  const whole = readFileSync(zip);
  execFileSync('truncate', ['-s', '1000', zip]);
  buildLayer('sharp', 'arm64', join(folder, 'here'));
  expect(readFileSync(zip).equals(whole)).toBe(true);
}, 120_000);

test('a package with other bytes than the lock file names is refused, naming both', () => {
  const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'));
  const name = '@img/sharp-linux-arm64';
  const { version, integrity } = lock.packages[`node_modules/${name}`];
  expect(() => fetchPackage(name, { version, integrity: 'sha512-other' }, folder)).toThrow(
    `${name}@${version}: the lock file says sha512-other, the package is ${integrity}`,
  );
  expect(fetchPackage(name, { version, integrity }, folder)).toContain('sharp-linux-arm64');
}, 120_000);
