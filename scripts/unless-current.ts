import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';

export interface Step {
  /** Files and folders that the result follows from, relative to the root. */
  readonly inputs: string[];
  /** The file or folder that is made, relative to the root. */
  readonly output: string;
  readonly build: () => unknown;
}

const SKIPPED = /(^|\/)(node_modules|dist|__pycache__)(\/|$)/;

/** Runs the step unless its output was made from just these inputs; says which. */
export function unlessCurrent(root: string, { inputs, output, build }: Step): string {
  const stamp = path.join(root, '.cache/steps', `${output.replaceAll('/', '-')}.sha256`);
  const wanted = fingerprint(root, inputs);
  const current = existsSync(stamp) ? readFileSync(stamp, 'utf8') : '';
  if (current === wanted && existsSync(path.join(root, output))) return 'up to date';
  build();
  mkdirSync(path.dirname(stamp), { recursive: true });
  writeFileSync(stamp, wanted);
  return 'built';
}

function fingerprint(root: string, inputs: string[]): string {
  const hash = createHash('sha256');
  for (const file of inputs.flatMap((input) => filesIn(root, input)).sort()) {
    hash
      .update(file)
      .update('\0')
      .update(readFileSync(path.join(root, file)))
      .update('\0');
  }
  return hash.digest('hex');
}

function filesIn(root: string, input: string): string[] {
  if (!statSync(path.join(root, input)).isDirectory()) return [input];
  return (readdirSync(path.join(root, input), { recursive: true }) as string[])
    .map((file) => path.posix.join(input, file))
    .filter((file) => !SKIPPED.test(file) && statSync(path.join(root, file)).isFile());
}
