/** Names that the image pipeline and its functions agree on. Literals only. */

export const IMAGE_ENV = {
  SOURCE_BUCKET: 'SOURCE_BUCKET',
  SOURCE_PREFIX: 'SOURCE_PREFIX',
  OUTPUT_BUCKET: 'OUTPUT_BUCKET',
  OUTPUT_PREFIX: 'OUTPUT_PREFIX',
  SUMMARY_PREFIX: 'SUMMARY_PREFIX',
  /** JSON array of the variants. */
  VARIANTS: 'IMAGE_VARIANTS',
  /** What metadata variants keep: one of METADATA. */
  KEEP: 'IMAGE_KEEP',
  MAX_BYTES: 'IMAGE_MAX_BYTES',
  MAX_PIXELS: 'IMAGE_MAX_PIXELS',
  MAX_FRAMES: 'IMAGE_MAX_FRAMES',
  /** URL of the queue in which images wait that are made again. */
  BACKLOG: 'IMAGE_BACKLOG_QUEUE_URL',
} as const;

/**
 * Where summaries are, the output prefix behind it: not with the variants, all of which a storefront gives out to
 * everyone.
 */
export const SUMMARIES = 'image-summaries/';

/** File name of a summary, in a folder that has the image's id. */
export const SUMMARY = 'summary.json';

/** File name of what the keeper did so far, beside the summaries. */
export const KEEPER_STATE = 'keeper.json';

/** How often an image is tried before its message goes to the dead-letter queue. */
export const MOST_ATTEMPTS = 5;

export const METADATA = { NONE: 'none', COPYRIGHT: 'copyright', ICC: 'icc' } as const;

/** Marks an image that came over HTTP until somebody wants to keep it. Lifecycle rules of buckets go by it. */
export const UPLOAD_TAG = { upload: 'unclaimed' } as const;

/** What a request's body may hold: Lambda's limit of 6 MB is base64 and JSON. */
export const MAX_UPLOAD_BYTES = 4194304;

export const IMAGE_METRICS = {
  DIMENSION: 'Pipeline',
  READY: 'ImagesReady',
  REJECTED: 'ImagesRejected',
  FAILED: 'ImagesFailed',
} as const;
