/** Names that ordering's constructs, its functions and other capabilities agree on. Literals only. */

export const ORDERING_CONTEXT = 'ordering';

export const ORDERING_ENV = {
  TABLE: 'ORDERING_TABLE_NAME',
  /** Seconds after its last change at which an open cart is forgotten. */
  CART_EXPIRY: 'CART_EXPIRY_SECONDS',
  /** Language of an order whose customer named none. */
  LANGUAGE: 'DEFAULT_LANGUAGE',
} as const;

/** Items of ordering's table. */
export const ORDERING_ITEMS = {
  /** `pk = ORDER#<order id>`, `sk = ORDER`: a cart while its `state` is OPEN, then the order it became. */
  ORDER_PREFIX: 'ORDER#',
  ORDER: 'ORDER',
  /** `pk = STOCK#<sku>`, `sk = STOCK`: `{available}`. */
  STOCK_PREFIX: 'STOCK#',
  STOCK: 'STOCK',
} as const;

export const ORDERING_METRICS = {
  DIMENSION: 'OrderProcessing',
  ORDERS_PLACED: 'OrdersPlaced',
  CHECKOUT_REJECTED: 'CheckoutRejected',
} as const;

/** A transaction holds at most 100 items: the order, its event, and the stock of each line. */
export const MOST_LINES = 98;
