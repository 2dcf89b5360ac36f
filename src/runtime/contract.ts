/** Names that what functions share agrees on with the constructs around them. Literals only. */

export const OUTBOX = {
  /** Partition key prefix of event items; a shard number follows. */
  PREFIX: 'OUTBOX#',
  SHARDS: 8,
  /** Age in minutes from which the sweeper takes an item for forgotten. */
  SWEEP_AFTER_MINUTES: 2,
} as const;

export const QUEUE_ENV = {
  /**
   * Where a worker sends at once what it refuses, for each queue that it works off: `<ARN of the queue>=<URL of its
   * dead-letter queue>`, with spaces between them.
   */
  DEAD_LETTERS: 'DEAD_LETTER_QUEUES',
} as const;

export const METRIC_NAMESPACE = 'ServerlessShop';

export const METRIC_ENV = {
  /** Value of the dimension that what a function counts is told by: its construct, as deployed. */
  OWNER: 'METRIC_OWNER',
} as const;

/** How functions know what comes through a distribution, where an API's own address is closed. */
export const ORIGIN = {
  HEADER: 'x-origin-secret',
  /** The secrets that are taken, separated by blanks; absent while the address is open. */
  SECRETS_ENV: 'ORIGIN_SECRETS',
} as const;

/** By this a distribution before the API shows that a request came through it. */
export const EDGE = {
  /** Header that it adds; whatever a viewer sends under this name, it replaces. */
  HEADER: 'x-shop-edge',
  /** What stands in the header, for functions that tell viewers apart. */
  ENV: 'API_EDGE_PROOF',
} as const;
