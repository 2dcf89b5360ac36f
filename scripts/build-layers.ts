/**
 * Makes the layers of native code, one zip per library and architecture, from the npm packages that
 * package-lock.json names. Same lock file, same bytes, on every machine.
 *
 *   tsx scripts/build-layers.ts                                    assets/layers/{sharp,onnxruntime}-arm64.zip
 *   tsx scripts/build-layers.ts sharp --arch x64 --out my-layers   one of them, for another architecture
 *
 * What the bundles need to find these layers (esbuild, CJS output):
 * - `define: { 'import.meta.url': '__filename' }`: sharp's ES modules load their native part through
 *   createRequire(import.meta.url), which then looks it up in NODE_PATH, where Lambda puts /opt/nodejs/node_modules.
 *   (Its CommonJS files cannot be bundled: esbuild resolves their relative template require and finds nothing.)
 * - `external: ['onnxruntime-node']`: its JavaScript stands in the layer, beside the library it loads.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type Zippable, zipSync } from 'fflate';

export type LayerName = 'sharp' | 'onnxruntime';
export type LayerArchitecture = 'arm64' | 'x64';

interface LayerPackage {
  /** Name in the lock file. */
  readonly name: string;
  /** Which of its files belong in the layer, as paths from the package's root. */
  readonly includes: (path: string) => boolean;
}

const ROOT = resolve(__dirname, '..');
const NOTICES = join(ROOT, 'scripts/layers/notices');
const CACHE = join(ROOT, '.cache/layers');
const LAYERS: readonly LayerName[] = ['onnxruntime', 'sharp'];

/** Makes the layers as they are shipped; answers the paths of the zips. */
export function buildLayers(outDir = join(ROOT, 'assets/layers')): string[] {
  return LAYERS.map((name) => buildLayer(name, 'arm64', outDir));
}

/** Makes one layer, unless its zip is there and was made from the same inputs. */
export function buildLayer(name: LayerName, architecture: LayerArchitecture, outDir: string): string {
  const zip = join(outDir, `${name}-${architecture}.zip`);
  const stamp = join(CACHE, `${digest('sha256', resolve(zip)).slice(0, 16)}.json`);
  const inputs = fingerprint(name, architecture);
  if (isCurrent(zip, stamp, inputs)) return zip;

  const bytes = zipSync(layerFiles(name, architecture), ZIP_OPTIONS);
  writeWhole(zip, bytes);
  writeWhole(stamp, JSON.stringify({ inputs, output: digest('sha256', bytes) }));
  return zip;
}

function packagesOf(name: LayerName, architecture: LayerArchitecture): LayerPackage[] {
  if (name === 'sharp') {
    return [
      { name: `@img/sharp-linux-${architecture}`, includes: () => true },
      // Headers serve only those who compile against libvips.
      { name: `@img/sharp-libvips-linux-${architecture}`, includes: (path) => !path.endsWith('.h') },
    ];
  }
  const script = /^dist\/(backend|binding|index|version)\.js$/;
  return [
    { name: 'onnxruntime-common', includes: (path) => path === 'package.json' || isCommonJs(path) },
    {
      name: 'onnxruntime-node',
      includes: (path) =>
        path === 'package.json' || script.test(path) || path.startsWith(`bin/napi-v6/linux/${architecture}/`),
    },
  ];
}

function isCommonJs(path: string): boolean {
  return path.startsWith('dist/cjs/') && (path.endsWith('.js') || path.endsWith('/package.json'));
}

/** Everything that decides the bytes of the zip. */
function fingerprint(name: LayerName, architecture: LayerArchitecture): string {
  const zipper = locked('fflate').integrity;
  const packages = packagesOf(name, architecture).map((one) => `${one.name} ${locked(one.name).integrity}`);
  const notices = noticesOf(name).map(([path, bytes]) => `${path} ${digest('sha256', bytes)}`);
  const script = digest('sha256', readFileSync(__filename));
  return digest('sha256', [name, architecture, script, zipper, ...packages, ...notices].join('\n'));
}

