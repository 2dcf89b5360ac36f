import type { Clock } from '../../runtime/clock';
import { equal } from '../../runtime/money';
import { Busy, Refusal } from '../../runtime/refusal';
import { AGAIN, retry } from '../../runtime/retry';
import type { OrderLimitsSetting } from '../contract';
import { cartClosed, cartNotFound, insufficientStock, isOver, nextVersion, unknownState } from './cart';
import { cartKeyOf, fingerprintOf, newWriteToken, orderIdOf } from './identity';
import { keepTotalWithin, keepWithin } from './limits';
import type { Cart, CheckoutReply, CheckoutRequest, OpenCart, Order, Product, RequestFingerprint } from './model';
import { checkoutReplyOf, orderOf, orderPlaced } from './order';
import type { CallerQuota, CartStore, OrderStore, Placement, ProductSource, StockStore } from './ports';
import { availableOf, shortfallsOf, supplyOf } from './stock';

export interface CheckoutSurroundings {
  readonly carts: Pick<CartStore, 'find'>;
  readonly orders: OrderStore;
  readonly stock: Pick<StockStore, 'available'>;
  readonly products: ProductSource;
  readonly clock: Clock;
  readonly currency: string;
  /** Of an order whose customer named none. */
  readonly defaultLanguage: string;
  readonly limits: OrderLimitsSetting;
  /** Without one, whoever orders may order as often as they like. */
  readonly callers?: CallerQuota;
}

export interface CheckoutResult {
  readonly reply: CheckoutReply;
  /** The order was placed by an earlier request with the same key and body. */
  readonly replayed: boolean;
}

/** One request, through all its attempts. */
interface Attempts {
  readonly orderId: string;
  readonly token: string;
  readonly request: CheckoutRequest;
  readonly caller: string | undefined;
  readonly fingerprint: RequestFingerprint;
  /** Whether its caller may have it. */
  isAdmitted?: boolean;
  /** What was tried and not heard of: it may be placed yet. */
  untold?: { readonly cartVersion: number; readonly order: Order };
}

/** Seconds after which a newly published product has its stock, as a rule. */
const STOCK_OPENS_SECONDS = 5;

/** Turns carts into orders. */
export class Checkout {
  constructor(private readonly its: CheckoutSurroundings) {}

  /**
   * Places the order, or finds that the same request has placed it before. The order itself is the record of the
   * request, so there is no moment at which one is written and the other is not.
   *
   * @throws Refusal `cart_not_found`, `cart_empty`, `cart_closed`, `cart_full`, `quantity_too_large`, `too_many_units`,
   *   `total_too_large`, `insufficient_stock`, `stock_pending`, `price_changed`, `order_too_large`,
   *   `idempotency_key_reused`, `too_many_orders`, `unknown_state`, `busy`
   * @param caller where the request comes from, when that is limited
   */
  place(cartId: string, idempotencyKey: string, request: CheckoutRequest, caller?: string): Promise<CheckoutResult> {
    const attempts: Attempts = {
      orderId: orderIdOf(cartId),
      token: newWriteToken(),
      request,
      caller,
      fingerprint: fingerprintOf(idempotencyKey, request),
    };
    return retry(this.its.clock, async () => {
      const cart = await this.its.carts.find(cartKeyOf(cartId));
      return isOpen(cart, attempts, this.its.clock.now()) ? this.attempt(cart, attempts) : this.replay(cart, attempts);
    });
  }

  private async attempt(cart: OpenCart, attempts: Attempts): Promise<CheckoutResult | typeof AGAIN> {
    const { untold } = attempts;
    if (untold?.cartVersion === cart.version) {
      // It may be placed at any moment, so whatever speaks against it now, nobody may be told that it was not.
      const placement = await this.send(cart, untold.order, attempts);
      if (placement.outcome === 'short') throw new Busy();
      return placement.outcome === 'placed' ? placed(untold.order) : AGAIN;
    }
    if (cart.lines.length === 0) throw new Refusal('cart_empty', 'There is nothing in this cart.');
    keepWithin(this.its.limits, cart.lines);
    const products = await this.products(cart);
    const order = this.order(cart, products, attempts);
    await this.admit(attempts);
    const placement = await this.send(cart, order, attempts);
    if (placement.outcome === 'short') throw shortage(cart, products, placement.available);
    return placement.outcome === 'placed' ? placed(order) : AGAIN;
  }

