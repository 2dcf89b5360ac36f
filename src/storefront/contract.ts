/** Names that Storefront and its functions agree on. Literals only. */

/** JSON of the answer to `GET /config`. */
export const STORE_CONFIG_ENV = { CONFIG: 'STORE_CONFIG' } as const;

/** Folder of all versions of the site in its bucket. */
export const SITE_PREFIX = 'site/';

/** Properties of the custom resource that publishes the site. */
export const SITE = {
  SOURCE_BUCKET: 'SourceBucket',
  SOURCE_KEY: 'SourceKey',
  TARGET_BUCKET: 'TargetBucket',
  /** Folder of this version of the site in the target bucket, without a slash at its end. */
  VERSION: 'Version',
} as const;
