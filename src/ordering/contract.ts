/** Names that ordering's constructs, its functions and other capabilities agree on. Literals only. */

export const ORDERING_CONTEXT = 'ordering';

export const ORDERING_ENV = {
  TABLE: 'ORDERING_TABLE_NAME',
  /** Seconds after its last change at which an open cart is forgotten. */
  CART_EXPIRY: 'CART_EXPIRY_SECONDS',
  /** Language of an order whose customer named none. */
  LANGUAGE: 'DEFAULT_LANGUAGE',
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
} as const;

/** A transaction holds at most 100 items: the cart, the order, its event, and the stock of each line. */
export const MOST_LINES = 97;