  private order(cart: OpenCart, products: ReadonlyMap<string, Product>, attempts: Attempts): Order {
    const { orderId, request, fingerprint } = attempts;
    const { clock, currency, defaultLanguage } = this.its;
    const placedAt = clock.now();
    const order = orderOf({ cart, orderId, products, request, fingerprint, placedAt, currency, defaultLanguage });
    if (!equal(order.total, request.expectedTotal)) {
      throw new Refusal('price_changed', 'The cart costs something else now.', { total: order.total });
    }
    keepTotalWithin(this.its.limits, order);
    return order;
  }

  /** A cart becomes one order at most, so that whatever is sent for it again counts once. */
  private async admit(attempts: Attempts): Promise<void> {
    const { caller, orderId, isAdmitted } = attempts;
    const { callers, clock } = this.its;
    if (!callers || caller === undefined || isAdmitted) return;
    const admission = await callers.take(caller, orderId, clock.now());
    attempts.isAdmitted = admission.taken;
    if (admission.taken) return;
    const detail = 'So many orders came from your network that we take no more of them now. Order later.';
    throw new Refusal('too_many_orders', detail, {}, admission.retryAfter);
  }

  private async send(cart: OpenCart, order: Order, attempts: Attempts): Promise<Placement> {
    const closed = nextVersion(cart, attempts.token, { state: 'ORDERED', lines: [] });
    try {
      return await this.its.orders.place(closed, order, orderPlaced(order));
    } catch (error) {
      attempts.untold = { cartVersion: cart.version, order };
      throw error;
    }
  }

  /** The order that the cart became, for whoever sends again the request that made it. */
  private async replay(cart: Cart | undefined, { orderId, token, fingerprint }: Attempts): Promise<CheckoutResult> {
    const order = await this.its.orders.find(orderId);
    if (!order) throw withoutOrder(cart, this.its.clock.now());
    if (order.request.key !== fingerprint.key) throw cartClosed(orderId);
    if (order.request.body !== fingerprint.body) {
      throw new Refusal('idempotency_key_reused', 'This key was used before with another request.', { orderId });
    }
    return { reply: checkoutReplyOf(order), replayed: !cart?.writes.includes(token) };
  }

  /** The products of all lines; when one is no longer sold, everything that falls short is told at once. */
  private async products({ lines }: OpenCart): Promise<ReadonlyMap<string, Product>> {
    const skus = lines.map(({ sku }) => sku);
    const products = await this.its.products.find(skus);
    if (skus.every((sku) => products.has(sku))) return products;
    const sold = { find: async () => products };
    throw insufficientStock(shortfallsOf(lines, await supplyOf(this.its.stock, sold, skus)));
  }
}

/** Of a cart that has expired since, what was not heard of may be placed yet. */
function isOpen(cart: Cart | undefined, { untold }: Attempts, now: Date): cart is OpenCart {
  return cart?.state === 'OPEN' && (!isOver(cart, now) || untold?.cartVersion === cart.version);
}

function placed(order: Order): CheckoutResult {
  return { reply: checkoutReplyOf(order), replayed: false };
}

function withoutOrder(cart: Cart | undefined, now: Date): Error {
  if (!cart || isOver(cart, now)) return cartNotFound();
  if (cart.state === 'ORDERED') return new Error('The order of a cart that was ordered is not there.');
  return unknownState('cart', cart.state);
}

/** What falls short; when nothing does for certain, the stock of something is not known yet. */
function shortage(
  { lines }: OpenCart,
  products: ReadonlyMap<string, Product>,
  refused: ReadonlyMap<string, number | undefined>,
): Refusal {
  const available = new Map([...refused].map(([sku, known]) => [sku, availableOf(known, products.get(sku))]));
  const shortfalls = shortfallsOf(
    lines.filter(({ sku }) => refused.has(sku)),
    { products, available },
  );
  if (shortfalls.length > 0) return insufficientStock(shortfalls);
  return new Refusal(
    'stock_pending',
    'A product was published just now and its stock is not known yet. Send the same request again.',
    {},
    STOCK_OPENS_SECONDS,
  );
}
