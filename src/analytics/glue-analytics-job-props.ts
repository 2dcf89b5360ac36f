import type { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type * as events from 'aws-cdk-lib/aws-events';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type { BucketLocation } from '../building-blocks/bucket-location';
import type { AnalyticsQuery } from './query';
import type { AnalyticsSource } from './source';
import type { AnalyticsWorkerType } from './worker-type';

/**
 * Props of a GlueAnalyticsJob.
 */
export interface GlueAnalyticsJobProps {
  /**
   * Where the invoice lines come from.
   * @default - CSV files under `lines/` in a private, versioned bucket of its own
   */
  readonly source?: AnalyticsSource;

  /**
   * Where the result tables go: as Parquet, each in a folder of its name, which each run replaces.
   * @default - under `tables/` in a private, versioned bucket of its own
   */
  readonly output?: BucketLocation;

  /**
   * The result tables and their queries. To add to the default ones, begin with `GlueAnalyticsJob.defaultQueries()`.
   * @default - product_popularity, order_statistics_by_day (by month) and order_statistics_by_country
   */
  readonly queries?: AnalyticsQuery[];

  /**
   * Name of the Glue database: lower-case letters, digits and underscores.
   * @default - made from the path of the construct
   */
  readonly databaseName?: string;

  /**
   * When the job runs by itself: a cron schedule, in UTC, at most every five minutes.
   * @default - on demand only
   */
  readonly schedule?: events.Schedule;

  /**
   * Size of each worker.
   * @default AnalyticsWorkerType.G_1X
   */
  readonly workerType?: AnalyticsWorkerType;

  /**
   * Number of workers, 2 to 299. A run costs at most workers x DPU of a worker x timeout.
   * @default 2
   */
  readonly numberOfWorkers?: number;

  /**
   * When a run is stopped: 1 minute to 7 days, in whole minutes.
   * @default Duration.hours(1)
   */
  readonly timeout?: Duration;

  /**
   * How often a failed run is started again, 0 to 10.
   * @default 0
   */
  readonly maxRetries?: number;

  /**
   * Runs on spare capacity: cheaper, but it may start later and take longer. For G.1X and G.2X workers.
   * @default false
   */
  readonly flex?: boolean;

  /**
   * Key that encrypts the buckets made here.
   * @default - keys that AWS owns
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * How long the logs of the runs are kept.
   * @default logs.RetentionDays.THREE_MONTHS
   */
  readonly logRetention?: logs.RetentionDays;

  /**
   * What happens to the buckets when the job is taken out of its stack. To delete them, also set the context
   * `cdk-serverless-shop:allow-data-removal` to true, and empty them first.
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
}
