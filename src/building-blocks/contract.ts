/** Names that the shared constructs and the functions agree on. Literals only. */

export const TABLE_KEYS = { PARTITION: 'pk', SORT: 'sk', TIME_TO_LIVE: 'ttl' } as const;

/** What a list shows of an item, in one map: with the keys, it is all that the indexes for lists hold. */
export const LISTED = 'listed';

/**
 * Indexes of every table. An item is in those whose keys it has. The first two are for lists, the third finds one
 * thing by another of its names.
 */
export const TABLE_INDEXES = [
  { NAME: 'GSI1', PARTITION: 'gsi1pk', SORT: 'gsi1sk', ATTRIBUTES: [LISTED] },
  { NAME: 'GSI2', PARTITION: 'gsi2pk', SORT: 'gsi2sk', ATTRIBUTES: [LISTED] },
  { NAME: 'GSI3', PARTITION: 'gsi3pk', SORT: 'gsi3sk', ATTRIBUTES: [] },
] as const;

export const OUTBOX_ENV = {
  TABLE: 'TABLE_NAME',
  /** What each event carries as its `resources`: of two shops on one bus it tells which. */
  RESOURCE: 'EVENT_RESOURCE',
  BUS: 'EVENT_BUS_NAME',
  SOURCE: 'EVENT_SOURCE',
} as const;

/** Every event's source on the bus is this, a dot, and the context's name. */
export const EVENT_SOURCE_PREFIX = 'cdk-serverless-shop';

/** Folder of all sites in a bucket; below it each site has a folder of its own, and in that each of its versions. */
export const SITE_PREFIX = 'site/';

/** File that the pages read their settings from, at the top of the site. */
export const SITE_CONFIG = 'config.json';

/** Properties of the custom resource that publishes a version of a site. */
export const SITE = {
  SOURCE_BUCKET: 'SourceBucket',
  SOURCE_KEY: 'SourceKey',
  TARGET_BUCKET: 'TargetBucket',
  /** Folder of this version of the site in the target bucket, without a slash at its end. */
  VERSION: 'Version',
  /** JSON of the settings that the pages read; absent when they read none. */
  CONFIG: 'Config',
  /** Title of the HTML files; absent when it stays as it was built. */
  TITLE: 'Title',
  /** The same of their description. */
  DESCRIPTION: 'Description',
} as const;
