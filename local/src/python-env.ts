import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { LocalCloudError } from './errors';
import { run } from './processes';

/** Where the emulator's launcher and its mends are. */
export const PYTHON_DIR = join(__dirname, '..', 'python');

/** Begins the line with a script's answer; every other line is progress. */
const ANSWER = '= ';

/** The `python` of the environment that the emulator runs in, made on first use. */
export function emulatorPython(onProgress: (line: string) => void): Promise<string> {
  const requirements = join(PYTHON_DIR, 'requirements.txt');
  return runEnvironmentScript(['environment.py', requirements, 'the AWS emulator'], onProgress);
}

/**
 * Makes ready what Spark jobs run on (some 330 MB and a check for Java), which the first job does otherwise; gives the
 * `python` that has PySpark.
 */
export function prepareSpark(onProgress: (line: string) => void): Promise<string> {
  return runEnvironmentScript(['spark_environment.py'], onProgress);
}

/** Runs a script that prints its progress and, on a marked line, its answer. */
async function runEnvironmentScript([script, ...args]: string[], onProgress: (line: string) => void): Promise<string> {
  const python = await hostPython();
  const child = spawn(python, [join(PYTHON_DIR, script), ...args], {
    env: process.env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let answer = '';
  let rest = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line.startsWith(ANSWER)) answer = line.slice(ANSWER.length);
      else onProgress(line);
    }
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  if (code !== 0) throw new LocalCloudError(errors.trim().split('\n').at(-1) || `${script} failed`);
  return answer;
}

async function hostPython(): Promise<string> {
  const candidates = process.env.PYTHON ? [process.env.PYTHON] : ['python3', 'python'];
  for (const candidate of candidates) {
    const { code } = await run(candidate, ['--version'], { env: process.env });
    if (code === 0) return candidate;
  }
  throw new LocalCloudError(
    process.env.PYTHON
      ? `PYTHON names ${process.env.PYTHON}, which does not run: name Python 3.10 or newer`
      : 'no Python found: install Python 3.10 or newer, or name it in the PYTHON environment variable',
  );
}
