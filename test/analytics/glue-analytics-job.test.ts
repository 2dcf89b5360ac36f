import { existsSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { App, Duration, RemovalPolicy, Stack, Stage } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Schedule } from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { AnalyticsWorkerType, GlueAnalyticsJob, type GlueAnalyticsJobProps } from '../../src/analytics';

function stackWith(props?: GlueAnalyticsJobProps): { app: App; stack: Stack; job: GlueAnalyticsJob } {
  const app = new App();
  const stack = new Stack(app, 'Shop');
  return { app, stack, job: new GlueAnalyticsJob(stack, 'Analytics', props) };
}

function planOf(app: App, stackName = 'Shop') {
  const assembly = app.synth();
  const manifest = JSON.parse(readFileSync(path.join(assembly.directory, `${stackName}.assets.json`), 'utf8'));
  const files = Object.values<{ source: { path: string } }>(manifest.files).map(({ source }) => source.path);
  const plan = files.filter((file) => /^asset\.[0-9a-f]{64}\.json$/.test(file));
  expect(plan).toHaveLength(1);
  return JSON.parse(readFileSync(path.join(assembly.directory, plan[0]), 'utf8'));
}

function mistakesOf(app: App): string {
  try {
    app.synth();
  } catch (error) {
    return String(error);
  }
  throw new Error('synth found no mistake');
}

describe('defaults that the documentation names', () => {
  const { app, stack } = stackWith();
  const template = Template.fromStack(stack);

  test('Glue 5.1 on two G.1X workers for at most an hour, one run at a time, no schedule', () => {
    template.hasResourceProperties('AWS::Glue::Job', {
      GlueVersion: '5.1',
      WorkerType: 'G.1X',
      NumberOfWorkers: 2,
      Timeout: 60,
      MaxRetries: 0,
      ExecutionClass: 'STANDARD',
      ExecutionProperty: { MaxConcurrentRuns: 1 },
    });
    template.resourceCountIs('AWS::Glue::Trigger', 0);
  });

  test('two kept, private buckets, and logs for three months', () => {
    template.allResources('AWS::S3::Bucket', { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
    template.resourceCountIs('AWS::S3::Bucket', 2);
    template.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 90 });
    template.resourceCountIs('AWS::Logs::LogGroup', 2);
  });

  test('three tables, the daily one by month', () => {
    const tables = Object.values(template.findResources('AWS::Glue::Table')).map(({ Properties }) => [
      Properties.TableInput.Name,
      Properties.TableInput.PartitionKeys,
    ]);
    expect(Object.fromEntries(tables)).toEqual({
      product_popularity: [],
      order_statistics_by_day: [{ Name: 'month', Type: 'string' }],
      order_statistics_by_country: [],
    });
  });

  test('the plan names the columns of Online Retail, tolerates no reject, and carries the SQL', () => {
    const plan = planOf(app);
    expect(plan).toMatchObject({ maxRejectedLines: 0, columns: { invoice: 'InvoiceNo', unit_price: 'UnitPrice' } });
    expect(plan.lines).toContain('AS reject');
    expect(plan.tables.map(({ name }: { name: string }) => name)).toEqual(
      GlueAnalyticsJob.defaultQueries().map(({ name }) => name),
    );
  });
});

test('the role may touch its own prefixes, files, tables and logs, and no more', () => {
  const { stack } = stackWith({ source: { prefix: 'in/' }, output: { prefix: 'all/out/' } });
  const template = Template.fromStack(stack);
  template.resourceCountIs('AWS::IAM::Policy', 1);
  const [policy] = Object.values(template.findResources('AWS::IAM::Policy'));
  const statements = policy.Properties.PolicyDocument.Statement as { Action: string | string[]; Resource: unknown }[];
  const allowed = statements.map(({ Action, Resource }) => [[Action].flat().join(' '), JSON.stringify(Resource)]);
  expect(allowed.map(([actions]) => actions)).toEqual([
    'logs:CreateLogStream logs:PutLogEvents',
    'logs:CreateLogStream logs:PutLogEvents',
    's3:GetObject',
    's3:GetObject',
    's3:AbortMultipartUpload s3:DeleteObject s3:GetObject s3:PutObject',
    's3:ListBucket',
    'glue:BatchCreatePartition glue:DeletePartition glue:GetPartitions glue:GetTable',
    'cloudwatch:PutMetricData',
  ]);
  expect(allowed[3][1]).toMatch(/Lines.*\/in\/\*/);
  expect(allowed[3][1].match(/"\/[^"]*"/g)).toEqual(['"/in/*"', '"/in"', '"/all"', '"/all/out"']);
  expect(allowed[4][1]).toMatch(/Results.*\/all\/out\/\*/);
  expect(allowed[6][1]).not.toContain('*');
  expect(policy.Properties.Roles).toHaveLength(1);
  template.hasResourceProperties('AWS::IAM::Role', { ManagedPolicyArns: Match.absent() });
});

