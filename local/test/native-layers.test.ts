/** Layers built for another machine, made fit for this one out of the project's own packages. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unzipSync, zipSync } from 'fflate';
import { layerKeys, prepareLayer } from '../src/native-layers';

const FOREIGN = process.arch === 'x64' ? 'arm64' : 'x64';
const HERE = `${process.platform}-${process.arch}`;
const bytes = (text: string) => new TextEncoder().encode(text);

/** The first bytes of a 64-bit ELF file for the given architecture. */
function elf(architecture: string): Uint8Array {
  const header = new Uint8Array(64);
  header.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  header[18] = architecture === 'x64' ? 62 : 183;
  return header;
}

function layer(files: Record<string, Uint8Array>) {
  const path = join(mkdtempSync(join(tmpdir(), 'layer-')), 'layer.zip');
  writeFileSync(path, zipSync(files));
  return { path, packaging: 'file' as const, bucket: 'b', key: 'k' };
}

test('a package named after its platform gives way to the one of this machine, the rest stays', () => {
  const modules = 'nodejs/node_modules';
  const asset = layer({
    [`${modules}/@img/sharp-linux-${FOREIGN}/lib/sharp.node`]: elf(FOREIGN),
    [`${modules}/@img/sharp-linux-${FOREIGN}/package.json`]: bytes('{}'),
    [`${modules}/plain/index.js`]: bytes('exports.kept = true;'),
  });
  const { zip, swaps } = prepareLayer(asset);
  const files = unzipSync(zip);
  const installed = readFileSync(require.resolve(`@img/sharp-${HERE}/package`));
  const { version } = JSON.parse(installed.toString());
  expect(swaps).toEqual([
    `@img/sharp-linux-${FOREIGN} replaced by @img/sharp-${HERE} ${version} (${HERE}) of this project`,
  ]);
  expect(Object.keys(files).filter((name) => name.includes(FOREIGN))).toEqual([]);
  expect(Buffer.from(files[`${modules}/@img/sharp-${HERE}/package.json`])).toEqual(installed);
  expect(Buffer.from(files[`${modules}/plain/index.js`]).toString()).toBe('exports.kept = true;');
});

test('a folder of binaries named after its platform gives way, its package stays', () => {
  const bin = 'nodejs/node_modules/onnxruntime-node/bin/napi-v6';
  const asset = layer({
    [`${bin}/linux/${FOREIGN}/onnxruntime_binding.node`]: elf(FOREIGN),
    'nodejs/node_modules/onnxruntime-node/dist/index.js': bytes('// kept'),
  });
  const { zip, swaps } = prepareLayer(asset);
  const names = Object.keys(unzipSync(zip));
  expect(swaps).toHaveLength(1);
  expect(names).toContain(`${bin}/${process.platform}/${process.arch}/onnxruntime_binding.node`);
  expect(names).toContain('nodejs/node_modules/onnxruntime-node/dist/index.js');
  expect(names).not.toContain(`${bin}/linux/${FOREIGN}/onnxruntime_binding.node`);
});

test('a package that the project does not have is told, and left', () => {
  const asset = layer({ [`nodejs/node_modules/unknown-linux-${FOREIGN}/a.node`]: elf(FOREIGN) });
  const { zip, swaps } = prepareLayer(asset);
  expect(swaps).toEqual([
    `unknown-linux-${FOREIGN} is for another machine, and node_modules has none for this one: functions cannot load it`,
  ]);
  expect(Object.keys(unzipSync(zip))).toEqual([`nodejs/node_modules/unknown-linux-${FOREIGN}/a.node`]);
});

test('a layer without foreign binaries stays byte for byte', () => {
  const asset = layer({ 'nodejs/node_modules/a/index.js': bytes('1') });
  const { zip, swaps } = prepareLayer(asset);
  expect(swaps).toEqual([]);
  expect(Buffer.from(zip)).toEqual(readFileSync(asset.path));
});

test('layers are told from other assets by the template', () => {
  const Content = { S3Bucket: 'assets', S3Key: 'layer.zip' };
  const template = { Resources: { Layer: { Type: 'AWS::Lambda::LayerVersion', Properties: { Content } } } };
  const stack = { name: 'S', template, templateFile: '', parameters: {}, tags: {}, assets: [] };
  expect([...layerKeys(stack)]).toEqual(['layer.zip']);
});
