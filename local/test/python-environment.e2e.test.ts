/** What a person reads when the Python of their machine is not what the local cloud needs. */
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zipEntries } from '../src/archive';
import { run } from '../src/processes';
import { emulatorPython, PYTHON_DIR, prepareSpark } from '../src/python-env';

jest.setTimeout(180_000);

let directory: string;
const before = { ...process.env };

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'python-'));
  process.env.XDG_CACHE_HOME = join(directory, 'cache');
});

afterEach(() => {
  process.env = { ...before };
  rmSync(directory, { recursive: true, force: true });
});

/** A Python that is the real one but for what this shell line does first with its arguments. */
function usePython(line: string): void {
  const file = join(directory, 'python');
  writeFileSync(file, `#!/bin/sh\n${line}\nexec python3 "$@"\n`);
  chmodSync(file, 0o755);
  process.env.PYTHON = file;
}

const OLD = `[ "$1" = --version ] || exec python3 -c 'import runpy, sys; sys.version_info = (3, 8, 2, "final", 0); sys.argv = sys.argv[1:]; sys.path.insert(0, sys.argv[0].rpartition("/")[0]); runpy.run_path(sys.argv[0], run_name="__main__")' "$@"`;
const NO_VENV = `[ "$1" = --version ] || exec python3 -c 'import runpy, sys; sys.executable = "/bin/false"; sys.argv = sys.argv[1:]; sys.path.insert(0, sys.argv[0].rpartition("/")[0]); runpy.run_path(sys.argv[0], run_name="__main__")' "$@"`;

test.each([
  ['is missing', () => Object.assign(process.env, { PATH: directory }), /^no Python found: install Python 3\.10/],
  [
    'named in PYTHON does not run',
    () => Object.assign(process.env, { PYTHON: '/nonexistent' }),
    /^PYTHON names \/nonexistent/,
  ],
  ['is too old', () => usePython(OLD), /is Python 3\.8\.2, but 3\.10 or newer is needed/],
  ['has no venv module', () => usePython(NO_VENV), /install its venv module/],
  [
    'reaches no network',
    () =>
      Object.assign(process.env, {
        PIP_INDEX_URL: 'http://127.0.0.1:9/',
        PIP_RETRIES: '0',
        PIP_CONFIG_FILE: '/dev/null',
      }),
    /could not be downloaded: the first use needs the network/,
  ],
])('a Python that %s is one line, and nothing half made is left', async (_case, arrange, message) => {
  delete process.env.PYTHON;
  arrange();
  const failure = await emulatorPython(() => undefined).catch((error: Error) => error);
  expect(failure).toMatchObject({ name: 'LocalCloudError', message: expect.stringMatching(message) });
  expect((failure as Error).message).not.toContain('\n');
  expect(existsSync(join(directory, 'cache', 'complete'))).toBe(false);
});

test.each([
  [
    'missing',
    () => Object.assign(process.env, { JAVA_HOME: '/nonexistent' }),
    /^no Java found \(\/nonexistent\/bin\/java\)/,
  ],
  [
    'too new',
    () => {
      const java = join(directory, 'bin', 'java');
      process.env.JAVA_HOME = directory;
      mkdirSync(join(directory, 'bin'));
      writeFileSync(java, '#!/bin/sh\necho \'openjdk version "26.0.1"\' >&2\n');
      chmodSync(java, 0o755);
    },
    /is Java 26: Spark 3\.5 needs Java 11 to 17/,
  ],
])('a Java that is %s is one line', async (_case, arrange, message) => {
  arrange();
  await expect(prepareSpark(() => undefined)).rejects.toThrow(message);
});

describe('packages', () => {
  const WHEEL = 'tiny-1.0-py3-none-any.whl';
  const wheel = zipEntries(
    Object.fromEntries(
      Object.entries({
        'tiny.py': 'ANSWER = 42\n',
        'tiny-1.0.dist-info/METADATA': 'Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n',
        'tiny-1.0.dist-info/WHEEL': 'Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
        'tiny-1.0.dist-info/RECORD': 'tiny.py,,\ntiny-1.0.dist-info/METADATA,,\ntiny-1.0.dist-info/WHEEL,,\n',
      }).map(([name, text]) => [name, Buffer.from(text)]),
    ),
  );
  const digest = createHash('sha256').update(wheel).digest('hex');

  /** Installs what the requirement says from a folder that holds the one wheel. */
  async function install(requirement: string) {
    writeFileSync(join(directory, WHEEL), wheel);
    writeFileSync(join(directory, 'requirements.txt'), `${requirement}\n`);
    const script = [join(PYTHON_DIR, 'environment.py'), join(directory, 'requirements.txt'), 'tiny'];
    const env = { ...process.env, PIP_NO_INDEX: '1', PIP_FIND_LINKS: directory, PIP_CONFIG_FILE: '/dev/null' };
    return run('python3', script, { env });
  }

  test('that have the hash are installed', async () => {
    const { code, output } = await install(`tiny==1.0 --hash=sha256:${digest}`);
    expect({ code, output }).toEqual({ code: 0, output: expect.stringContaining('= ') });
    const python = output.split('= ')[1];
    expect(await run(python, ['-c', 'import tiny; print(tiny.ANSWER)'])).toEqual({ code: 0, output: '42' });
  });

  test.each([
    ['have another hash', `tiny==1.0 --hash=sha256:${'0'.repeat(64)}`],
    ['have none', 'tiny==1.0'],
  ])('that %s are not, and nothing half made is left', async (_case, requirement) => {
    const { code, output } = await install(requirement);
    expect([code, output]).toEqual([1, expect.stringMatching(/tiny could not be installed: ERROR: .*hash/i)]);
    expect(readdirSync(join(directory, 'cache', 'cdk-local-cloud')).filter((name) => !name.endsWith('.lock'))).toEqual(
      [],
    );
  });
});
