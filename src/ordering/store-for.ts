import type { Construct } from 'constructs';
import type { ServiceApi } from '../api';
import type { Mistakes } from '../building-blocks/validation';
import { OrderingStore, type OrderingStoreProps } from './ordering-store';

const STORE_SETTINGS = [
  'table',
  'bus',
  'eventResource',
  'encryptionKey',
  'removalPolicy',
  'deletionProtection',
  'orderLimits',
  'alarms',
] as const;

type StoreUser = OrderingStoreProps & { readonly store?: OrderingStore; readonly api?: ServiceApi };

/** The store that was given, or a new one of the props. */
export function storeFor(scope: Construct, props: StoreUser, mistakes: Mistakes): OrderingStore {
  const { store, catalog } = props;
  if (!store) return known(new OrderingStore(scope, 'Store', props), props, mistakes);
  const idle = STORE_SETTINGS.filter((name) => props[name] !== undefined);
  mistakes.when(
    idle.length > 0,
    `store and ${idle.join(', ')} are both given; the store has its own. Give ${idle.length > 1 ? 'them' : 'it'} to the store instead.`,
  );
  mistakes.when(
    store.catalog !== catalog,
    'store opens its stock from another catalog than the one given; carts and stock must be of the same products.',
  );
  return known(store, props, mistakes);
}

/** Stores by the API that their operations are in. */
const STORES = new WeakMap<ServiceApi, OrderingStore>();

/** Carts that no checkout finds are lost on their customers. */
function known(store: OrderingStore, { api, catalog }: StoreUser, mistakes: Mistakes): OrderingStore {
  const other = STORES.get(api ?? catalog.api);
  mistakes.when(
    other !== undefined && other !== store,
    `store is another one than ${other?.node.path}, which has carts or orders of the same API; carts become orders in one store only. Pass one OrderingStore as store to both.`,
  );
  STORES.set(api ?? catalog.api, store);
  return store;
}
