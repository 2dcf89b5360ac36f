import { existsSync, readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import type { Metafile } from 'esbuild';

/** Licences that may be redistributed inside an Apache-2.0 package. */
const COMPATIBLE = [
  'Apache-2.0',
  'MIT',
  'MIT-0',
  'ISC',
  '0BSD',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'Unlicense',
  'CC0-1.0',
];

interface BundledPackage {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly text: string;
}

/**
 * The notice of every npm package whose code is inside the bundles, with its licence text.
 *
 * @throws when a package's licence is not known to be compatible, naming the package.
 */
export function thirdPartyNotices(root: string, metafiles: Metafile[]): string {
  const folders = new Set<string>();
  for (const input of metafiles.flatMap((metafile) => Object.keys(metafile.inputs))) {
    const match = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input);
    if (match) folders.add(match[1]);
  }
  const packages = [...folders].map((folder) => describe(path.resolve(root, folder)));
  const refused = packages.filter(({ license }) => !COMPATIBLE.includes(license));
  if (refused.length > 0) {
    const list = refused.map(({ name, version, license }) => `${name}@${version} (${license})`).join(', ');
    throw new Error(`Bundled code under a licence that is not known to be compatible: ${list}`);
  }
  const unique = new Map(packages.map((one) => [`${one.name}@${one.version}`, one]));
  const sections = [...unique.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([id, { license, text }]) => `${id} (${license})\n\n${text}\n`);
  return ['The functions in this package contain code of these packages.\n', ...sections].join(
    `\n${'-'.repeat(80)}\n\n`,
  );
}

function describe(folder: string): BundledPackage {
  const { name, version, license } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
  const file = existsSync(folder) ? readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry)) : undefined;
  const text = file ? readFileSync(path.join(folder, file), 'utf8').trim() : `Licence: ${license}`;
  return { name, version, license, text };
}
