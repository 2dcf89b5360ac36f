import { Aws, Duration, Names, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as glue from 'aws-cdk-lib/aws-glue';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import * as s3assets from 'aws-cdk-lib/aws-s3-assets';
import { propertyInjectable } from 'aws-cdk-lib/core/lib/prop-injectable';
import { Construct } from 'constructs';
import { acknowledge, acknowledgeWildcard, allow, allowKey, allowPut, ownRole } from '../building-blocks/permissions';
import { privateBucket } from '../building-blocks/private-bucket';
import { Mistakes } from '../building-blocks/validation';
import { JOB_ARGUMENTS, SOURCE_COLUMNS } from './contract';
import type { GlueAnalyticsJobProps } from './glue-analytics-job-props';
import { addPlanAsset, defaultQueries, JOB_SCRIPT } from './plan';
import type { AnalyticsQuery } from './query';
import type { AnalyticsSourceColumns } from './source';
import { ResultTables } from './tables';
import { checkProps } from './validation';
import { AnalyticsWorkerType } from './worker-type';

/**
 * A Spark job on AWS Glue that aggregates invoice lines from S3 into Parquet tables of the Glue Data Catalog.
 *
 * Each run reads the whole source, computes every table with exact decimals, replaces the tables, and reads them back:
 * it fails when counts, sums or contents differ from what was computed. Missing input, unreadable lines above the
 * limit and columns other than declared fail the run before the previous tables are touched. One run at a time.
 */
@propertyInjectable
export class GlueAnalyticsJob extends Construct implements iam.IGrantable {
  /** What property injectors of the CDK know the construct by. */
  public static readonly PROPERTY_INJECTION_ID: string = 'cdk-serverless-shop.GlueAnalyticsJob';

  /** The queries of the tables that are made by default. */
  public static defaultQueries(): AnalyticsQuery[] {
    return defaultQueries();
  }

  /** Bucket of the source files. */
  public readonly sourceBucket: s3.IBucket;
  /** Prefix of the source files. */
  public readonly sourcePrefix: string;
  /** Bucket of the result tables. */
  public readonly outputBucket: s3.IBucket;
  /** Prefix of the result tables. */
  public readonly outputPrefix: string;
  /** The job. */
  public readonly job: glue.CfnJob;
  /** Name of the job. */
  public readonly jobName: string;
  /** ARN of the job. */
  public readonly jobArn: string;
  /** The database of the result tables. */
  public readonly database: glue.CfnDatabase;
  /** Name of the database. */
  public readonly databaseName: string;
  /** The role that runs the job. */
  public readonly role: iam.Role;
  /** The role that runs the job. */
  public readonly grantPrincipal: iam.IPrincipal;

  private readonly tables: ResultTables;

  constructor(scope: Construct, id: string, props: GlueAnalyticsJobProps = {}) {
    super(scope, id);
    const { source = {}, output = {}, queries = defaultQueries() } = props;
    this.sourcePrefix = source.prefix ?? 'lines/';
    this.outputPrefix = output.prefix ?? 'tables/';
    checkProps(new Mistakes(this), props, queries, this.sourcePrefix, this.outputPrefix);

    this.sourceBucket = source.bucket ?? privateBucket(this, 'Lines', props);
    this.outputBucket = output.bucket ?? privateBucket(this, 'Results', props);
    this.databaseName = props.databaseName ?? this.ownDatabaseName();
    this.database = new glue.CfnDatabase(this, 'Database', {
      catalogId: Aws.ACCOUNT_ID,
      databaseInput: { name: this.databaseName, description: 'Aggregates of invoice lines' },
    });
    this.tables = new ResultTables(this, 'Tables', {
      database: this.database,
      databaseName: this.databaseName,
      location: this.outputBucket.s3UrlForObject(this.outputPrefix),
      queries,
    });

    this.role = ownRole(
      new iam.Role(this, 'Role', {
        assumedBy: new iam.ServicePrincipal('glue.amazonaws.com'),
        description: 'Role of the Spark job that aggregates invoice lines',
      }),
    );
    this.grantPrincipal = this.role;
    const logPrefix = this.makeLogGroups(props.logRetention ?? logs.RetentionDays.THREE_MONTHS);
    const script = new s3assets.Asset(this, 'Script', { path: JOB_SCRIPT });
    const plan = addPlanAsset(this, {
      columns: sourceColumns(source.columnNames),
      maxRejectedLines: source.maxRejectedLines ?? 0,
      tables: queries,
    });
    this.allowRun([script.bucket.arnForObjects(script.s3ObjectKey), plan.objectArn]);

    this.job = new glue.CfnJob(this, 'Job', {
      description: 'Aggregates invoice lines into Parquet tables',
      role: this.role.roleArn,
      glueVersion: '5.1',
      command: { name: 'glueetl', pythonVersion: '3', scriptLocation: script.s3ObjectUrl },
      workerType: (props.workerType ?? AnalyticsWorkerType.G_1X).name,
      numberOfWorkers: props.numberOfWorkers ?? 2,
      timeout: (props.timeout ?? Duration.hours(1)).toMinutes({ integral: false }),
      maxRetries: props.maxRetries ?? 0,
      executionClass: props.flex ? 'FLEX' : 'STANDARD',
      // Two runs at a time would replace each other's tables.
      executionProperty: { maxConcurrentRuns: 1 },
      defaultArguments: {
        [JOB_ARGUMENTS.database]: this.databaseName,
        [JOB_ARGUMENTS.plan]: plan.url,
        [JOB_ARGUMENTS.output]: this.outputBucket.s3UrlForObject(this.outputPrefix),
        [JOB_ARGUMENTS.source]: this.sourceBucket.s3UrlForObject(this.sourcePrefix),
        '--custom-logGroup-prefix': logPrefix,
        '--enable-observability-metrics': 'true',
        '--job-bookmark-option': 'job-bookmark-disable',
      },
    });
    // A run without the policy would fail on its first call.
    this.job.node.addDependency(this.role, this.tables);
    this.jobName = this.job.ref;
    this.jobArn = Stack.of(this).formatArn({ service: 'glue', resource: 'job', resourceName: this.jobName });

    this.acknowledgeRules();

    if (props.schedule) {
      new glue.CfnTrigger(this, 'Schedule', {
        type: 'SCHEDULED',
        schedule: props.schedule.expressionString,
        startOnCreation: true,
        actions: [{ jobName: this.jobName }],
      });
    }
  }

  /** Allows to start and stop runs and to see how they went. */
  public grantStartJobRun(grantee: iam.IGrantable): iam.Grant {
    const actions = ['BatchStopJobRun', 'GetJobRun', 'GetJobRuns', 'StartJobRun'].map((action) => `glue:${action}`);
    return allow(grantee, actions, this.jobArn);
  }

  /** Allows to put source files. */
  public grantPutSource(grantee: iam.IGrantable): iam.Grant {
    return allowPut(grantee, this.sourceBucket, `${this.sourcePrefix}*`);
  }

  /** Allows to read the result tables: their files and their description in the catalogue. */
  public grantReadOutput(grantee: iam.IGrantable): iam.Grant {
    this.outputBucket.encryptionKey?.grantDecrypt(grantee);
    const catalogue = ['GetDatabase', 'GetPartition', 'GetPartitions', 'GetTable', 'GetTables'];
    return allow(grantee, ['s3:GetObject'], this.outputBucket.arnForObjects(`${this.outputPrefix}*`))
      .combine(allow(grantee, ['s3:ListBucket'], this.outputBucket.bucketArn))
      .combine(
        allow(
          grantee,
          catalogue.map((action) => `glue:${action}`),
          ...this.tables.arns,
        ),
      );
  }

  /** Runs that succeeded (sum, as Glue's observability metrics report it). */
  public metricSucceeded(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.runMetric('glue.succeed.ALL', options);
  }

  /** Runs that failed (sum, as Glue's observability metrics report it). */
  public metricFailed(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.runMetric('glue.error.ALL', options);
  }

  private runMetric(metricName: string, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return new cloudwatch.Metric({
      statistic: cloudwatch.Stats.SUM,
      ...options,
      namespace: 'Glue',
      metricName,
      dimensionsMap: { JobName: this.jobName, JobRunId: 'ALL', ObservabilityGroup: 'error', Type: 'count' },
    });
  }

  private ownDatabaseName(): string {
    const separator = '_';
    const name = Names.uniqueResourceName(this, { maxLength: 255, separator, allowedSpecialCharacters: separator });
    // Hive folds names to lower case.
    return name.toLowerCase();
  }

  /** The groups that Glue writes to, made here so that they expire; their prefix is unique because the role's name is. */
  private makeLogGroups(retention: logs.RetentionDays): string {
    const prefix = `/aws-glue/jobs/${this.role.roleName}`;
    for (const [id, suffix] of [
      ['OutputLogs', 'output'],
      ['ErrorLogs', 'error'],
    ]) {
      const group = new logs.LogGroup(this, id, {
        logGroupName: `${prefix}/${suffix}`,
        retention,
        removalPolicy: RemovalPolicy.DESTROY,
      });
      group.grantWrite(this.role);
    }
    return prefix;
  }

  private allowRun(fileArns: string[]): void {
    allow(this.role, ['s3:GetObject'], ...fileArns);
    // Spark asks for the folders themselves as well, by their keys without the slash.
    const folders = (bucket: s3.IBucket, prefix: string) => parents(prefix).map((key) => bucket.arnForObjects(key));
    allow(
      this.role,
      ['s3:GetObject'],
      this.sourceBucket.arnForObjects(`${this.sourcePrefix}*`),
      ...folders(this.sourceBucket, this.sourcePrefix),
      ...folders(this.outputBucket, this.outputPrefix),
    );
    allow(
      this.role,
      ['s3:AbortMultipartUpload', 's3:DeleteObject', 's3:GetObject', 's3:PutObject'],
      this.outputBucket.arnForObjects(`${this.outputPrefix}*`),
    );
    // Of the whole bucket: Spark looks for folders by asking for keys that are not there, and S3 answers "not found"
    // only to those who may list without a condition.
    allow(this.role, ['s3:ListBucket'], this.sourceBucket.bucketArn, this.outputBucket.bucketArn);
    allow(
      this.role,
      ['glue:BatchCreatePartition', 'glue:DeletePartition', 'glue:GetPartitions', 'glue:GetTable'],
      ...this.tables.arns,
    );
    const actions = ['cloudwatch:PutMetricData'];
    this.role.addToPolicy(
      new iam.PolicyStatement({
        actions,
        resources: ['*'],
        conditions: { StringEquals: { 'cloudwatch:namespace': 'Glue' } },
      }),
    );
    acknowledgeWildcard(
      this.role,
      '*',
      actions,
      "CloudWatch knows no resources; a condition limits the metrics to Glue's namespace.",
    );
    this.sourceBucket.encryptionKey?.grantDecrypt(this.role);
    allowKey(this.role, this.outputBucket.encryptionKey);
  }

  private acknowledgeRules(): void {
    acknowledge(this.job, {
      'AwsSolutions-GL1':
        'The log groups are our own and encrypted by CloudWatch Logs; a security configuration would write to others.',
      'AwsSolutions-GL3': 'The job keeps no bookmark: it aggregates the whole source in each run.',
    });
  }
}

/** `a` and `a/b` of `a/b/`. */
function parents(prefix: string): string[] {
  const names = prefix.split('/').filter((name) => name !== '');
  return names.map((_name, index) => names.slice(0, index + 1).join('/'));
}

function sourceColumns(columns: AnalyticsSourceColumns = {}) {
  return {
    country: columns.country ?? SOURCE_COLUMNS.country,
    customer_id: columns.customerId ?? SOURCE_COLUMNS.customer_id,
    description: columns.description ?? SOURCE_COLUMNS.description,
    invoice: columns.invoice ?? SOURCE_COLUMNS.invoice,
    invoice_date: columns.invoiceDate ?? SOURCE_COLUMNS.invoice_date,
    quantity: columns.quantity ?? SOURCE_COLUMNS.quantity,
    stock_code: columns.stockCode ?? SOURCE_COLUMNS.stock_code,
    unit_price: columns.unitPrice ?? SOURCE_COLUMNS.unit_price,
  };
}
