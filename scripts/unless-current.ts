import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';

export interface Step {
  /** Files and folders that the result follows from, relative to the root; what is also an output does not count. */
  readonly inputs: string[];
  /** The files and folders that are made, relative to the root. */
  readonly outputs: string[];
  /** Says what was built. */
  readonly build: () => string | Promise<string>;
}

const SKIPPED = /(^|\/)(node_modules|dist|__pycache__)(\/|$)/;

/** Runs the step unless its outputs are just what was made from just these inputs. */
export async function unlessCurrent(root: string, { inputs, outputs, build }: Step): Promise<string> {
  const stamp = path.join(root, '.cache/steps', `${outputs[0].replaceAll('/', '-')}.sha256`);
  const sources = fingerprint(root, inputs, outputs);
  const stampOfNow = () => `${sources} ${fingerprint(root, outputs)}`;
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === stampOfNow()) return 'up to date';
  // A build that is cut off leaves no stamp.
  rmSync(stamp, { force: true });
  const built = await build();
  mkdirSync(path.dirname(stamp), { recursive: true });
  writeFileSync(stamp, stampOfNow());
  return built;
}

function fingerprint(root: string, paths: string[], except: string[] = []): string {
  const hash = createHash('sha256');
  for (const file of paths.flatMap((one) => filesIn(root, one)).sort()) {
    if (except.includes(file)) continue;
    hash
      .update(file)
      .update('\0')
      .update(readFileSync(path.join(root, file)))
      .update('\0');
  }
  return hash.digest('hex');
}

function filesIn(root: string, name: string): string[] {
  const absolute = path.join(root, name);
  if (!existsSync(absolute)) return [];
  if (!statSync(absolute).isDirectory()) return [name];
  return (readdirSync(absolute, { recursive: true }) as string[])
    .map((file) => path.posix.join(name, file))
    .filter((file) => !SKIPPED.test(file) && statSync(path.join(root, file)).isFile());
}
