import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../local/src/emulator';
import { emulatorPython } from '../../local/src/python-env';

/** The emulator without our launcher and mends, with the settings that the local cloud gives it. */
export class EmulatorAlone {
  static async start(): Promise<EmulatorAlone> {
    const python = await emulatorPython(() => undefined);
    const port = await freePort();
    const emulator = new EmulatorAlone(python, port);
    await emulator.untilHealthy(`http://127.0.0.1:${port}/_ministack/health`);
    return emulator;
  }

  private readonly directory = mkdtempSync(path.join(tmpdir(), 'bench-emulator-'));
  private readonly child: ChildProcess;

  private constructor(python: string, port: number) {
    this.child = spawn(python, ['-m', 'ministack'], {
      stdio: 'ignore',
      env: {
        PATH: process.env.PATH,
        HOME: process.env.HOME,
        TMPDIR: this.directory,
        STATE_DIR: path.join(this.directory, 'state'),
        S3_DATA_DIR: path.join(this.directory, 's3'),
        PYTHONDONTWRITEBYTECODE: '1',
        BIND_HOST: '127.0.0.1',
        GATEWAY_PORT: String(port),
        AUTH: 'true',
        IOT_MTLS_ENABLED: '0',
        SFTP_ENABLED: '0',
        LOG_LEVEL: 'WARNING',
      },
    });
  }

  async stop(): Promise<void> {
    const exited = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGKILL');
    await exited;
    rmSync(this.directory, { recursive: true, force: true });
  }

  private async untilHealthy(address: string): Promise<void> {
    while (this.child.exitCode === null) {
      const answer = await fetch(address).catch(() => undefined);
      if (answer?.ok) return;
      await sleep(40);
    }
    throw new Error('python -m ministack has ended');
  }
}
