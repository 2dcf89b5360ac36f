import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');
const PORTS = 6;

export interface DemoUrls {
  readonly shop: string;
  readonly api: string;
  readonly mail: string;
  readonly console: string;
}

/** `npm start -- --json` as a person runs it, in a process group of its own as a terminal makes it. */
export class NpmStart {
  stdout = '';
  stderr = '';
  /** Exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>;
  private readonly child: ChildProcess;

  constructor(args: string[], environment: Record<string, string> = {}) {
    this.child = spawn('npm', ['start', '--silent', '--', '--json', ...args], {
      cwd: ROOT,
      detached: true,
      env: { ...process.env, INIT_CWD: ROOT, ...environment },
    });
    this.child.stdout?.on('data', (chunk) => {
      this.stdout += chunk;
    });
    this.child.stderr?.on('data', (chunk) => {
      this.stderr += chunk;
    });
    this.ended = new Promise((resolve) =>
      this.child.on('close', (code, signal) => resolve(code ?? signal ?? 'unknown')),
    );
  }

  /** What it says once it is ready. */
  async ready(): Promise<{ ready: boolean; urls: DemoUrls; environment: Record<string, string> }> {
    const line = new Promise<string>((resolve) => {
      const look = () => this.stdout.includes('\n') && resolve(this.stdout);
      this.child.stdout?.on('data', look);
    });
    const early = this.ended.then((code) => {
      throw new Error(`It ended with ${code} before it was ready:\n${this.stderr}`);
    });
    return JSON.parse(await Promise.race([line, early]));
  }

  /** Resolves once it has said this on standard error. */
  said(text: string): Promise<void> {
    return new Promise((resolve) => {
      const look = () => this.stderr.includes(text) && resolve();
      this.child.stderr?.on('data', look);
      look();
    });
  }

  /** Every process that it started and that still runs, itself included. */
  processes(): number[] {
    const table = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' })
      .trim()
      .split('\n')
      .map((line) => line.trim().split(/\s+/).map(Number));
    const below = (parent: number): number[] => [
      parent,
      ...table.filter(([, ppid]) => ppid === parent).flatMap(([pid]) => below(pid)),
    ];
    return below(this.child.pid as number);
  }

  /** To npm alone, as a process supervisor does. */
  signal(name: NodeJS.Signals): void {
    this.child.kill(name);
  }

  /** To all of its group, as a terminal does on Ctrl-C. */
  ctrlC(): void {
    process.kill(-(this.child.pid as number), 'SIGINT');
  }
}

/** Those of the processes that still run. */
export function running(pids: number[]): string[] {
  return pids.flatMap((pid) => {
    try {
      const line = execFileSync('ps', ['-p', String(pid), '-o', 'stat=,args='], { encoding: 'utf8' }).trim();
      // One that has ended and waits for its parent to notice.
      return line.startsWith('Z') ? [] : [`${pid} ${line}`];
    } catch {
      return [];
    }
  });
}

/** The first of so many free ports in a row, below those that systems give to outgoing connections. */
export async function freePorts(): Promise<number> {
  for (let first = 20_000 + Math.floor(Math.random() * 12_000); ; first += PORTS) {
    const taken = await Promise.all(Array.from({ length: PORTS }, (_, n) => isTaken(first + n)));
    if (!taken.includes(true)) return first;
  }
}

export function occupy(port: number): Promise<() => Promise<void>> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(() => new Promise((done) => server.close(() => done()))));
  });
}

/** Whether something answers at an address. */
export function answers(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 1000 });
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
    socket.once('timeout', () => end(false));
  });
}

async function isTaken(port: number): Promise<boolean> {
  return occupy(port).then(
    async (release) => {
      await release();
      return false;
    },
    () => true,
  );
}
