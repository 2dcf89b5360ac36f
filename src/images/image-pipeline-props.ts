import type { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type { ServiceApi } from '../api';
import type { AlarmSettings } from '../building-blocks/alarm-settings';
import type { BucketLocation } from '../building-blocks/bucket-location';
import type { FunctionSettings } from '../building-blocks/function-settings';
import type { ImageMetadata, ImageVariant } from './image-variant';

/** Properties of an ImagePipeline. */
export interface ImagePipelineProps {
  /**
   * What is made of every image, 1 to 20 variants.
   *
   * @default - thumb, card and full: 160, 480 and 1200 pixels wide, as WebP
   */
  readonly variants?: ImageVariant[];

  /**
   * Where originals are put: every object below the prefix is taken for an image. The prefix may be empty, for the
   * whole bucket, when the output goes to another one.
   *
   * @default - below `originals/` in a private, versioned bucket of the pipeline's own
   */
  readonly source?: BucketLocation;

  /**
   * Where variants are put: `<prefix><id>/<run>/<variant>.<ext>`, where an image's id is its key below the source's
   * prefix. Only its summary, `image-summaries/<prefix><id>/summary.json`, tells the keys of the variants: they are
   * others each time the image is replaced or the variants change.
   *
   * @default - below `media/` in the bucket of the originals
   */
  readonly output?: BucketLocation;

  /**
   * Metadata that variants keep. They are turned upright before it is removed.
   *
   * @default ImageMetadata.NONE
   */
  readonly keepMetadata?: ImageMetadata;

  /**
   * Most bytes an original may have, up to 100 MiB; 25 MiB by default. Over HTTP it may have 4 MiB at most.
   *
   * @default 26214400
   */
  readonly maxBytes?: number;

  /**
   * Most pixels an original may have, over all its frames together, up to 100 million; an AVIF, which costs the most to
   * decode, may have a quarter of it. What has more is refused before it is decoded.
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
   * Images worked on at one time, 2 to 1000; the others wait. Functions share the concurrency of their account, so that
   * this bounds what a heap of new images may take away from everything else. Two more are worked on while old images
   * are made again after a change of the variants.
   *
   * @default 5
   */
  readonly maxConcurrency?: number;

  /**
   * Time after which an image that came over HTTP is deleted, with all that was made of it, in whole days, unless
   * somebody took its tag `upload` off it: that is how to keep one. Images that are put into the bucket have no such
   * tag, and stay. Not with a source bucket of your own, whose lifecycle rules are yours.
   *
   * @default - 30 days where everyone may upload; where the API has an authorizer, they stay
   */
  readonly uploadExpiry?: Duration;

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
   * Alarms on what failed for good.
   *
   * @default - none
   */
  readonly alarms?: AlarmSettings;

  /**
   * How the functions are run.
   *
   * @default - see FunctionSettings
   */
  readonly functions?: FunctionSettings;
}
