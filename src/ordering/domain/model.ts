import type { components } from '../functions/api.generated';

type Schemas = components['schemas'];

export type Money = Schemas['Money'];
export type CartView = Schemas['Cart'];
export type CheckoutRequest = Schemas['CheckoutRequest'];
export type CheckoutReply = Schemas['CheckoutReply'];
export type Shortfall = Schemas['Shortfall'];
export type OrderView = Schemas['Order'];
export type OrderLine = Schemas['OrderLine'];

/** What ordering needs to know of a product. */
export interface Product {
  readonly sku: string;
  readonly name: string;
  readonly image: string | null;
  readonly price: Money;
  readonly translations?: Schemas['Translations'];
}

export interface CartLine {
  readonly sku: string;
  /** A whole number, 1 or more. */
  readonly quantity: number;
}

/** A cart that can still be changed and ordered. */
export interface OpenCart {
  readonly state: 'OPEN';
  /** Id of the order that the cart will become. */
  readonly orderId: string;
  /** Goes up by one with every change. */
  readonly version: number;
  /** In the order in which they were added; one line per SKU. */
  readonly lines: readonly CartLine[];
  /** Seconds since 1970. The table may keep a cart for days after it. */
  readonly expiresAt: number;
}

/** What a cart became. */
export interface PlacedOrder {
  readonly state: 'PLACED';
  readonly orderId: string;
  readonly version: number;
  readonly number: string;
  /** ISO 8601 in UTC. */
  readonly placedAt: string;
  readonly lines: readonly OrderLine[];
  readonly total: Money;
  readonly contact: Schemas['Contact'];
  readonly address: Schemas['Address'];
  readonly payment: Schemas['Payment'];
  readonly language: string;
  /** Hashes of the idempotency key and of the request that placed the order. */
  readonly request: RequestFingerprint;
}

export interface RequestFingerprint {
  readonly key: string;
  readonly body: string;
}
