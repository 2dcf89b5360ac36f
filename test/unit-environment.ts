import childProcess from 'node:child_process';
import net from 'node:net';
import { TestEnvironment } from 'jest-environment-node';

type Call = (...args: unknown[]) => unknown;

const ADVICE = 'A test that needs it is end to end: name its file *.e2e.test.ts.';
const THIS_MACHINE = ['localhost', '127.0.0.1', '::1'];

/**
 * Where unit tests run: one Node.js, which starts no other program and talks to nobody but itself. So a file with a
 * local cloud, a browser, Spark, Python or a download cannot slip into the fast lane; it fails there.
 */
export default class UnitEnvironment extends TestEnvironment {
  private readonly restore: (() => void)[] = [];

  override async setup(): Promise<void> {
    await super.setup();
    // Every asynchronous way to start a program ends in this method.
    this.guard(childProcess.ChildProcess.prototype, 'spawn', refuseProgram);
    for (const name of ['spawnSync', 'execSync', 'execFileSync']) this.guard(childProcess, name, refuseProgram);
    this.guard(net.Socket.prototype, 'connect', refuseOthers);
  }

  override async teardown(): Promise<void> {
    for (const restore of this.restore.splice(0)) restore();
    await super.teardown();
  }

  /** Lets the check see the arguments before each call. */
  private guard(owner: object, name: string, check: Call): void {
    const real: Call = Reflect.get(owner, name);
    Reflect.set(owner, name, function guarded(this: unknown, ...args: unknown[]) {
      check(...args);
      return real.apply(this, args);
    });
    this.restore.push(() => Reflect.set(owner, name, real));
  }
}

function refuseProgram(command: unknown): void {
  const program = typeof command === 'object' ? (command as { file?: string }).file : command;
  throw new Error(`A unit test starts ${program}. ${ADVICE}`);
}

/** The arguments are those of `net.connect`: as they were given, or normalised in an array. */
function refuseOthers(...args: unknown[]): void {
  const [where, host] = Array.isArray(args[0]) ? args[0] : args;
  const options = typeof where === 'object' ? (where as net.TcpNetConnectOpts & net.IpcNetConnectOpts) : undefined;
  if (options?.path) return;
  const name = String((options ? options.host : host) ?? 'localhost');
  if (!THIS_MACHINE.includes(name)) throw new Error(`A unit test connects to ${name}. ${ADVICE}`);
}
