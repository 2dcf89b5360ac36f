import type { Layout } from './layout';
import type { ObjectStore } from './object-store';
import type { ImageProblem, ImageSource, MadeVariant } from './summary';

/**
 * What the steps hand on. It begins as the detail of S3's event, so that a run that failed in its first step
 * still tells which object it was about. It holds no bytes of the image.
 */
export interface ImageRun {
  readonly object: { readonly key: string; readonly size?: number; readonly etag?: string };
  /** Digest of what the result depends on beside the image. */
  readonly recipe?: string;
  readonly source?: ImageSource;
  readonly variants?: MadeVariant[];
  readonly problems?: ImageProblem[];
  /** Why the steps that follow do nothing; `ignored`: the object is a folder's marker, or was replaced or deleted since. */
  readonly stopped?: 'rejected' | 'ignored' | 'finished';
}

/** A run whose step failed for good, as the state machine hands it over. */
export interface FailedRun extends ImageRun {
  readonly error?: { readonly Error: string; readonly Cause?: string };
}

/** What every step needs. All steps may run again with the same result. */
export interface StepProps {
  readonly originals: ObjectStore;
  readonly media: ObjectStore;
  readonly layout: Layout;
}
