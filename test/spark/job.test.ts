import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { SOURCE_COLUMNS } from '../../src/analytics/contract';
import { defaultQueries, serializePlan } from '../../src/analytics/plan';

const ROOT = path.join(__dirname, '..', '..');
const ONLINE_RETAIL = path.join(ROOT, '..', 'shared', 'data', 'online-retail.csv.gz');
const MINUTES = 60_000;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'spark-job-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

// One session for all of it, because starting Spark costs more than any of the tests.
test(
  'the job on real Spark',
  () => {
    const plan = path.join(folder, 'plan.json');
    writeFileSync(plan, serializePlan({ columns: SOURCE_COLUMNS, maxRejectedLines: 0, tables: defaultQueries() }));
    const result = spawnSync(sparkPython(), [path.join(__dirname, 'test_job.py')], {
      cwd: folder,
      encoding: 'utf8',
      env: {
        ...process.env,
        ANALYTICS_PLAN: plan,
        PYTHONDONTWRITEBYTECODE: '1',
        ...(existsSync(ONLINE_RETAIL) && { ONLINE_RETAIL }),
      },
    });
    // unittest ends with "OK", or with "OK (skipped=1)" where the Online Retail file is not at hand.
    if (result.status !== 0) throw new Error(result.stdout + result.stderr);
    expect(result.stderr).toMatch(existsSync(ONLINE_RETAIL) ? /^OK$/m : /^OK \(skipped=1\)$/m);
  },
  10 * MINUTES,
);

function sparkPython(): string {
  const make = path.join(ROOT, 'local', 'python', 'spark_environment.py');
  const output = execFileSync(process.env.PYTHON ?? 'python3', [make], { encoding: 'utf8' });
  return output.trim().split('\n').at(-1) ?? '';
}
