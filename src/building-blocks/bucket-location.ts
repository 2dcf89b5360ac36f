import type * as s3 from 'aws-cdk-lib/aws-s3';

/** A place in a bucket: where a construct takes its input from or puts its output. */
export interface BucketLocation {
  /**
   * The bucket. One that is watched and that this app does not make must send its events to Amazon EventBridge.
   *
   * @default - see the property that takes the location
   */
  readonly bucket?: s3.IBucket;

  /**
   * Beginning of the keys, ending in `/`.
   *
   * @default - see the property that takes the location
   */
  readonly prefix?: string;
}
