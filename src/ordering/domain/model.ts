import type { Money } from '../../runtime/money';
import type { components } from '../functions/api.generated';

type Schemas = components['schemas'];

export type CartView = Schemas['Cart'];
export type CheckoutRequest = Schemas['CheckoutRequest'];
export type CheckoutReply = Schemas['CheckoutReply'];
export type Shortfall = Schemas['Shortfall'];
export type OrderView = Schemas['Order'];
export type Availability = Schemas['Availability']['items'][number];

/** What tells a SKU from the others of its product, such as size M. */
export interface Option {
  readonly name: string;
  readonly value: string;
}

/** What ordering needs to know of what is sold under a SKU. */
export interface Product {
  readonly sku: string;
  /** Of the product that the SKU belongs to. */
  readonly productId: string;
  readonly name: string;
  readonly options?: readonly Option[];
  readonly image: string | null;
  readonly price: Money;
  /** Whether the catalogue gives it an opening stock: then it has a stock, at once or a little later. */
  readonly stocked: boolean;
  /** By language tag. */
  readonly translations?: Readonly<Record<string, { readonly name?: string; readonly options?: readonly Option[] }>>;
}

export interface CartLine {
  readonly sku: string;
  /** A whole number, 1 or more. */
  readonly quantity: number;
}

/** A cart in whatever state it was found. */
export interface Cart {
  /** It does not lead back to the cart's id. */
  readonly key: string;
  /** OPEN, ORDERED, DISCARDED, or what a newer version of the shop has written. */
  readonly state: string;
  /** Goes up by one with every change. */
  readonly version: number;
  /** In the order in which they were added; one line per SKU. None once it is no longer open. */
  readonly lines: readonly CartLine[];
  /** Tokens of the last changes, the last of them that made this version. */
  readonly writes: readonly string[];
  /** Seconds since 1970. The table may keep a cart for days after it. */
  readonly expiresAt: number;
}

/** A cart that can still be changed and ordered. */
export type OpenCart = Cart & { readonly state: 'OPEN' };

/** What changes the price of a line, or of all of them together. */
export interface Adjustment {
  readonly kind: 'discount' | 'tax' | 'shipping' | 'rounding';
  /** Name of the rule that it comes from, such as a coupon or a rate. */
  readonly code: string;
  /** The same for people, in the language of the order. */
  readonly label?: string;
  /** Below 0 when it is taken off. */
  readonly amount: Money;
}

export interface OrderLine {
  readonly sku: string;
  /** Of the product that the SKU belonged to. */
  readonly productId: string;
  /** In the order's language. */
  readonly name: string;
  readonly options: readonly Option[];
  readonly image: string | null;
  readonly quantity: number;
  readonly unitPrice: Money;
  readonly adjustments: readonly Adjustment[];
  /** Price by quantity with the adjustments. */
  readonly total: Money;
}

/** What a cart became. */
export interface Order {
  readonly id: string;
  readonly number: string;
  /** PLACED, or what a newer version of the shop has written. */
  readonly state: string;
  readonly version: number;
  /** ISO 8601 in UTC. */
  readonly placedAt: string;
  readonly lines: readonly OrderLine[];
  readonly adjustments: readonly Adjustment[];
  /** Sum of the lines and the adjustments. */
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
