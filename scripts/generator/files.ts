import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';

/** What a generator makes: text by path relative to the project's root. */
export type GeneratedFiles = ReadonlyMap<string, string>;

export interface Generator {
  /** How to run it, for the message of a failed check. */
  readonly script: string;
  /** Whether a file below `src` is one of its own, so that it goes when it is no longer generated. */
  readonly isOwn: (file: string) => boolean;
}

/** Writes the generated files that differ, and removes those that are no longer made; with `check`, fails instead. */
export function writeGenerated(root: string, files: GeneratedFiles, generator: Generator, check: boolean): void {
  const different = [...files].filter(([file, text]) => read(path.join(root, file)) !== text).map(([file]) => file);
  const surplus = (readdirSync(path.join(root, 'src'), { recursive: true }) as string[])
    .map((file) => path.posix.join('src', file))
    .filter((file) => generator.isOwn(file) && !files.has(file));
  if (check && different.length + surplus.length > 0) {
    throw new Error(
      `Generated files differ; run "npx tsx ${generator.script}":\n${[...different, ...surplus].join('\n')}`,
    );
  }
  for (const file of different) write(path.join(root, file), files.get(file) as string);
  for (const file of surplus) rmSync(path.join(root, file));
}

export function write(file: string, text: string): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
}

function read(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}
