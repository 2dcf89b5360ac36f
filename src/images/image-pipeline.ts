import { Annotations, Duration, Tokenization } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { propertyInjectable } from 'aws-cdk-lib/core/lib/prop-injectable';
import { Construct } from 'constructs';
import { ServiceApi } from '../api';
import { sendEventsToEventBridge } from '../building-blocks/bucket-events';
import { BundledFunction } from '../building-blocks/bundled-function';
import { CountedMetrics } from '../building-blocks/counted-metrics';
import { alarmOnDeadLetters, deadLetterQueue, queueSecurity } from '../building-blocks/dead-letters';
import { checkedSettings } from '../building-blocks/function-settings-mistakes';
import { NativeLayer } from '../building-blocks/native-layer';
import { allow, allowKey, allowPut } from '../building-blocks/permissions';
import { privateBucket } from '../building-blocks/private-bucket';
import { QueueWorker } from '../building-blocks/queue-worker';
import { Mistakes } from '../building-blocks/validation';
import { IMAGE_ENV, IMAGE_METRICS, KEEPER_STATE, MOST_ATTEMPTS, SUMMARIES, SUMMARY, UPLOAD_TAG } from './contract';
import type { ImagePipelineProps } from './image-pipeline-props';
import { DEFAULT_VARIANTS, ImageMetadata, type ImageVariant, variantsSetting } from './image-variant';
import { ROUTES } from './routes.generated';
import { checkProps } from './validation';

const DEFAULT_SOURCE_PREFIX = 'originals/';
const DEFAULT_OUTPUT_PREFIX = 'media/';
const DEFAULT_MAX_BYTES = 25 * 1024 * 1024;
const DEFAULT_MAX_PIXELS = 50_000_000;
const DEFAULT_MAX_FRAMES = 100;
const OPEN_UPLOADS_STAY = Duration.days(30);
/** With the two below it leaves three of the ten that the smallest accounts have. */
const DEFAULT_CONCURRENCY = 5;
const REPROCESSED_AT_ONCE = 2;
const KEEPER_INTERVAL = Duration.minutes(15);

/**
 * Makes the variants of every image that is put below a prefix of a bucket or posted to `POST /v1/images`.
 *
 * JPEG, PNG, WebP, AVIF, GIF and TIFF are read. An image is validated (a decompression bomb is refused before it is
 * decoded), turned upright, freed of its metadata, made into the variants, and summarised in one JSON document that
 * says how it went, whether it went well or not. New images wait in a queue for one of a few that are worked on at one
 * time; what fails again and again ends in its dead-letter queue, and its summary says so.
 *
 * What stands of an image follows its original: of one that is replaced, the new variants get new keys and the old ones
 * stay for a day; of one that is deleted, they are deleted. When the variants change, all images are made again in the
 * background, and until then are shown as they are.
 */
@propertyInjectable
export class ImagePipeline extends Construct {
  /** What property injectors of the CDK know the construct by. */
  static readonly PROPERTY_INJECTION_ID: string = 'cdk-serverless-shop.ImagePipeline';

  /** Where originals are put. */
  readonly sourceBucket: s3.IBucket;

  /** Prefix of the originals. */
  readonly sourcePrefix: string;

  /** Where variants and summaries are. */
  readonly outputBucket: s3.IBucket;

  /** Prefix of the variants, and of nothing else. */
  readonly outputPrefix: string;

  /** Prefix of the summaries in the output bucket; they are not for everyone, as variants may be. */
  readonly summaryPrefix: string;

  /** What is made of every image. */
  readonly variants: ImageVariant[];

  /** The API with `POST /images`, `GET /images/{id}` and `GET /images/{id}/variants/{variant}`. */
  readonly api: ServiceApi;

  /** Makes the variants of an image, and writes down what became of it. */
  readonly processFunction: lambda.Function;

  /** Images that were put or deleted and wait for their turn, and those that failed for good. */
  readonly imageWorker: QueueWorker;

  /** Images that wait to be made again since the variants changed; they do not hold up new ones. */
  readonly reprocessWorker: QueueWorker;

