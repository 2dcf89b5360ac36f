/** What docs/decisions/generated-files.md promises of the generated files that are committed. */
import { readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';

const ROOT = path.resolve(__dirname, '..');
const FOLDERS = ['src', 'web/src', 'docs', 'test'];
const GENERATED = /\.generated\.|\/__snapshots__\/|^docs\/events\.md$/;
const CONTENT_HASH = /(?<![0-9a-f])[0-9a-f]{32,}(?![0-9a-f])/;

const files = FOLDERS.flatMap((folder) =>
  (readdirSync(path.join(ROOT, folder), { recursive: true }) as string[]).map((file) => path.posix.join(folder, file)),
).filter((file) => GENERATED.test(file) && !file.includes('/node_modules/'));

test('there are generated files of every kind', () => {
  for (const kind of [
    'src/building-blocks/bundles.generated.ts',
    'web/src/api/schema.generated.ts',
    'docs/events.md',
  ]) {
    expect(files).toContain(kind);
  }
  expect(files.filter((file) => file.endsWith('.snap')).length).toBeGreaterThan(0);
});

// The document of the events shows an example with a hash, which stays.
test.each([...files.filter((file) => !file.endsWith('.md')), 'API.md'])(
  '%s holds no content hash, by which any two branches would conflict',
  (file) => {
    expect(CONTENT_HASH.exec(readFileSync(path.join(ROOT, file), 'utf8'))?.[0]).toBeUndefined();
  },
);

test('reviews fold them away', () => {
  const marked = readFileSync(path.join(ROOT, '.gitattributes'), 'utf8')
    .split('\n')
    .filter((line) => / linguist-generated(?!=false)/.test(line))
    .map((line) => line.split(' ')[0]);
  expect(marked).toEqual(
    expect.arrayContaining(['*.generated.*', '*.snap', '/docs/events.md', '/API.md', '/package-lock.json']),
  );
});
