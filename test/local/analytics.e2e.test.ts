/** The analytics job alone on the local cloud: real Spark with the job's own role, bad input, and permissions taken away. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import {
  GetJobRunCommand,
  GetPartitionsCommand,
  GetTablesCommand,
  GlueClient,
  type JobRun,
  StartJobRunCommand,
} from '@aws-sdk/client-glue';
import { GetRolePolicyCommand, IAMClient, ListRolePoliciesCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { App, CfnOutput, Stack } from 'aws-cdk-lib';
import { LocalCloud } from '../../local/src';
import { GlueAnalyticsJob } from '../../src/analytics';

// The first run may install Spark.
jest.setTimeout(10 * 60_000);

let cloud: LocalCloud;
let assembly: string;
let outputs: Record<string, string>;
let glue: GlueClient;
let iam: IAMClient;
let s3: S3Client;

beforeAll(async () => {
  assembly = mkdtempSync(join(tmpdir(), 'analytics-'));
  synthesize(assembly);
  cloud = await LocalCloud.start();
  outputs = (await cloud.deploy(assembly)).outputs;
  glue = new GlueClient(cloud.clientConfig);
  iam = new IAMClient(cloud.clientConfig);
  s3 = new S3Client({ ...cloud.clientConfig, forcePathStyle: true });
});

afterAll(async () => {
  await cloud?.stop();
  rmSync(assembly, { recursive: true, force: true });
});

function synthesize(outdir: string): void {
  const stack = new Stack(new App({ outdir }), 'Analytics');
  const job = new GlueAnalyticsJob(stack, 'Sales', { output: { prefix: 'reports/sales/' } });
  const values = {
    Job: job.jobName,
    Lines: job.sourceBucket.bucketName,
    Results: job.outputBucket.bucketName,
    Database: job.databaseName,
    Role: job.role.roleName,
  };
  for (const [name, value] of Object.entries(values)) new CfnOutput(stack, name, { value });
  (stack.node.root as App).synth();
}

// The tests go on from one another, because each start of Spark takes seconds.
test('without input a run fails and says so', async () => {
  const run = await runJob();
  expect(run.JobRunState).toBe('FAILED');
  expect(run.ErrorMessage).toContain(`no input: there is no .csv or .csv.gz file under s3://${outputs.Lines}/lines/`);
});

test('files put under the prefix become the tables, with their partitions in the catalogue', async () => {
  await putLines('lines/2010.csv', fixture('2010.csv'));
  await putLines('lines/more/2011.csv.gz', gzipSync(fixture('2011.csv')));
  const run = await runJob();
  expect([run.JobRunState, run.ErrorMessage]).toEqual(['SUCCEEDED', undefined]);

  const popularity = await readTable('product_popularity');
  expect(popularity.map((row) => [row.rank, row.stock_code, row.net_units, amount(row.net_revenue)])).toEqual([
    [1, 'A1', 15, '40.800'],
    [2, 'E5', 7, '7.700'],
    [3, 'B2', 4, '0.004'],
    [4, 'D4', 2, '9.900'],
    [5, 'X', 1, '-11.060'],
  ]);
  const countries = await readTable('order_statistics_by_country');
  expect(Object.fromEntries(countries.map((row) => [row.country, amount(row.net_revenue)]))).toEqual({
    'United Kingdom': '29.743',
    France: '7.701',
    Unspecified: '9.900',
  });
  expect(await readTable('order_statistics_by_day')).toHaveLength(4);
  expect(await partitions()).toEqual({
    '2010-12': `s3://${outputs.Results}/reports/sales/order_statistics_by_day/month=2010-12`,
    '2011-01': `s3://${outputs.Results}/reports/sales/order_statistics_by_day/month=2011-01`,
  });
});

test('the tables of the catalogue have the columns that were written', async () => {
  const { TableList = [] } = await glue.send(new GetTablesCommand({ DatabaseName: outputs.Database }));
  expect(TableList).toHaveLength(3);
  for (const table of TableList) {
    const [row] = await readTable(table.Name ?? '');
    const declared = table.StorageDescriptor?.Columns?.map(({ Name }) => Name);
    expect(Object.keys(row)).toEqual(declared);
    expect(table.StorageDescriptor?.Location).toBe(`s3://${outputs.Results}/reports/sales/${table.Name}/`);
  }
});

test('a run over less input takes partitions back', async () => {
  await s3.send(new DeleteObjectCommand({ Bucket: outputs.Lines, Key: 'lines/more/2011.csv.gz' }));
  await putLines('lines/2010.csv', `${fixture('2010.csv').toString().split('\n').slice(0, 4).join('\n')}\n`);
  const run = await runJob();
  expect([run.JobRunState, run.ErrorMessage]).toEqual(['SUCCEEDED', undefined]);
  expect(Object.keys(await partitions())).toEqual(['2010-12']);
});

describe.each([
  ['the catalogue', 'glue:GetTable', 'glue:GetTable'],
  ['the results', 's3:PutObject', 'AccessDenied'],
])('a role that may not reach %s', (_what, action, message) => {
  test(`(no ${action}) fails the run and names it`, async () => {
    const giveBack = await takeAway(action);
    const run = await runJob();
    await giveBack();
    expect(run.JobRunState).toBe('FAILED');
    expect(run.ErrorMessage).toMatch(new RegExp(message, 'i'));
  });
});

/** The reader gives decimals as floating point; their exactness is what test/spark proves. */
function amount(value: unknown): string {
  return Number(value).toFixed(3);
}

