/** Names that the shared constructs and the functions agree on. Literals only. */

export const TABLE_KEYS = { PARTITION: 'pk', SORT: 'sk', TIME_TO_LIVE: 'ttl' } as const;

export const OUTBOX = {
  /** Partition key prefix of event items; a shard number follows. */
  PREFIX: 'OUTBOX#',
  SHARDS: 8,
  /** Age in minutes from which the sweeper takes an item for forgotten. */
  SWEEP_AFTER_MINUTES: 2,
} as const;

export const OUTBOX_ENV = {
  TABLE: 'TABLE_NAME',
  /** The table's ARN, which each event carries among its `resources`: of two shops on one bus it tells which. */
  TABLE_ARN: 'TABLE_ARN',
  BUS: 'EVENT_BUS_NAME',
  SOURCE: 'EVENT_SOURCE',
} as const;

/** Every event's source on the bus is this, a dot, and the context's name. */
export const EVENT_SOURCE_PREFIX = 'cdk-serverless-shop';

export const METRIC_NAMESPACE = 'ServerlessShop';
