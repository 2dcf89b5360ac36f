import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { LocalCloudError } from './errors';
import { run } from './processes';

const OLDEST_PYTHON = [3, 10];
export const PYTHON_DIR = join(__dirname, '..', 'python');

export interface PythonEnvironmentOptions {
  /** Pinned requirements, one per line. */
  readonly requirementsFile: string;
  /** What is being installed, for the progress line. */
  readonly title: string;
  readonly onProgress: (line: string) => void;
}

/**
 * The `python` of a virtual environment that holds exactly the given requirements. It is made on first use under the
 * user's cache folder and shared by every project with the same requirements and Python version.
 */
export async function pythonEnvironment(options: PythonEnvironmentOptions): Promise<string> {
  const host = await hostPython();
  const requirements = readFileSync(options.requirementsFile);
  const digest = createHash('sha256').update(requirements).update(host.version).digest('hex').slice(0, 16);
  const directory = join(cacheDirectory(), digest);
  const python = join(directory, 'bin', 'python');
  if (existsSync(join(directory, 'complete'))) return python;

  options.onProgress(`installing ${options.title} into ${directory} (first use only)`);
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(cacheDirectory(), { recursive: true });
  const made = await run(host.command, ['-m', 'venv', directory]);
  if (made.code !== 0) {
    rmSync(directory, { recursive: true, force: true });
    throw new LocalCloudError(
      `Python ${host.version} cannot make a virtual environment: install its venv module (Debian and Ubuntu: apt-get install python3-venv)`,
    );
  }
  const installed = await run(python, [
    '-m',
    'pip',
    'install',
    '--disable-pip-version-check',
    '--no-input',
    '-r',
    options.requirementsFile,
  ]);
  if (installed.code !== 0) {
    rmSync(directory, { recursive: true, force: true });
    throw new LocalCloudError(explainPipFailure(options.title, installed.output));
  }
  writeFileSync(join(directory, 'complete'), '');
  return python;
}

export function cacheDirectory(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'cdk-local-cloud');
}

interface HostPython {
  readonly command: string;
  readonly version: string;
}

async function hostPython(): Promise<HostPython> {
  const asked = process.env.PYTHON ? [process.env.PYTHON] : ['python3', 'python'];
  let tooOld: HostPython | undefined;
  for (const command of asked) {
    const found = await run(command, ['-c', 'import sys; print("%d.%d.%d" % sys.version_info[:3])']);
    if (found.code !== 0) continue;
    const [major, minor] = found.output.split('.').map(Number);
    if (major > OLDEST_PYTHON[0] || (major === OLDEST_PYTHON[0] && minor >= OLDEST_PYTHON[1])) {
      return { command, version: found.output };
    }
    tooOld ??= { command, version: found.output };
  }
  const wanted = OLDEST_PYTHON.join('.');
  throw new LocalCloudError(
    tooOld
      ? `${tooOld.command} is Python ${tooOld.version}, but the local cloud needs ${wanted} or newer: install one, or name it in the PYTHON environment variable`
      : `no Python found: install Python ${wanted} or newer, or name it in the PYTHON environment variable`,
  );
}

function explainPipFailure(title: string, output: string): string {
  const offline =
    /NewConnectionError|Temporary failure in name resolution|Could not find a version|ConnectTimeout|ProxyError/;
  const lines = output.split('\n');
  const lastError = lines.filter((line) => line.startsWith('ERROR')).at(-1) ?? lines.at(-1);
  return offline.test(output)
    ? `${title} could not be downloaded: the first start needs the network (${lastError})`
    : `${title} could not be installed: ${lastError}`;
}
