import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LocalCloudError } from './errors';

/** Keeps a second instance from a state folder that is in use. */
export class StateLock {
  static take(directory: string): StateLock {
    const file = join(directory, 'running.pid');
    const holder = readHolder(file);
    if (holder !== undefined && isRunning(holder)) {
      throw new LocalCloudError(
        `another local cloud (process ${holder}) uses ${directory}: stop it, or choose another state folder`,
      );
    }
    writeFileSync(file, String(process.pid));
    return new StateLock(file);
  }

  private constructor(private readonly file: string) {}

  release(): void {
    rmSync(this.file, { force: true });
  }
}

function readHolder(file: string): number | undefined {
  try {
    return Number(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
