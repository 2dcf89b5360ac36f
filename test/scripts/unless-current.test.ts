import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unlessCurrent } from '../../scripts/unless-current';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'unless-current-'));
  mkdirSync(join(root, 'src'));
  writeFileSync(join(root, 'src/a.txt'), 'one');
});

afterEach(() => rmSync(root, { recursive: true }));

/** Copies `src/a.txt` to `out/a.txt`, and lists it among the sources. */
function copy(): Promise<string> {
  return unlessCurrent(root, {
    inputs: ['src'],
    outputs: ['out', 'src/list.generated.txt'],
    build: () => {
      mkdirSync(join(root, 'out'), { recursive: true });
      writeFileSync(join(root, 'out/a.txt'), readFileSync(join(root, 'src/a.txt')));
      writeFileSync(join(root, 'src/list.generated.txt'), 'a');
      return 'built';
    },
  });
}

test('builds once', async () => {
  expect(await copy()).toBe('built');
  expect(await copy()).toBe('up to date');
});

test.each([
  ['an input changed', () => writeFileSync(join(root, 'src/a.txt'), 'two')],
  ['an input came', () => writeFileSync(join(root, 'src/b.txt'), 'new')],
  ['an output was changed', () => writeFileSync(join(root, 'out/a.txt'), 'by hand')],
  ['an output is gone', () => rmSync(join(root, 'src/list.generated.txt'))],
])('builds again when %s', async (_, change) => {
  await copy();
  change();
  expect(await copy()).toBe('built');
  expect(await copy()).toBe('up to date');
});

test('builds again after a build that failed', async () => {
  await copy();
  writeFileSync(join(root, 'src/a.txt'), 'two');
  const failing = unlessCurrent(root, {
    inputs: ['src'],
    outputs: ['out', 'src/list.generated.txt'],
    build: () => Promise.reject(new Error('disk full')),
  });
  await expect(failing).rejects.toThrow('disk full');
  writeFileSync(join(root, 'src/a.txt'), 'one');
  expect(await copy()).toBe('built');
});
