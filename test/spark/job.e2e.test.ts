import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { prepareSpark } from '../../local/src';
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
  async () => {
    const python = await prepareSpark(() => undefined);
    const plan = path.join(folder, 'plan.json');
    writeFileSync(plan, serializePlan({ columns: SOURCE_COLUMNS, maxRejectedLines: 0, tables: defaultQueries() }));
    const result = spawnSync(python, [path.join(__dirname, 'test_job.py')], {
      cwd: folder,
      encoding: 'utf8',
      env: {
        ...process.env,
        ANALYTICS_PLAN: plan,
        PYTHONDONTWRITEBYTECODE: '1',
        ...(existsSync(ONLINE_RETAIL) && { ONLINE_RETAIL }),
      },
    });
    if (result.error) throw result.error;
    // unittest ends with "OK", or with "OK (skipped=1)" where the Online Retail file is not at hand.
    if (result.status !== 0) throw new Error(result.stdout + result.stderr);
    expect(result.stderr).toMatch(existsSync(ONLINE_RETAIL) ? /^OK$/m : /^OK \(skipped=1\)$/m);
  },
  10 * MINUTES,
);
