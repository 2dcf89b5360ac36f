/** Names that ordering's constructs, its functions and other capabilities agree on. Literals only. */

export const ORDERING_CONTEXT = 'ordering';

export const ORDERING_ENV = {
  TABLE: 'ORDERING_TABLE_NAME',
  /** Seconds after its last change at which an open cart is forgotten. */
  CART_EXPIRY: 'CART_EXPIRY_SECONDS',
  /** Language of an order whose customer named none. */
  LANGUAGE: 'DEFAULT_LANGUAGE',
  /** JSON of OrderLimitsSetting. */
  LIMITS: 'ORDER_LIMITS',
  /** Orders of one source in an hour; 0 for no limit. */
  ORDERS_PER_SOURCE: 'ORDERS_PER_SOURCE',
} as const;

/** Items of ordering's table. What an item is, its `kind` says; the prefixes are what roles are limited by. */
export const ORDERING_ITEMS = {
  /** `pk = CART#<hash of the cart's id>`, `sk = CART`: `{state, version, lines, writes, ttl}`. */
  CART_PREFIX: 'CART#',
  CART: 'CART',
  /** `pk = ORDER#<number without its signs>`, `sk = ORDER`. */
  ORDER_PREFIX: 'ORDER#',
  ORDER: 'ORDER',
  /** `pk = STOCK#<sku>`, `sk = STOCK`: `{available}`. */
  STOCK_PREFIX: 'STOCK#',
  STOCK: 'STOCK',
  /** `pk = CALLER#<hash of where orders come from>`, `sk = <number of the hour>`: `{taken, ttl}`. */
  CALLER_PREFIX: 'CALLER#',
} as const;

/** Partitions of the lists that orders are in, see `docs/decisions/indexes.md`. */
export const ORDER_LISTS = {
  /** GSI1: a guest's orders, by the hash of the mail address. */
  BY_MAIL: 'MAIL#',
  /** GSI2: `ORDERS#<state>#<yyyy-mm>#<shard>`. */
  BY_STATE: 'ORDERS#',
  SHARDS: 4,
} as const;

export const ORDERING_METRICS = {
  DIMENSION: 'OrderProcessing',
  ORDERS_PLACED: 'OrdersPlaced',
  CHECKOUT_REJECTED: 'CheckoutRejected',
  UNITS_ORDERED: 'UnitsOrdered',
  ORDERS_HELD_BACK: 'OrdersHeldBack',
} as const;

/** How much one customer may take at once. */
export interface OrderLimitsSetting {
  /** Pieces of one SKU. */
  readonly unitsPerLine: number;
  /** Pieces in all. */
  readonly units: number;
  /** Different SKUs. */
  readonly lines: number;
  /** What an order may cost, in the minor units of the catalogue's currency; without it, whatever it costs. */
  readonly total?: number;
}

/**
 * Where limits end. A transaction holds at most 100 items: the cart, the order, its event, and the stock of each line.
 */
export const MOST = { UNITS_PER_LINE: 9999, UNITS: 97 * 9999, LINES: 97 } as const;

/** Span of time in which the orders of one source are counted. */
export const CALLER_SECONDS = 3600;

/** Offices and providers of mobile networks have many customers behind one address. */
export const DEFAULT_ORDERS_PER_SOURCE = 100;

/** What a source's orders are counted in is read and written with each of them. */
export const MOST_ORDERS_PER_SOURCE = 1000;

/** A household's order; whoever sells in bulk sets others. */
export const DEFAULT_LIMITS = { unitsPerLine: 30, units: 100, lines: 50 } as const;