test("the user's buckets and key are used, and granted on both sides", () => {
  const app = new App();
  const stack = new Stack(app, 'Shop');
  const key = new kms.Key(stack, 'Key');
  const own = new s3.Bucket(stack, 'Own', { encryptionKey: key });
  new GlueAnalyticsJob(stack, 'Analytics', {
    source: { bucket: s3.Bucket.fromBucketName(stack, 'Imported', 'lines-of-others') },
    output: { bucket: own },
    databaseName: 'sales',
  });
  const template = Template.fromStack(stack);
  template.resourceCountIs('AWS::S3::Bucket', 1);
  template.hasResourceProperties('AWS::Glue::Job', {
    DefaultArguments: Match.objectLike({ '--source': 's3://lines-of-others/lines/', '--database': 'sales' }),
  });
  template.hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: {
      Statement: Match.arrayWith([
        Match.objectLike({ Action: Match.arrayWith(['kms:Decrypt', 'kms:GenerateDataKey']) }),
      ]),
    },
  });
});

test('encryptionKey encrypts the buckets made here', () => {
  const app = new App();
  const stack = new Stack(app, 'Shop');
  new GlueAnalyticsJob(stack, 'Analytics', { encryptionKey: new kms.Key(stack, 'Key') });
  Template.fromStack(stack).allResourcesProperties('AWS::S3::Bucket', {
    BucketEncryption: {
      ServerSideEncryptionConfiguration: [
        Match.objectLike({ ServerSideEncryptionByDefault: Match.objectLike({ SSEAlgorithm: 'aws:kms' }) }),
      ],
    },
  });
});

test('schedule, workers, time-out, retries and flex reach the job', () => {
  const { stack } = stackWith({
    schedule: Schedule.cron({ hour: '4', minute: '0' }),
    workerType: AnalyticsWorkerType.G_2X,
    numberOfWorkers: 5,
    timeout: Duration.minutes(20),
    maxRetries: 2,
    flex: true,
  });
  const template = Template.fromStack(stack);
  template.hasResourceProperties('AWS::Glue::Trigger', {
    Type: 'SCHEDULED',
    Schedule: 'cron(0 4 * * ? *)',
    StartOnCreation: true,
    Actions: [{ JobName: { Ref: Match.stringLikeRegexp('AnalyticsJob') } }],
  });
  template.hasResourceProperties('AWS::Glue::Job', {
    WorkerType: 'G.2X',
    NumberOfWorkers: 5,
    Timeout: 20,
    MaxRetries: 2,
    ExecutionClass: 'FLEX',
  });
});

test('own queries and columns become tables and plan', () => {
  const { app, stack } = stackWith({
    source: { columnNames: { quantity: 'Menge', customerId: 'Kunde' }, maxRejectedLines: 7 },
    queries: [
      ...GlueAnalyticsJob.defaultQueries().slice(0, 1),
      {
        name: 'revenue_by_customer',
        sql: 'SELECT customer_id, country, sum(revenue) AS revenue FROM lines GROUP BY ALL',
        columns: [
          { name: 'customer_id', type: 'string' },
          { name: 'revenue', type: 'decimal(33,3)' },
          { name: 'country', type: 'string' },
        ],
        partitionBy: ['country'],
      },
    ],
  });
  const plan = planOf(app);
  expect(plan.columns).toMatchObject({ quantity: 'Menge', customer_id: 'Kunde', country: 'Country' });
  expect(plan.maxRejectedLines).toBe(7);
  expect(plan.tables[1]).toMatchObject({ name: 'revenue_by_customer', partitionBy: ['country'] });
  const template = Template.fromStack(stack);
  template.resourceCountIs('AWS::Glue::Table', 2);
  template.hasResourceProperties('AWS::Glue::Table', {
    TableInput: {
      Name: 'revenue_by_customer',
      PartitionKeys: [{ Name: 'country', Type: 'string' }],
      StorageDescriptor: {
        Columns: [
          { Name: 'customer_id', Type: 'string' },
          { Name: 'revenue', Type: 'decimal(33,3)' },
        ],
      },
    },
  });
});

test('two jobs fit in one stack, and a job in a stage finds its plan', () => {
  // With its assets copied beside it, as a user's app has them; other unit tests do without.
  const app = new App({ postCliContext: { 'aws:cdk:disable-asset-staging': false } });
  const stack = new Stack(app, 'Shop');
  const jobs = ['One', 'Two'].map((id) => new GlueAnalyticsJob(stack, id));
  expect(jobs[0].databaseName).toMatch(/^shop_one_[0-9a-f]+$/);
  expect(jobs[1].databaseName).toMatch(/^shop_two_[0-9a-f]+$/);

  const stage = new Stage(app, 'Live');
  new GlueAnalyticsJob(new Stack(stage, 'Shop'), 'Analytics');
  const { directory, stacks } = app.synth().getNestedAssembly(stage.artifactId);
  const { files } = JSON.parse(readFileSync(path.join(directory, `${stacks[0].id}.assets.json`), 'utf8'));
  for (const { source } of Object.values<{ source: { path: string } }>(files)) {
    expect(existsSync(path.join(directory, source.path))).toBe(true);
  }
  Template.fromStack(stack).resourceCountIs('AWS::Glue::Job', 2);
});

