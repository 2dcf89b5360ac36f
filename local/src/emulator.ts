import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Credentials } from './credentials';
import { LocalCloudError } from './errors';
import { functionRuntime, runtimeModules } from './functions';
import { stopGroup } from './processes';
import { PYTHON_DIR } from './python-env';

const START_TIMEOUT_MS = 60_000;
const STOP_GRACE_MS = 8_000;

export interface EmulatorOptions {
  readonly python: string;
  readonly port: number;
  readonly region: string;
  readonly credentials: Credentials;
  readonly allowedOrigins: readonly string[];
  /** Everything it writes goes below this folder. */
  readonly directory: string;
  readonly persist: boolean;
  readonly maxEnvironments: number;
}

/** MiniStack with our mends, as a child process in a process group of its own. */
export class Emulator {
  static async start(options: EmulatorOptions): Promise<Emulator> {
    await assertPortIsFree(options.port);
    const emulator = new Emulator(options);
    await emulator.untilHealthy();
    return emulator;
  }

  readonly endpoint: string;
  readonly logFile: string;
  readonly functionLogDirectory: string;
  private readonly child: ChildProcess;

  private constructor(options: EmulatorOptions) {
    this.endpoint = `http://127.0.0.1:${options.port}`;
    this.logFile = join(options.directory, 'logs', 'cloud.log');
    this.functionLogDirectory = join(options.directory, 'logs', 'functions');
    const directories = {
      temporary: join(options.directory, 'tmp'),
      state: join(options.directory, 'services'),
      objects: join(options.directory, 's3'),
    };
    rmSync(directories.temporary, { recursive: true, force: true });
    for (const directory of [...Object.values(directories), this.functionLogDirectory]) {
      mkdirSync(directory, { recursive: true });
    }
    const runtime = functionRuntime();
    const log = openSync(this.logFile, 'a');
    this.child = spawn(options.python, ['-u', join(PYTHON_DIR, 'launch.py')], {
      detached: true,
      stdio: ['pipe', log, log],
      env: {
        PATH: process.env.PATH,
        HOME: process.env.HOME,
        LANG: process.env.LANG,
        JAVA_HOME: process.env.JAVA_HOME,
        XDG_CACHE_HOME: process.env.XDG_CACHE_HOME,
        TMPDIR: directories.temporary,
        PYTHONDONTWRITEBYTECODE: '1',
        BIND_HOST: '127.0.0.1',
        MINISTACK_HOST: 'localhost',
        GATEWAY_PORT: String(options.port),
        MINISTACK_REGION: options.region,
        AWS_DEFAULT_REGION: options.region,
        AWS_ENDPOINT_URL: this.endpoint,
        AWS_ACCESS_KEY_ID: options.credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: options.credentials.secretAccessKey,
        AUTH: 'true',
        IOT_MTLS_ENABLED: '0',
        SFTP_ENABLED: '0',
        LOG_LEVEL: 'WARNING',
        PERSIST_STATE: options.persist ? '1' : '0',
        STATE_DIR: directories.state,
        S3_PERSIST: options.persist ? '1' : '0',
        S3_DATA_DIR: directories.objects,
        LAMBDA_WARM_TTL_SECONDS: '120',
        // "off" leaves the emulator as it is: for the conformance suite, which shows that each mend is needed.
        LOCAL_MENDS: process.env.CDK_LOCAL_CLOUD_MENDS,
        LOCAL_ALLOWED_ORIGINS: options.allowedOrigins.join(' '),
        LOCAL_NODE: runtime.node,
        LOCAL_RUNTIME_MODULES: runtimeModules(directories.temporary),
        LOCAL_RUNTIME_CLIENT: runtime.clientPath,
        LOCAL_RUNTIME_DIR: runtime.runtimeDir,
        LOCAL_LOG_DIR: this.functionLogDirectory,
        LOCAL_MAX_ENVIRONMENTS: String(options.maxEnvironments),
      },
    });
    closeSync(log);
    // Its own end is noticed by exit code; a broken pipe to it is no news.
    this.child.stdin?.on('error', () => undefined);
  }

  async stop(): Promise<void> {
    await stopGroup(this.child, STOP_GRACE_MS);
  }

  private async untilHealthy(): Promise<void> {
    const deadline = Date.now() + START_TIMEOUT_MS;
    while (Date.now() < deadline) {
      if (this.child.exitCode !== null || this.child.signalCode !== null) break;
      const answer = await fetch(`${this.endpoint}/_ministack/health`).catch(() => undefined);
      if (answer?.ok) return;
      await sleep(40);
    }
    await this.stop();
    const lastLine = readFileSync(this.logFile, 'utf8').trim().split('\n').at(-1);
    throw new LocalCloudError(`the emulator did not start (${lastLine}); its log is ${this.logFile}`);
  }
}

/** A port nothing listens on right now. */
export function freePort(): Promise<number> {
  return probePort(0);
}

export async function assertPortIsFree(port: number): Promise<void> {
  await probePort(port).catch((error: NodeJS.ErrnoException) => {
    throw new LocalCloudError(
      error.code === 'EADDRINUSE'
        ? `port ${port} is in use: stop what listens there, or choose another port`
        : `port ${port} cannot be opened: ${error.message}`,
    );
  });
}

function probePort(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : port));
    });
  });
}
