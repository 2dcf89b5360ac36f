import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { type Zippable, zipSync } from 'fflate';

/** Fixed, so that the same folder gives the same bytes. */
const MODIFIED = new Date('1980-01-02T00:00:00Z');
const UNIX = 3;

/** A folder as a zip archive, uncompressed: it only travels within this machine. */
export function zipDirectory(directory: string): Uint8Array {
  const entries: Zippable = {};
  for (const file of filesBelow(directory)) {
    const name = relative(directory, file).split(sep).join('/');
    entries[name] = [readFileSync(file), { mtime: MODIFIED, os: UNIX, attrs: (statSync(file).mode & 0xffff) << 16 }];
  }
  return zipSync(entries, { level: 0 });
}

/** Files by name as a zip archive, uncompressed. */
export function zipEntries(files: Record<string, Uint8Array>): Uint8Array {
  const names = Object.keys(files).sort();
  const executable = { mtime: MODIFIED, os: UNIX, attrs: 0o100755 << 16 };
  return zipSync(Object.fromEntries(names.map((name) => [name, [files[name], executable]])), { level: 0 });
}

/** Every file below a folder, sorted, symbolic links followed. */
export function filesBelow(directory: string): string[] {
  return readdirSync(directory)
    .sort()
    .flatMap((name) => {
      const path = join(directory, name);
      return statSync(path).isDirectory() ? filesBelow(path) : [path];
    });
}
