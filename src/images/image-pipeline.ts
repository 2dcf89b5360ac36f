import { Annotations, Duration, type RemovalPolicy, Tokenization } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { ServiceApi } from '../api';
import { sendEventsToEventBridge } from '../building-blocks/bucket-events';
import { BundledFunction } from '../building-blocks/bundled-function';
import { CountedMetrics } from '../building-blocks/counted-metrics';
import { FunctionChain } from '../building-blocks/function-chain';
import type { FunctionSettings } from '../building-blocks/function-settings';
import { NativeLayer } from '../building-blocks/native-layer';
import { acknowledge, allow } from '../building-blocks/permissions';
import { privateBucket } from '../building-blocks/private-bucket';
import { Mistakes, PREFIX } from '../building-blocks/validation';
import { IMAGE_ENV, IMAGE_METRICS, SUMMARY } from './contract';
import { DEFAULT_VARIANTS, ImageMetadata, type ImageVariant, variantMistakes, variantsSetting } from './image-variant';
import { ROUTES } from './routes.generated';

/** Properties of an ImagePipeline. */
export interface ImagePipelineProps {
  /**
   * What is made of every image, 1 to 20 variants.
   *
   * @default - thumb, card and full: 160, 480 and 1200 pixels wide, as WebP
   */
  readonly variants?: ImageVariant[];

  /**
   * Bucket for originals. One that this app does not make must send its events to Amazon EventBridge.
   *
   * @default - a private, versioned bucket of the pipeline's own
   */
  readonly bucket?: s3.IBucket;

  /**
   * Where originals are put: every object below this prefix is taken for an image. Ends in `/`, or is empty for
   * the whole bucket when the output goes to another one.
   *
   * @default 'originals/'
   */
  readonly prefix?: string;

  /**
   * Bucket for variants and summaries.
   *
   * @default - the bucket of the originals
   */
  readonly outputBucket?: s3.IBucket;

  /**
   * Where variants and summaries are put: `<prefix><id>/<variant>.<ext>` and `<prefix><id>/summary.json`, where an
   * image's id is its key below the source prefix.
   *
   * @default 'media/'
   */
  readonly outputPrefix?: string;

  /**
   * Metadata that variants keep. They are turned upright before it is removed.
   *
   * @default ImageMetadata.NONE
   */
  readonly keep?: ImageMetadata;

  /**
   * Most bytes an original may have, up to 100 MiB; 25 MiB by default. Over HTTP it may have 4 MiB at most.
   *
   * @default 26214400
   */
  readonly maxBytes?: number;

  /**
   * Most pixels an original may have, over all its frames together, up to 100 million. What has more is refused
   * before it is decoded.
   *
   * @default 50000000
   */
  readonly maxPixels?: number;

  /**
   * Frames of an animation that are kept, 1 to 1000; the rest is dropped.
   *
   * @default 100
   */
  readonly maxFrames?: number;

  /**
   * API that the pipeline's operations are put into, one pipeline in an API.
   *
   * @default - an API of the pipeline's own
   */
  readonly api?: ServiceApi;

  /**
   * Key that encrypts what the pipeline makes.
   *
   * @default - keys that AWS owns
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * What happens to the bucket when the pipeline is taken out of its stack. To delete it, also set the context
   * `cdk-serverless-shop:allow-data-removal` to true, and empty it first.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;

  /**
   * How the functions are run.
   *
   * @default - see FunctionSettings
   */
  readonly functions?: FunctionSettings;
}

const DEFAULT_PREFIX = 'originals/';
const DEFAULT_OUTPUT_PREFIX = 'media/';
const DEFAULT_MAX_BYTES = 25 * 1024 * 1024;
const MOST_BYTES = 100 * 1024 * 1024;
const DEFAULT_MAX_PIXELS = 50_000_000;
const MOST_PIXELS = 100_000_000;
const DEFAULT_MAX_FRAMES = 100;
const MOST_FRAMES = 1000;

