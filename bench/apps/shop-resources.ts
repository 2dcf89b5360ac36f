import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { MailTransport, ServerlessShop } from '../../src';

/** The shop's resources by type, to build as many of the same by other means. */
export function shopResources(): Record<string, number> {
  const stack = new Stack(new App(), 'Stack');
  new ServerlessShop(stack, 'Shop', { mail: MailTransport.ses({ from: 'shop@example.com' }) });
  const counts: Record<string, number> = {};
  for (const { Type } of Object.values(Template.fromStack(stack).toJSON().Resources) as { Type: string }[]) {
    counts[Type] = (counts[Type] ?? 0) + 1;
  }
  return counts;
}

/** Names of the bundles that the shop's functions run. */
export const SHOP_BUNDLES = [
  'api-default',
  'cart',
  'catalog-import',
  'catalog-query',
  'checkout',
  'mail-worker',
  'order-query',
  'outbox-publisher',
  'outbox-sweeper',
  'site-publisher',
  'stock-opener',
  'store-config',
];
