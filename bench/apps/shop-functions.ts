import type { BundleName } from '../../src/building-blocks/bundles.generated';

/** What the shop's functions run, one entry per function. */
export const SHOP_FUNCTIONS: readonly BundleName[] = [
  'api-default',
  'cart',
  'catalog-import',
  'catalog-query',
  'checkout',
  'mail-worker-ses',
  'order-query',
  'outbox-publisher',
  'outbox-publisher',
  'outbox-sweeper',
  'outbox-sweeper',
  'site-publisher',
  'stock-opener',
  'store-config',
];
