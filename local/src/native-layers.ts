import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative, sep } from 'node:path';
import { unzipSync } from 'fflate';
import { filesBelow, zipEntries } from './archive';
import type { AssemblyStack, FileAsset, Template } from './assembly';
import { nodeModulesAbove } from './functions';

/** `e_machine` of the ELF header, by what Node.js calls the architecture. */
const ELF_MACHINES: Record<string, number> = { x64: 62, arm64: 183 };
const PACKAGE = /^nodejs\/node_modules\/((?:@[^/]+\/)?[^/]+)\//;

export interface PreparedLayer {
  readonly zip: Uint8Array;
  /** What was put in the place of what, one line each. */
  readonly swaps: string[];
}

type Entries = Record<string, Uint8Array>;

/**
 * A layer whose native packages this machine can load: those built for another platform or architecture give way to
 * the same ones from the project's own `node_modules`. Everything else of it stays byte for byte.
 */
export function prepareLayer(asset: FileAsset): PreparedLayer {
  const original = asset.packaging === 'zip' ? undefined : readFileSync(asset.path);
  const entries = original ? unzipSync(original) : readEntries(asset.path);
  const swaps = new Map<string, string>();
  for (const foreign of foreignBinaries(entries)) {
    const name = PACKAGE.exec(foreign)?.[1];
    if (name === undefined) swaps.set(foreign, `${foreign} is for another machine and in no npm package`);
    else if (foreign in entries) swaps.set(name, swapPackage(entries, name, foreign));
  }
  const changed = swaps.size > 0 || original === undefined;
  return { zip: changed ? zipEntries(entries) : original, swaps: [...swaps.values()] };
}

/** Object keys of the assets that are layers, nested stacks included. */
export function layerKeys(stack: AssemblyStack): Set<string> {
  const nested = stack.assets
    .filter((asset) => asset.path.endsWith('.nested.template.json'))
    .map((asset) => JSON.parse(readFileSync(asset.path, 'utf8')) as Template);
  const layers = [stack.template, ...nested]
    .flatMap((template) => Object.values(template.Resources ?? {}))
    .filter((resource) => resource.Type === 'AWS::Lambda::LayerVersion');
  return new Set(layers.map((layer) => String((layer.Properties?.Content as { S3Key?: unknown })?.S3Key)));
}

function readEntries(directory: string): Entries {
  return Object.fromEntries(
    filesBelow(directory).map((file) => [relative(directory, file).split(sep).join('/'), readFileSync(file)]),
  );
}

function foreignBinaries(entries: Entries): string[] {
  return Object.keys(entries).filter((name) => {
    const bytes = entries[name];
    if (bytes.length < 20 || bytes[0] !== 0x7f || bytes[1] !== 0x45 || bytes[2] !== 0x4c || bytes[3] !== 0x46)
      return false;
    return process.platform !== 'linux' || (bytes[18] | (bytes[19] << 8)) !== ELF_MACHINES[process.arch];
  });
}

/** Swaps a package that is named after its platform as a whole, else the folder of binaries that is. */
function swapPackage(entries: Entries, name: string, binary: string): string {
  const hostName = forThisMachine(name);
  const folder = hostName === name ? posix.dirname(binary) : `nodejs/node_modules/${name}`;
  const hostFolder = hostName === name ? forThisMachine(folder) : `nodejs/node_modules/${hostName}`;
  const installed = installedPackage(hostName);
  const source = installed && join(installed, relative(`nodejs/node_modules/${hostName}`, hostFolder));
  if (!source || hostFolder === folder || !existsSync(source)) {
    return `${name} is for another machine, and node_modules has none for this one: functions cannot load it`;
  }
  for (const entry of Object.keys(entries)) if (entry.startsWith(`${folder}/`)) delete entries[entry];
  for (const file of filesBelow(source)) {
    entries[`${hostFolder}/${relative(source, file).split(sep).join('/')}`] = readFileSync(file);
  }
  const { version } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as { version: string };
  return `${name} replaced by ${hostName} ${version} (${process.platform}-${process.arch}) of this project`;
}

function forThisMachine(path: string): string {
  return path
    .replace(/(?<![a-z0-9])linux(?![a-z0-9])/g, process.platform)
    .replace(/(?<![a-z0-9])(arm64|aarch64|x64|x86_64|amd64)(?![a-z0-9])/g, process.arch);
}

function installedPackage(name: string): string | undefined {
  return [...nodeModulesAbove(process.cwd()), ...nodeModulesAbove(dirname(__dirname))]
    .map((modules) => join(modules, ...name.split('/')))
    .find((directory) => existsSync(join(directory, 'package.json')));
}
