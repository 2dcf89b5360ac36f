import type { Construct } from 'constructs';
import type { Mistakes } from '../building-blocks/validation';
import { OrderingStore, type OrderingStoreProps } from './ordering-store';

const STORE_SETTINGS = [
  'table',
  'bus',
  'eventResource',
  'encryptionKey',
  'removalPolicy',
  'deletionProtection',
  'limits',
  'alarms',
] as const;

/** The store that was given, or a new one of the props. */
export function storeFor(
  scope: Construct,
  props: OrderingStoreProps & { readonly store?: OrderingStore },
  mistakes: Mistakes,
): OrderingStore {
  const { store, catalog } = props;
  if (!store) return new OrderingStore(scope, 'Store', props);
  const idle = STORE_SETTINGS.filter((name) => props[name] !== undefined);
  mistakes.when(
    idle.length > 0,
    `store and ${idle.join(', ')} are both given; the store has its own. Give ${idle.length > 1 ? 'them' : 'it'} to the store instead.`,
  );
  mistakes.when(
    store.catalog !== catalog,
    'store opens its stock from another catalog than the one given; carts and stock must be of the same products.',
  );
  return store;
}