/**
 * Makes the variants of every image that is put below a prefix of a bucket or posted to `POST /v1/images`.
 *
 * JPEG, PNG, WebP, AVIF, GIF and TIFF are read. An image is validated (a decompression bomb is refused before it is
 * decoded), turned upright, freed of its metadata, made into the variants, and summarised in one JSON document that
 * says how it went, whether it went well or not. The same image always gives the same result, so that it does no
 * harm when an event comes twice.
 */
export class ImagePipeline extends Construct {
  /** Where originals are put. */
  readonly bucket: s3.IBucket;

  /** Prefix of the originals. */
  readonly prefix: string;

  /** Where variants and summaries are. */
  readonly outputBucket: s3.IBucket;

  /** Prefix of variants and summaries. */
  readonly outputPrefix: string;

  /** What is made of every image. */
  readonly variants: ImageVariant[];

  /** The API with `POST /images`, `GET /images/{id}` and `GET /images/{id}/variants/{variant}`. */
  readonly api: ServiceApi;

  /** The chain of functions that every image goes through. */
  readonly chain: FunctionChain;

  /** Decides whether an object is an image that is taken. */
  readonly validateFunction: lambda.Function;

  /** Makes the variants. */
  readonly transformFunction: lambda.Function;

  /** Writes the summary. */
  readonly summariseFunction: lambda.Function;

  /** Takes images in over HTTP. */
  readonly uploadFunction: lambda.Function;

  /** Gives summaries and variants out over HTTP. */
  readonly queryFunction: lambda.Function;

  /** Events of images whose chain could not be started; kept 14 days, to be looked at and redriven. */
  readonly deadLetterQueue: sqs.Queue;

  private readonly counted: CountedMetrics;