function fixture(name: string): Buffer {
  return readFileSync(join(__dirname, '..', 'spark', 'lines', name));
}

async function putLines(key: string, body: string | Buffer): Promise<void> {
  await s3.send(new PutObjectCommand({ Bucket: outputs.Lines, Key: key, Body: body }));
}

async function runJob(): Promise<JobRun> {
  const { JobRunId } = await glue.send(new StartJobRunCommand({ JobName: outputs.Job }));
  for (;;) {
    const { JobRun } = await glue.send(new GetJobRunCommand({ JobName: outputs.Job, RunId: JobRunId }));
    if (JobRun?.CompletedOn) return JobRun;
    await sleep(500);
  }
}

async function partitions(): Promise<Record<string, string | undefined>> {
  const found = await glue.send(
    new GetPartitionsCommand({ DatabaseName: outputs.Database, TableName: 'order_statistics_by_day' }),
  );
  const entries = (found.Partitions ?? []).map(({ Values, StorageDescriptor }) => [
    Values?.join(),
    StorageDescriptor?.Location,
  ]);
  return Object.fromEntries(entries.sort());
}

async function readTable(name: string): Promise<Record<string, unknown>[]> {
  const prefix = `reports/sales/${name}/`;
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: outputs.Results, Prefix: prefix }));
  const keys = Contents.flatMap(({ Key }) => (Key?.endsWith('.parquet') ? [Key] : []));
  const files = await Promise.all(
    keys.map(async (key) => {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: outputs.Results, Key: key }));
      const file = join(assembly, basename(key));
      writeFileSync(file, (await Body?.transformToByteArray()) ?? '');
      return file;
    }),
  );
  const rows = execFileSync(process.execPath, [join(__dirname, 'parquet-rows.mjs'), ...files], { encoding: 'utf8' });
  return rows
    .trim()
    .split('\n')
    .map((row) => JSON.parse(row));
}

/** Takes one action out of the job's role; gives it back when the answer is called. */
async function takeAway(action: string): Promise<() => Promise<void>> {
  const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName: outputs.Role }));
  const name = { RoleName: outputs.Role, PolicyName: PolicyNames[0] };
  const { PolicyDocument = '' } = await iam.send(new GetRolePolicyCommand(name));
  const policy = JSON.parse(decodeURIComponent(PolicyDocument));
  const statements = policy.Statement.map((statement: { Action: string | string[] }) => ({
    ...statement,
    Action: [statement.Action].flat().filter((allowed) => allowed !== action),
  }));
  const put = (document: unknown) =>
    iam.send(new PutRolePolicyCommand({ ...name, PolicyDocument: JSON.stringify(document) }));
  await put({ ...policy, Statement: statements.filter(({ Action }: { Action: string[] }) => Action.length > 0) });
  return async () => {
    await put(policy);
  };
}