  /** Has images made again when the variants change, and removes what was replaced. */
  readonly keeperFunction: lambda.Function;

  /** Takes images in over HTTP. */
  readonly uploadFunction: lambda.Function;

  /** Gives summaries and variants out over HTTP. */
  readonly queryFunction: lambda.Function;

  private readonly counted: CountedMetrics;
  private readonly failedKeeperRuns: sqs.Queue;

  constructor(scope: Construct, id: string, props: ImagePipelineProps = {}) {
    super(scope, id);
    checkedSettings(this, props.functions);
    this.counted = new CountedMetrics(this, IMAGE_METRICS.DIMENSION);
    const { source = {}, output = {} } = props;
    this.sourcePrefix = source.prefix ?? DEFAULT_SOURCE_PREFIX;
    this.outputPrefix = output.prefix ?? DEFAULT_OUTPUT_PREFIX;
    this.summaryPrefix = SUMMARIES + this.outputPrefix;
    this.variants = props.variants ?? DEFAULT_VARIANTS;
    this.sourceBucket =
      source.bucket ??
      privateBucket(this, 'Bucket', {
        encryptionKey: props.encryptionKey,
        removalPolicy: props.removalPolicy,
        events: true,
      });
    this.outputBucket = output.bucket ?? this.sourceBucket;
    if (source.bucket) sendEventsToEventBridge(this, source.bucket);
    checkProps(new Mistakes(this), props, this);

    const locations = {
      [IMAGE_ENV.SOURCE_BUCKET]: this.sourceBucket.bucketName,
      [IMAGE_ENV.SOURCE_PREFIX]: this.sourcePrefix,
      [IMAGE_ENV.OUTPUT_BUCKET]: this.outputBucket.bucketName,
      [IMAGE_ENV.OUTPUT_PREFIX]: this.outputPrefix,
      [IMAGE_ENV.SUMMARY_PREFIX]: this.summaryPrefix,
    };
    const limits = {
      [IMAGE_ENV.MAX_BYTES]: Tokenization.stringifyNumber(props.maxBytes ?? DEFAULT_MAX_BYTES),
      [IMAGE_ENV.MAX_PIXELS]: Tokenization.stringifyNumber(props.maxPixels ?? DEFAULT_MAX_PIXELS),
      [IMAGE_ENV.MAX_FRAMES]: Tokenization.stringifyNumber(props.maxFrames ?? DEFAULT_MAX_FRAMES),
    };
    const recipe = {
      [IMAGE_ENV.VARIANTS]: variantsSetting(this, this.variants),
      [IMAGE_ENV.KEEP]: props.keepMetadata ?? ImageMetadata.NONE,
    };
    const sharp = { layers: [NativeLayer.sharp(this, props.functions)], settings: props.functions };

    this.processFunction = new BundledFunction(this, 'Process', {
      bundle: 'image-process',
      description: 'Makes the variants of an image',
      environment: { ...locations, ...limits, ...recipe, ...this.counted.environment },
      timeout: Duration.minutes(2),
      memorySize: 2048,
      ...sharp,
    });
    this.allowRead(this.processFunction, this.sourceBucket, this.originals);
    this.allowRead(this.processFunction, this.outputBucket, this.summaries);
    allowPut(this.processFunction, this.outputBucket, this.media, this.summaries);
    allow(this.processFunction, ['s3:DeleteObject'], this.outputBucket.arnForObjects(this.media));

    const work = {
      handler: this.processFunction,
      batchSize: 1,
      maxReceiveCount: MOST_ATTEMPTS,
      // However many images come at once, none is lost while it waits.
      retentionPeriod: Duration.days(14),
      encryptionKey: props.encryptionKey,
      alarms: props.alarms,
    };
    this.reprocessWorker = new QueueWorker(this, 'Reprocessing', {
      ...work,
      description: 'Images to make again since the variants changed',
      maxConcurrency: REPROCESSED_AT_ONCE,
    });
    const maxConcurrency = props.maxConcurrency ?? DEFAULT_CONCURRENCY;
    this.imageWorker = new QueueWorker(this, 'Arrivals', {
      ...work,
      description: 'Images that were put or deleted',
      maxConcurrency,
    });
    this.imageWorker.listenTo('Originals', {
      description: 'Originals that were put or deleted',
      eventPattern: {
        source: ['aws.s3'],
        detailType: ['Object Created', 'Object Deleted'],
        detail: {
          bucket: { name: [this.sourceBucket.bucketName] },
          ...(this.sourcePrefix !== '' && { object: { key: events.Match.prefix(this.sourcePrefix) } }),
        },
      },
    });
    this.failedKeeperRuns = deadLetterQueue(this, 'FailedKeeperRuns', queueSecurity(props.encryptionKey));
    this.keeperFunction = this.keeper({ ...locations, ...limits, ...recipe }, props);

    this.uploadFunction = new BundledFunction(this, 'Upload', {
      bundle: 'image-upload',
      description: 'Takes images in over HTTP',
      environment: { ...locations, ...limits },
      timeout: Duration.seconds(29),
      memorySize: 1024,
      ...sharp,
    });
    allowPut(this.uploadFunction, this.sourceBucket, this.originals);
    allow(this.uploadFunction, ['s3:PutObjectTagging'], this.sourceBucket.arnForObjects(this.originals));
    this.allowRead(this.uploadFunction, this.outputBucket, this.summaries);

    this.queryFunction = new BundledFunction(this, 'Query', {
      bundle: 'image-query',
      description: 'Gives summaries and variants of images out over HTTP',
      environment: locations,
      settings: props.functions,
    });
    this.allowRead(this.queryFunction, this.sourceBucket, this.originals);
    this.allowRead(this.queryFunction, this.outputBucket, this.media, this.summaries);

    const { encryptionKey, functions } = props;
    this.api = props.api ?? new ServiceApi(this, 'Api', { logEncryptionKey: encryptionKey, functions });
    this.expireUploads(props);
    if (this.api.isOpen) {
      Annotations.of(this).addWarningV2(
        'cdk-serverless-shop:openUploads',
        'Everyone who reaches the API may upload images, at your cost. To change that, pass `api: new ServiceApi(scope, id, { authorizer })`.',
      );
    }
    this.api.addRoutes([...ROUTES['image-upload']], this.uploadFunction);
    this.api.addRoutes([...ROUTES['image-query']], this.queryFunction);
  }

