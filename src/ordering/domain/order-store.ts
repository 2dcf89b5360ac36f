import type { DomainEvent } from '../../runtime/events';
import type { OpenCart, PlacedOrder, Product } from './model';

/** Where carts, the orders they become, and stock are kept. */
export interface OrderStore {
  /** What was written last under the id; a cart also when it has expired. */
  find(orderId: string): Promise<OpenCart | PlacedOrder | undefined>;

  /** Stores a new cart. */
  open(cart: OpenCart): Promise<void>;

  /** Stores a changed cart over the version before it. False when that is not what is there, or others are at it. */
  save(cart: OpenCart): Promise<boolean>;

  /** Deletes a cart in the version that was read. False when that is not what is there, or others are at it. */
  remove(cart: OpenCart): Promise<boolean>;

  /**
   * All or nothing: the cart of the version before becomes the order, the stock of every line is taken, and the event
   * is told.
   */
  place(order: PlacedOrder, event: DomainEvent): Promise<Placement>;

  /** Stock by SKU; a SKU that is not there has none. */
  available(skus: readonly string[]): Promise<ReadonlyMap<string, number>>;
}

export type Placement =
  | { readonly outcome: 'placed' }
  /** Stock of the SKUs that have less than the order takes, as it was at that moment. */
  | { readonly outcome: 'short'; readonly available: ReadonlyMap<string, number> }
  /** The cart has changed, or others change the same items at the same moment. */
  | { readonly outcome: 'conflict' };

/** Where products are looked up. */
export interface ProductSource {
  /** The products among the SKUs that are sold, by SKU. */
  find(skus: readonly string[]): Promise<ReadonlyMap<string, Product>>;
}

/** Where the stock of new SKUs is written. */
export interface StockStore {
  /** Gives a SKU its first stock. False when it has had one, which then stays as it is. */
  openStock(sku: string, available: number): Promise<boolean>;
}
