import { Duration, type RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as events from 'aws-cdk-lib/aws-events';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { propertyInjectable } from 'aws-cdk-lib/core/lib/prop-injectable';
import { Construct } from 'constructs';
import type { ServiceApi } from '../api';
import type { AlarmSettings } from '../building-blocks/alarm-settings';
import { sendEventsToEventBridge } from '../building-blocks/bucket-events';
import type { BucketLocation } from '../building-blocks/bucket-location';
import { BundledFunction } from '../building-blocks/bundled-function';
import { acknowledgeCaller } from '../building-blocks/callers';
import { CountedMetrics } from '../building-blocks/counted-metrics';
import type { FunctionSettings } from '../building-blocks/function-settings';
import { allow, allowPut } from '../building-blocks/permissions';
import { privateBucket } from '../building-blocks/private-bucket';
import { QueueWorker } from '../building-blocks/queue-worker';
import { Mistakes, PREFIX } from '../building-blocks/validation';
import { INFERENCE_ENV, INFERENCE_METRICS, type InferenceSettings } from './contract';
import type { InferenceModel } from './inference-model';
import { ROUTES } from './routes.generated';

/** Properties of a MlInferenceFunction. */
export interface MlInferenceFunctionProps {
  /** The model: `InferenceModel.inFunction(...)` or `InferenceModel.fromEndpointName(...)`. */
  readonly model: InferenceModel;

  /**
   * Names of the classes, in the order of the model's outputs, up to 3,000 bytes as JSON.
   *
   * @default - the number of the class, from 0; an endpoint may answer names itself
   */
  readonly labels?: string[];

  /**
   * How many labels are answered, the likeliest first, 1 to 100. A request may ask for another number.
   *
   * @default 5
   */
  readonly top?: number;

  /**
   * Least score, 0 to 1, at which the likeliest class is named; below it `label` is null.
   *
   * @default 0
   */
  readonly threshold?: number;

  /**
   * API that `POST /v1/classify` is put into, one of these in an API. Whoever reaches the API may classify.
   *
   * @default - no HTTP
   */
  readonly api?: ServiceApi;

  /**
   * A bucket whose images are classified as they arrive: every object below the prefix is taken for one. An empty
   * location (`source: {}`) stands for `incoming/` in a private, versioned bucket of the function's own. The prefix may
   * be empty, for the whole bucket, when the output goes to another one.
   *
   * @default - no bucket is watched
   */
  readonly source?: BucketLocation;

  /**
   * Where the results of the source's images are put: JSON under the prefix and the image's key, as in
   * `results/incoming/seven.png.json`.
   *
   * @default - below `results/` in the bucket of the images
   */
  readonly output?: BucketLocation;

  /**
   * When a call is ended, 1 second to 15 minutes; with `api` at most 29 seconds, since API Gateway waits no longer.
   *
   * @default Duration.seconds(29)
   */
  readonly timeout?: Duration;

  /**
   * Key that encrypts the bucket and the queues that are made.
   *
   * @default - keys that AWS owns
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * What happens to the bucket when the function is taken out of its stack. To delete it, also set the context
   * `cdk-serverless-shop:allow-data-removal` to true, and empty it first.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;

  /**
   * Alarms on what failed for good.
   *
   * @default - none
   */
  readonly alarms?: AlarmSettings;

  /**
   * How the function is run.
   *
   * @default - see FunctionSettings
   */
  readonly functions?: FunctionSettings;
}

/** Time that the function needs beside the model: reading the image, waits between calls, the answer. */
const OVERHEAD = Duration.seconds(3);
const DEFAULT_TIMEOUT = Duration.seconds(29);
const MOST_LABEL_BYTES = 3000;
const DEFAULT_SOURCE_PREFIX = 'incoming/';
const DEFAULT_OUTPUT_PREFIX = 'results/';

/**
 * Classifies images with a model that runs inside the function or behind a SageMaker endpoint.
 *
 * Called directly it takes `{"image": "<base64>"}` or `{"s3": {"bucket": "...", "key": "..."}}`, with `"top"` by choice,
 * and answers `{"label": "7", "score": 0.98, "scores": [{"label": "7", "score": 0.98}, ...], "model": {"name": ...}}`.
 * It fails with an error of the name `invalid_request`, `not_an_image`, `broken_image`, `too_many_pixels`,
 * `unsupported_codec`, `image_refused`, `image_not_found` or `payload_too_large` (the image is at fault), or
 * `model_missing`, `model_checksum_mismatch`, `model_throttled`, `model_failed` or `model_timeout` (the model is), or `busy`.
 *
 * JPEG, PNG, WebP, AVIF, GIF and TIFF are read, up to 20 MiB, and for a model in the function up to so many pixels as its
 * preprocessing allows. An object of another bucket can be
 * classified once its bucket grants this construct to read it.
 */
@propertyInjectable
export class MlInferenceFunction extends Construct implements iam.IGrantable {
  /** What property injectors of the CDK know the construct by. */
  static readonly PROPERTY_INJECTION_ID: string = 'cdk-serverless-shop.MlInferenceFunction';

  /** Classifies images. */
  readonly inferenceFunction: lambda.Function;

  /** The function's principal, to be granted access to images. */
  readonly grantPrincipal: iam.IPrincipal;

  /** Bucket that is watched for images, if any. */
  readonly sourceBucket?: s3.IBucket;

  /** Prefix of the images in the source bucket. */
  readonly sourcePrefix?: string;

  /** Bucket of the results, if a bucket is watched. */
  readonly outputBucket?: s3.IBucket;

  /** Prefix of the results. */
  readonly outputPrefix?: string;

  /** Images that wait to be classified, and those that failed for good, if a bucket is watched. */
  readonly imageWorker?: QueueWorker;

  private readonly counted: CountedMetrics;

  constructor(scope: Construct, id: string, props: MlInferenceFunctionProps) {
    super(scope, id);
    this.counted = new CountedMetrics(this, INFERENCE_METRICS.DIMENSION);
    const { model, functions } = props;
    this.validateProps(props);
    const watched = this.watchedFolders(props);
    this.sourceBucket = watched?.images.bucket;
    this.sourcePrefix = watched?.images.prefix;
    this.outputBucket = watched?.results.bucket;
    this.outputPrefix = watched?.results.prefix;

    this.inferenceFunction = new BundledFunction(this, 'Function', {
      bundle: model._place.bundle,
      description: 'Classifies images',
      environment: {
        ...this.counted.environment,
        [INFERENCE_ENV.SETTINGS]: Stack.of(this).toJsonString(
          sorted({
            labels: props.labels,
            top: props.top ?? 5,
            threshold: props.threshold ?? 0,
            ...model._place.settings,
          }),
        ),
        ...model._place.environment,
        ...(watched && {
          [INFERENCE_ENV.OUTPUT_BUCKET]: watched.results.bucket.bucketName,
          [INFERENCE_ENV.OUTPUT_PREFIX]: watched.results.prefix,
        }),
      },
      timeout: props.timeout ?? DEFAULT_TIMEOUT,
      memorySize: model._place.defaultMemorySize,
      layers: model._place.layers(this, functions),
      settings: functions,
    });
    acknowledgeCaller(this.inferenceFunction, 'invoker');
    this.grantPrincipal = this.inferenceFunction.grantPrincipal;
    model._place.allow(this.inferenceFunction);
    props.api?.addRoutes([...ROUTES.inference], this.inferenceFunction);
    this.imageWorker = watched && this.watch(watched, props);
  }

  /** Allows calling the function. */
  grantInvoke(grantee: iam.IGrantable): iam.Grant {
    return allow(grantee, ['lambda:InvokeFunction'], this.inferenceFunction.functionArn);
  }

  /**
   * Allows putting images where they are classified.
   *
   * @throws when no bucket is watched
   */
  grantPutSource(grantee: iam.IGrantable): iam.Grant {
    if (!this.sourceBucket) throw new Error('No bucket is watched for images: set the property "source".');
    return allowPut(grantee, this.sourceBucket, `${this.sourcePrefix}*`);
  }

  /**
   * Allows reading results.
   *
   * @throws when no bucket is watched
   */
  grantReadOutput(grantee: iam.IGrantable): iam.Grant {
    if (!this.outputBucket) throw new Error('There are no results to read: set the property "source".');
    this.outputBucket.encryptionKey?.grantDecrypt(grantee);
    return allow(grantee, ['s3:GetObject'], this.outputBucket.arnForObjects(`${this.outputPrefix}*`));
  }

  /** Images that were classified. */
  metricClassified(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.counted.metric(INFERENCE_METRICS.CLASSIFIED, options);
  }

  /** Requests and objects that were refused: mostly no image, or not one that is read. */
  metricRejected(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.counted.metric(INFERENCE_METRICS.REJECTED, options);
  }

  /** Images that were not classified because the model could not be used, or for want of permissions. */
  metricFailed(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.counted.metric(INFERENCE_METRICS.FAILED, options);
  }

  /** Time of a call, in milliseconds. */
  metricDuration(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.inferenceFunction.metricDuration(options);
  }

  private watchedFolders(props: MlInferenceFunctionProps): WatchedFolders | undefined {
    const { source, output = {}, encryptionKey, removalPolicy } = props;
    if (!source) return undefined;
    const bucket = source.bucket ?? privateBucket(this, 'Images', { encryptionKey, removalPolicy, events: true });
    if (source.bucket) sendEventsToEventBridge(this, source.bucket);
    return {
      images: { bucket, prefix: source.prefix ?? DEFAULT_SOURCE_PREFIX },
      results: { bucket: output.bucket ?? bucket, prefix: output.prefix ?? DEFAULT_OUTPUT_PREFIX },
    };
  }

  /** Sends the bucket's new images through a queue to the function, one at a time, so that none delays another. */
  private watch({ images, results }: WatchedFolders, props: MlInferenceFunctionProps): QueueWorker {
    images.bucket.encryptionKey?.grantDecrypt(this.inferenceFunction);
    // Who may not list a bucket is told that access to a missing object is denied, not that it is missing.
    allow(this.inferenceFunction, ['s3:ListBucket'], images.bucket.bucketArn);
    allow(this.inferenceFunction, ['s3:GetObject'], images.bucket.arnForObjects(`${images.prefix}*`));
    allowPut(this.inferenceFunction, results.bucket, `${results.prefix}*`);

    const worker = new QueueWorker(this, 'Arrivals', {
      handler: this.inferenceFunction,
      batchSize: 1,
      // Some two hours, in which a model can be mended: five tries are over in a minute.
      maxReceiveCount: 20,
      description: 'Images to classify',
      encryptionKey: props.encryptionKey,
      alarms: props.alarms,
    });
    worker.listenTo('NewImages', {
      description: 'Images to classify',
      eventPattern: {
        source: ['aws.s3'],
        detailType: ['Object Created'],
        detail: {
          bucket: { name: [images.bucket.bucketName] },
          ...(images.prefix !== '' && { object: { key: events.Match.prefix(images.prefix) } }),
        },
      },
    });
    return worker;
  }

  private validateProps(props: MlInferenceFunctionProps): void {
    const { labels, top = 5, threshold = 0, timeout = DEFAULT_TIMEOUT, model } = props;
    const mistakes = new Mistakes(this);
    for (const mistake of model._place.mistakes) mistakes.when(true, mistake);

    mistakes.when(labels?.length === 0, 'labels is empty: name the classes, or leave it out.');
    const repeated = labels?.filter((label, index) => labels.indexOf(label) !== index) ?? [];
    mistakes.when(
      repeated.length > 0,
      `labels has more than one "${repeated[0]}"; each class needs a name of its own.`,
    );
    const bytes = Buffer.byteLength(JSON.stringify(labels ?? []));
    mistakes.when(
      bytes > MOST_LABEL_BYTES,
      `labels has ${bytes} bytes as JSON; at most ${MOST_LABEL_BYTES} fit in the function's environment. Leave it out and name the numbers of the classes where they are used.`,
    );
    mistakes.unlessWhole('top', top, 1, 100);
    mistakes.when(
      !Token.isUnresolved(threshold) && !(threshold >= 0 && threshold <= 1),
      `threshold is ${threshold}; it must be from 0 to 1.`,
    );
    this.validateLocations(mistakes, props);
    if (!timeout.isUnresolved()) this.validateTimeout(mistakes, timeout, props);
  }

  private validateTimeout(mistakes: Mistakes, timeout: Duration, { api, model }: MlInferenceFunctionProps): void {
    const seconds = timeout.toSeconds({ integral: false });
    mistakes.unlessSeconds(
      timeout,
      Duration.seconds(1),
      Duration.minutes(15),
      `timeout is ${seconds} s; it must be whole seconds, from 1 to 900.`,
    );
    mistakes.when(
      api !== undefined && seconds > DEFAULT_TIMEOUT.toSeconds(),
      `timeout is ${seconds} s, but with api it may be 29 s at most, since API Gateway waits no longer.`,
    );
    const needed = model._place.longest
      ? model._place.longest.toSeconds({ integral: false }) + OVERHEAD.toSeconds()
      : 0;
    mistakes.when(
      seconds < needed,
      `timeout is ${seconds} s, but the endpoint with its retries may take ${needed} s with what is around them. Give a longer timeout, or the endpoint a shorter timeout or fewer retries.`,
    );
  }

  private validateLocations(mistakes: Mistakes, { source, output = {} }: MlInferenceFunctionProps): void {
    mistakes.when(
      !source && (output.bucket !== undefined || output.prefix !== undefined),
      'output is set without source, so that there is nothing to put there. Set source too, as in `source: {}`.',
    );
    if (!source) return;
    const sourcePrefix = source.prefix ?? DEFAULT_SOURCE_PREFIX;
    const outputPrefix = output.prefix ?? DEFAULT_OUTPUT_PREFIX;
    for (const [name, prefix] of Object.entries({ source: sourcePrefix, output: outputPrefix })) {
      mistakes.unlessMatching(
        prefix,
        PREFIX,
        `${name}.prefix is "${prefix}"; it must be names of letters, digits, ".", "_" and "-", each followed by "/", as in "photos/".`,
      );
    }
    const sameBucket = !output.bucket || output.bucket.bucketName === source.bucket?.bucketName;
    mistakes.when(
      sameBucket && outputPrefix.startsWith(sourcePrefix),
      `output.prefix "${outputPrefix}" is under source.prefix "${sourcePrefix}" in the same bucket, so that results would be taken for images without end. Choose prefixes beside each other, or another bucket for the output.`,
    );
  }
}

interface Folder {
  readonly bucket: s3.IBucket;
  readonly prefix: string;
}

interface WatchedFolders {
  readonly images: Folder;
  readonly results: Folder;
}

/** Members sorted, since languages hand them over in different orders. */
function sorted(settings: InferenceSettings): InferenceSettings {
  const sort = (value: unknown): unknown =>
    value && typeof value === 'object' && !Array.isArray(value)
      ? Object.fromEntries(
          Object.entries(value)
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([name, inner]) => [name, sort(inner)]),
        )
      : value;
  return sort(settings) as InferenceSettings;
}