  /** Allows putting originals where the pipeline finds them. */
  grantPutSource(grantee: iam.IGrantable): iam.Grant {
    return allowPut(grantee, this.sourceBucket, this.originals);
  }

  /** Allows deleting originals. What was made of one is deleted then, too. */
  grantDeleteSource(grantee: iam.IGrantable): iam.Grant {
    return allow(grantee, ['s3:DeleteObject'], this.sourceBucket.arnForObjects(this.originals));
  }

  /** Allows keeping images that came over HTTP: taking off the tags by which they expire. */
  grantKeepUploads(grantee: iam.IGrantable): iam.Grant {
    return allow(grantee, ['s3:DeleteObjectTagging'], this.sourceBucket.arnForObjects(this.originals));
  }

  /** Allows reading variants and summaries. */
  grantReadOutput(grantee: iam.IGrantable): iam.Grant {
    return this.allowRead(grantee, this.outputBucket, this.media, this.summaries);
  }

  /** Images of which at least one variant was made. */
  metricReady(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.counted.metric(IMAGE_METRICS.READY, options);
  }

  /** Objects that were not an image, or not one that is taken. */
  metricRejected(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.counted.metric(IMAGE_METRICS.REJECTED, options);
  }

  /** Images that the pipeline could not finish in five attempts. */
  metricFailed(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.counted.metric(IMAGE_METRICS.FAILED, options);
  }

  /** Age of the oldest image that waits for its turn, in seconds. */
  metricImageAge(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.imageWorker.metricAge(options);
  }

