import { execFile, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { DemoError } from './errors';

export interface ToolOptions {
  readonly directory: string;
  readonly environment?: Record<string, string>;
  /** Called with each line of its standard output. */
  readonly onLine?: (line: string) => void;
}

/** Runs one of our TypeScript files to its end, in a process of its own. */
export function runTool(file: string, { directory, environment, onLine }: ToolOptions): Promise<void> {
  const child = spawn(process.execPath, ['--import', 'tsx', file], {
    cwd: directory,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, TSX_TSCONFIG_PATH: 'tsconfig.dev.json', ...environment },
  });
  const complaints: string[] = [];
  createInterface(child.stdout).on('line', (line) => onLine?.(line));
  createInterface(child.stderr).on('line', (line) => complaints.push(line));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve();
      else reject(new DemoError(`${file} failed:\n${complaints.join('\n').trim()}`));
    });
  });
}

/** Ends every process below this one, also those of process groups of their own; those that stay after 2 s are killed. */
export async function endDescendants(): Promise<void> {
  const found = await descendants();
  signal(found, 'SIGTERM');
  const deadline = Date.now() + 2000;
  while (Date.now() < deadline && found.some(isRunning)) await sleep(20);
  // What was begun meanwhile hangs on those that were found, or on us.
  signal([...found, ...(await descendants())], 'SIGKILL');
}

async function descendants(): Promise<number[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=,stat=']);
  const table = stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , state]) => !state.startsWith('Z'))
    .map(([pid, parent]) => ({ pid: Number(pid), parent: Number(parent) }));
  const below = (parent: number): number[] =>
    table.filter((row) => row.parent === parent).flatMap(({ pid }) => [pid, ...below(pid)]);
  return below(process.pid);
}

function signal(pids: number[], name: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, name);
    } catch {
      // It has ended by itself.
    }
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