  constructor(scope: Construct, id: string, props: ImagePipelineProps = {}) {
    super(scope, id);
    this.counted = new CountedMetrics(this, IMAGE_METRICS.DIMENSION);
    this.prefix = props.prefix ?? DEFAULT_PREFIX;
    this.outputPrefix = props.outputPrefix ?? DEFAULT_OUTPUT_PREFIX;
    this.variants = props.variants ?? DEFAULT_VARIANTS;
    this.bucket =
      props.bucket ??
      privateBucket(this, 'Bucket', {
        encryptionKey: props.encryptionKey,
        removalPolicy: props.removalPolicy,
        events: true,
      });
    this.outputBucket = props.outputBucket ?? this.bucket;
    if (props.bucket) sendEventsToEventBridge(this, props.bucket);
    this.validateProps(props);

    const locations = {
      [IMAGE_ENV.SOURCE_BUCKET]: this.bucket.bucketName,
      [IMAGE_ENV.SOURCE_PREFIX]: this.prefix,
      [IMAGE_ENV.OUTPUT_BUCKET]: this.outputBucket.bucketName,
      [IMAGE_ENV.OUTPUT_PREFIX]: this.outputPrefix,
    };
    const limits = {
      [IMAGE_ENV.MAX_BYTES]: Tokenization.stringifyNumber(props.maxBytes ?? DEFAULT_MAX_BYTES),
      [IMAGE_ENV.MAX_PIXELS]: Tokenization.stringifyNumber(props.maxPixels ?? DEFAULT_MAX_PIXELS),
      [IMAGE_ENV.MAX_FRAMES]: Tokenization.stringifyNumber(props.maxFrames ?? DEFAULT_MAX_FRAMES),
    };
    const recipe = {
      [IMAGE_ENV.VARIANTS]: variantsSetting(this, this.variants),
      [IMAGE_ENV.KEEP]: props.keep ?? ImageMetadata.NONE,
    };
    const sharp = { layers: [NativeLayer.sharp(this, props.functions)], settings: props.functions };

    // Together with their retries the steps stay below the five minutes of an express state machine,
    // so that there is always time left for the summary.
    this.validateFunction = new BundledFunction(this, 'Validate', {
      bundle: 'image-validate',
      description: 'Decides whether an object is an image that is taken',
      environment: { ...locations, ...limits, ...recipe },
      timeout: Duration.seconds(20),
      memorySize: 1024,
      ...sharp,
    });
    this.allowRead(this.validateFunction, this.bucket, this.originals);
    this.allowRead(this.validateFunction, this.outputBucket, this.summaries);

    this.transformFunction = new BundledFunction(this, 'Transform', {
      bundle: 'image-transform',
      description: 'Makes the variants of an image',
      environment: { ...locations, ...recipe, [IMAGE_ENV.MAX_PIXELS]: limits[IMAGE_ENV.MAX_PIXELS] },
      timeout: Duration.seconds(70),
      memorySize: 2048,
      ...sharp,
    });
    this.allowRead(this.transformFunction, this.bucket, this.originals);
    this.allowWrite(this.transformFunction, this.outputBucket, this.media);

    this.summariseFunction = new BundledFunction(this, 'Summarise', {
      bundle: 'image-summarise',
      description: 'Writes down what became of an image',
      environment: { ...locations, ...this.counted.environment },
      timeout: Duration.seconds(10),
      settings: props.functions,
    });
    this.allowWrite(this.summariseFunction, this.outputBucket, this.summaries);

    this.chain = new FunctionChain(this, 'Chain', {
      steps: [
        { name: 'Validate image', handler: this.validateFunction },
        { name: 'Make variants', handler: this.transformFunction, retries: 1 },
        { name: 'Summarise', handler: this.summariseFunction },
      ],
      onFailure: this.summariseFunction,
      logRetention: props.functions?.logRetention,
      logEncryptionKey: props.functions?.logEncryptionKey,
      tracingEnabled: (props.functions?.tracing ?? lambda.Tracing.ACTIVE) === lambda.Tracing.ACTIVE,
    });
    this.deadLetterQueue = new sqs.Queue(this, 'Undelivered', {
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
      encryption: props.encryptionKey ? sqs.QueueEncryption.KMS : undefined,
      encryptionMasterKey: props.encryptionKey,
    });
    // EventBridge gives dead letters to an encrypted queue with a key it may use.
    props.encryptionKey?.grant(new iam.ServicePrincipal('events.amazonaws.com'), 'kms:Decrypt', 'kms:GenerateDataKey');
    acknowledge(this.deadLetterQueue, {
      'AwsSolutions::AwsSolutions-SQS3': 'It is the dead-letter queue of a rule, which checkers cannot see.',
      'Serverless::Serverless-SQSRedrivePolicy': 'It is the dead-letter queue of a rule, which checkers cannot see.',
    });
    this.startOnNewObjects();

    this.uploadFunction = new BundledFunction(this, 'Upload', {
      bundle: 'image-upload',
      description: 'Takes images in over HTTP',
      environment: { ...locations, ...limits },
      timeout: Duration.seconds(29),
      memorySize: 1024,
      ...sharp,
    });
    this.allowWrite(this.uploadFunction, this.bucket, this.originals);
    this.allowRead(this.uploadFunction, this.outputBucket, this.summaries);

    this.queryFunction = new BundledFunction(this, 'Query', {
      bundle: 'image-query',
      description: 'Gives summaries and variants of images out over HTTP',
      environment: locations,
      settings: props.functions,
    });
    this.allowRead(this.queryFunction, this.bucket, this.originals);
    this.allowRead(this.queryFunction, this.outputBucket, this.media);

    const { encryptionKey, functions } = props;
    this.api = props.api ?? new ServiceApi(this, 'Api', { encryptionKey, functions });
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
  grantPutImages(grantee: iam.IGrantable): iam.Grant {
    return this.allowWrite(grantee, this.bucket, this.originals);
  }

  /** Allows reading variants and summaries. */
  grantRead(grantee: iam.IGrantable): iam.Grant {
    return this.allowRead(grantee, this.outputBucket, this.media);
  }

  /** Images of which at least one variant was made. */
  metricReady(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.counted.metric(IMAGE_METRICS.READY, options);
  }

  /** Objects that were not an image, or not one that is taken. */
  metricRejected(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.counted.metric(IMAGE_METRICS.REJECTED, options);
  }

  /** Images that the pipeline could not finish. */
  metricFailed(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.counted.metric(IMAGE_METRICS.FAILED, options);
  }

  private get originals(): string {
    return `${this.prefix}*`;
  }

  private get media(): string {
    return `${this.outputPrefix}*`;
  }

  private get summaries(): string {
    return `${this.outputPrefix}*/${SUMMARY}`;
  }

  private startOnNewObjects(): void {
    new events.Rule(this, 'NewImages', {
      description: 'Starts the chain for every image that is put into the bucket',
      eventPattern: {
        source: ['aws.s3'],
        detailType: ['Object Created'],
        detail: {
          bucket: { name: [this.bucket.bucketName] },
          ...(this.prefix !== '' && { object: { key: events.Match.prefix(this.prefix) } }),
        },
      },
      targets: [
        new targets.SfnStateMachine(this.chain.stateMachine, {
          input: events.RuleTargetInput.fromEventPath('$.detail'),
          deadLetterQueue: this.deadLetterQueue,
        }),
      ],
    });
  }

  private allowRead(grantee: iam.IGrantable, bucket: s3.IBucket, pattern: string): iam.Grant {
    bucket.encryptionKey?.grantDecrypt(grantee);
    // Who may not list a bucket is told that access to a missing object is denied, not that it is missing.
    allow(grantee, ['s3:ListBucket'], bucket.bucketArn);
    return allow(grantee, ['s3:GetObject'], bucket.arnForObjects(pattern));
  }

  private allowWrite(grantee: iam.IGrantable, bucket: s3.IBucket, pattern: string): iam.Grant {
    bucket.encryptionKey?.grant(grantee, 'kms:GenerateDataKey');
    return allow(grantee, ['s3:PutObject'], bucket.arnForObjects(pattern));
  }

  private validateProps({ variants, maxBytes, maxPixels, maxFrames }: ImagePipelineProps): void {
    const mistakes = new Mistakes(this);
    for (const mistake of variantMistakes(variants ?? DEFAULT_VARIANTS)) mistakes.when(true, mistake);

    const sameBucket = this.outputBucket.bucketName === this.bucket.bucketName;
    for (const [name, prefix] of Object.entries({ prefix: this.prefix, outputPrefix: this.outputPrefix })) {
      mistakes.unlessMatching(
        prefix,
        PREFIX,
        `${name} is "${prefix}"; it must be names of letters, digits, ".", "_" and "-", each followed by "/", as in "photos/".`,
      );
    }
    mistakes.when(
      sameBucket && this.outputPrefix.startsWith(this.prefix),
      `outputPrefix "${this.outputPrefix}" is under prefix "${this.prefix}" in the same bucket, so that variants would be taken for originals without end. Choose prefixes beside each other, or another outputBucket.`,
    );
    mistakes.when(
      sameBucket && this.prefix !== this.outputPrefix && this.prefix.startsWith(this.outputPrefix),
      `prefix "${this.prefix}" is under outputPrefix "${this.outputPrefix}" in the same bucket, so that originals would be given out with the variants. Choose prefixes beside each other, or another outputBucket.`,
    );
    const limits = [
      ['maxBytes', maxBytes, MOST_BYTES],
      ['maxPixels', maxPixels, MOST_PIXELS],
      ['maxFrames', maxFrames, MOST_FRAMES],
    ] as const;
    for (const [name, value, most] of limits) mistakes.unlessWhole(name, value, 1, most);
  }
}