test.each([
  ['grantStartJobRun', 'glue:StartJobRun', 'AnalyticsJob'],
  ['grantPutSource', 's3:PutObject', 'AnalyticsLines.*/lines/\\*'],
  ['grantReadOutput', 's3:GetObject', 'AnalyticsResults.*/tables/\\*'],
  ['grantReadOutput', 'glue:GetPartitions', 'table/shop_analytics_\\w+/order_statistics_by_day'],
] as const)('%s gives %s on its own resource', (grant, action, resource) => {
  const { stack, job } = stackWith();
  job[grant](new iam.User(stack, 'Analyst'));
  const policies = Template.fromStack(stack).findResources('AWS::IAM::Policy');
  const granted = Object.values(policies)
    .filter(({ Properties }) => Properties.Users)
    .flatMap(({ Properties }) => Properties.PolicyDocument.Statement)
    .filter(({ Action }) => [Action].flat().includes(action));
  expect(granted).toHaveLength(1);
  expect(JSON.stringify(granted[0].Resource)).toMatch(new RegExp(resource));
});

test('metrics name what Glue emits once observability is on', () => {
  const { stack, job } = stackWith();
  expect(job.metricFailed()).toMatchObject({ namespace: 'Glue', metricName: 'glue.error.ALL', statistic: 'Sum' });
  expect(job.metricSucceeded({ period: Duration.days(1) })).toMatchObject({ metricName: 'glue.succeed.ALL' });
  expect(job.metricFailed().dimensions).toEqual({
    JobName: job.jobName,
    JobRunId: 'ALL',
    ObservabilityGroup: 'error',
    Type: 'count',
  });
  Template.fromStack(stack).hasResourceProperties('AWS::Glue::Job', {
    DefaultArguments: Match.objectLike({ '--enable-observability-metrics': 'true' }),
  });
});

test('all mistakes are reported at once', () => {
  const app = new App();
  const stack = new Stack(app, 'Shop');
  const bucket = new s3.Bucket(stack, 'Bucket');
  const column = { name: 'country', type: 'string' };
  new GlueAnalyticsJob(stack, 'Analytics', {
    source: { bucket, prefix: 'data/', maxRejectedLines: -1 },
    output: { bucket, prefix: 'data/tables' },
    queries: [
      { name: 'Sales', sql: ' ', columns: [column], partitionBy: ['country', 'year'] },
      {
        name: 'twice',
        sql: `SELECT '${bucket.bucketName}'`,
        columns: [column, column, { name: 'Net', type: 'money' }],
      },
      { name: 'twice', sql: 'SELECT 1', columns: [column] },
    ],
    databaseName: 'Sales-DB',
    schedule: Schedule.rate(Duration.hours(1)),
    numberOfWorkers: 1,
    workerType: AnalyticsWorkerType.G_4X,
    flex: true,
    timeout: Duration.seconds(90),
    maxRetries: 11,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const message = mistakesOf(app);
  for (const mistake of [
    'output.prefix "data/tables" is not a folder',
    'output.prefix "data/tables" and source.prefix "data/" of the same bucket overlap',
    'source.maxRejectedLines is -1; it must be a whole number from 0',
    'numberOfWorkers is 1; it must be a whole number from 2 to 299',
    'maxRetries is 11; it must be a whole number from 0 to 10',
    'timeout in minutes is 1.5',
    'flex does not run on G.4X workers',
    'schedule "rate(1 hour)" is not a cron schedule',
    'databaseName "Sales-DB" must begin with a lower-case letter',
    'there is more than one table twice',
    'table Sales: the name must be lower-case',
    'table Sales: sql is empty',
    'table Sales: partitionBy names year, which is not among its columns (country)',
    'table Sales: it needs at least one column that is not a partition',
    'table twice: sql holds a token',
    'table twice: the column "Net" must be lower-case',
    'table twice: the column Net has the type "money"',
    'table twice: there is more than one column country',
  ]) {
    expect(message).toContain(mistake);
  }
});

test('no tables at all, and data removal meant only once', () => {
  const { app } = stackWith({ queries: [], removalPolicy: RemovalPolicy.DESTROY });
  const message = mistakesOf(app);
  expect(message).toContain('queries is empty');
  expect(message).toContain('removalPolicy DESTROY would delete data');
});
