/** What a person reads when the Python of their machine is not what the local cloud needs. */
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { emulatorPython, prepareSpark } from '../src/python-env';

jest.setTimeout(60_000);

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