  /** Images that failed for good, and wait in the dead-letter queue of those that were put or deleted. */
  metricImageDeadLetters(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.imageWorker.metricDeadLetters(options);
  }

  /** Images that failed for good as they were made again, and wait in the dead-letter queue of these. */
  metricReprocessingDeadLetters(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.reprocessWorker.metricDeadLetters(options);
  }

  /** Runs of the keeper that failed and wait in their dead-letter queue. */
  metricFailedKeeperRuns(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.failedKeeperRuns.metricApproximateNumberOfMessagesVisible(options);
  }

  /** By S3 itself, which then tells the pipeline as of any other that is deleted. */
  private expireUploads({
    source,
    uploadExpiry = this.api.isOpen ? OPEN_UPLOADS_STAY : undefined,
  }: ImagePipelineProps) {
    if (!uploadExpiry || source?.bucket) return;
    (this.sourceBucket as s3.Bucket).addLifecycleRule({
      prefix: this.sourcePrefix,
      tagFilters: UPLOAD_TAG,
      expiration: uploadExpiry,
    });
    // In a versioned bucket each leaves a marker, which S3 takes away by a rule of its own alone.
    (this.sourceBucket as s3.Bucket).addLifecycleRule({ prefix: this.sourcePrefix, expiredObjectDeleteMarker: true });
  }

  private get originals(): string {
    return `${this.sourcePrefix}*`;
  }

  private get media(): string {
    return `${this.outputPrefix}*`;
  }

  private get summaries(): string {
    return `${this.summaryPrefix}*/${SUMMARY}`;
  }

  /** Looks in from time to time; while nothing changes, a look costs one small read. */
  private keeper(environment: Record<string, string>, { functions, alarms }: ImagePipelineProps): lambda.Function {
    const keeper = new BundledFunction(this, 'Keeper', {
      bundle: 'image-keeper',
      description: 'Has images made again when the variants change, and removes what was replaced',
      environment: { ...environment, [IMAGE_ENV.BACKLOG]: this.reprocessWorker.queue.queueUrl },
      timeout: Duration.minutes(5),
      deadLetterQueue: this.failedKeeperRuns,
      settings: functions,
    });
    allow(keeper, ['s3:ListBucket'], this.sourceBucket.bucketArn);
    const state = this.summaryPrefix + KEEPER_STATE;
    this.allowRead(keeper, this.outputBucket, this.summaries, state);
    allowPut(keeper, this.outputBucket, state);
    const removed = [this.media, this.summaries].map((pattern) => this.outputBucket.arnForObjects(pattern));
    allow(keeper, ['s3:DeleteObject'], ...removed);
    allowKey(keeper, this.reprocessWorker.queue.encryptionMasterKey);
    allow(keeper, ['sqs:SendMessage'], this.reprocessWorker.queue.queueArn);
    new events.Rule(this, 'KeeperHours', {
      description: 'Lets the keeper of the images look in',
      schedule: events.Schedule.rate(KEEPER_INTERVAL),
      targets: [new targets.LambdaFunction(keeper, { retryAttempts: 0, deadLetterQueue: this.failedKeeperRuns })],
    });
    alarmOnDeadLetters(
      this.failedKeeperRuns,
      {
        what: 'Runs of the keeper of images that failed',
        remedy: `Why is in the log of ${keeper.functionName}. Nothing is to be moved on, the next run goes on where it stopped; once one succeeds: aws sqs purge-queue --queue-url ${this.failedKeeperRuns.queueUrl}`,
      },
      alarms,
    );
    return keeper;
  }

  private allowRead(grantee: iam.IGrantable, bucket: s3.IBucket, ...patterns: string[]): iam.Grant {
    bucket.encryptionKey?.grantDecrypt(grantee);
    // Who may not list a bucket is told that access to a missing object is denied, not that it is missing.
    allow(grantee, ['s3:ListBucket'], bucket.bucketArn);
    return allow(grantee, ['s3:GetObject'], ...patterns.map((pattern) => bucket.arnForObjects(pattern)));
  }
}