function isCurrent(zip: string, stamp: string, inputs: string): boolean {
  if (!existsSync(zip) || !existsSync(stamp)) return false;
  const made = JSON.parse(readFileSync(stamp, 'utf8'));
  return made.inputs === inputs && made.output === digest('sha256', readFileSync(zip));
}

// The zip format keeps local time without a zone: made from local parts, the stored bytes are the same everywhere.
const ZIP_OPTIONS = { level: 9, mtime: new Date(1980, 0, 1), os: 3, attrs: 0o100644 << 16 } as const;

function layerFiles(name: LayerName, architecture: LayerArchitecture): Zippable {
  const files: [string, Uint8Array][] = noticesOf(name).map(([path, bytes]) => [`licenses/${name}/${path}`, bytes]);
  for (const one of packagesOf(name, architecture)) {
    for (const [path, bytes] of packageFiles(one)) {
      files.push([`nodejs/node_modules/${one.name}/${path}`, bytes]);
    }
  }
  return Object.fromEntries(files.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function noticesOf(name: LayerName): [string, Uint8Array][] {
  return filesBelow(join(NOTICES, name));
}

function packageFiles(wanted: LayerPackage): [string, Uint8Array][] {
  const folder = mkdtempSync(join(tmpdir(), 'layer-'));
  try {
    execFileSync('tar', ['-xzf', fetchPackage(wanted.name, locked(wanted.name), folder), '-C', folder]);
    const files = filesBelow(join(folder, 'package')).filter(([path]) => wanted.includes(path));
    if (files.length === 0)
      throw new Error(`${wanted.name}: none of its files fits the layer; has its layout changed?`);
    return files;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export interface LockedPackage {
  readonly version: string;
  readonly integrity: string;
}

/** Brings a tarball from npm's cache or the registry; refuses other bytes than the lock file names. */
export function fetchPackage(name: string, wanted: LockedPackage, folder: string): string {
  const args = ['pack', `${name}@${wanted.version}`, '--prefer-offline', '--silent', '--pack-destination', folder];
  const file = execFileSync('npm', args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' }).trim();
  const tarball = join(folder, file);
  const found = `sha512-${createHash('sha512').update(readFileSync(tarball)).digest('base64')}`;
  if (found === wanted.integrity) return tarball;
  throw new Error(`${name}@${wanted.version}: the lock file says ${wanted.integrity}, the package is ${found}`);
}

function locked(name: string): LockedPackage {
  lock ??= JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as Lock;
  const entry = lock.packages[`node_modules/${name}`];
  if (!entry) throw new Error(`${name} is not in package-lock.json: run npm install`);
  return entry;
}

interface Lock {
  readonly packages: Record<string, LockedPackage>;
}
let lock: Lock | undefined;

function digest(algorithm: string, bytes: string | Uint8Array): string {
  return createHash(algorithm).update(bytes).digest('hex');
}

function filesBelow(folder: string): [string, Uint8Array][] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => [path.slice(folder.length + 1), readFileSync(path)]);
}

/** A reader sees the old file or the whole new one. */
function writeWhole(path: string, bytes: string | Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  const part = `${path}.${process.pid}.part`;
  writeFileSync(part, bytes);
  renameSync(part, path);
}

function isLayer(name: string): name is LayerName {
  return (LAYERS as readonly string[]).includes(name);
}

function main(): void {
  const { values, positionals } = parseArgs({
    options: {
      arch: { type: 'string', default: 'arm64' },
      out: { type: 'string', default: join(ROOT, 'assets/layers') },
    },
    allowPositionals: true,
  });
  const { arch, out } = values;
  if (arch !== 'arm64' && arch !== 'x64') throw new Error(`--arch is arm64 or x64, not ${arch}`);
  for (const name of positionals.length > 0 ? positionals : LAYERS) {
    if (!isLayer(name)) throw new Error(`no layer ${name}; there are ${LAYERS.join(', ')}`);
    console.log(buildLayer(name, arch, resolve(out)));
  }
}

if (require.main === module) main();
