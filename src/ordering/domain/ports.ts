import type { DomainEvent } from '../../runtime/events';
import type { Cart, Order, Product } from './model';

/** Where carts are kept. Every write is safe to repeat: a cart carries the tokens of its last writes. */
export interface CartStore {
  /** What was written last under the key; also when it has expired. */
  find(key: string): Promise<Cart | undefined>;

  /** Stores a cart over the open one of the version before, or version 1 where there is none. */
  save(cart: Cart): Promise<Saved>;
}

export type Saved =
  | { readonly saved: true }
  /** What is there instead. */
  | { readonly saved: false; readonly found: Cart | undefined };

/** Where orders are kept, and placed. */
export interface OrderStore {
  find(id: string): Promise<Order | undefined>;

  /**
   * All or nothing: the cart, which must not have expired when the order was placed, is closed, the order written, the
   * stock of every line taken, and the event told.
   */
  place(closed: Cart, order: Order, event: DomainEvent): Promise<Placement>;
}

export type Placement =
  | { readonly outcome: 'placed' }
  /** Stock of the SKUs that have less than the order takes, as it was at that moment; undefined where none is known. */
  | { readonly outcome: 'short'; readonly available: ReadonlyMap<string, number | undefined> }
  /** The cart has changed, or others change the same items at the same moment. */
  | { readonly outcome: 'conflict' };

/** How much one caller may have in a span of time. */
export interface CallerQuota {
  /** Counts an order of the caller, once however often it is asked. */
  take(caller: string, orderId: string, now: Date): Promise<Admission>;
}

export type Admission =
  | { readonly taken: true }
  /** Seconds after which the caller may order again. */
  | { readonly taken: false; readonly retryAfter: number };

/** What is in stock. */
export interface StockStore {
  /** Stock by SKU, of those whose stock is known. */
  available(skus: readonly string[]): Promise<ReadonlyMap<string, number>>;

  /** Gives a SKU its first stock. One that has had any keeps what it has. */
  open(sku: string, available: number): Promise<void>;
}

/** Where products are looked up. */
export interface ProductSource {
  /** The products among the SKUs that are sold, by SKU. */
  find(skus: readonly string[]): Promise<ReadonlyMap<string, Product>>;
}
