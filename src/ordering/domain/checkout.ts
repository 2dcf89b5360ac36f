import { Problem } from '../../runtime/problem';
import { cartClosed, insufficientStock, reachable, shortfallsOf } from './cart';
import { fingerprintOf, orderIdOf } from './identity';
import type { CheckoutReply, CheckoutRequest, OpenCart, PlacedOrder, Product, RequestFingerprint } from './model';
import { equal } from './money';
import { checkoutReplyOf, orderOf, orderPlaced } from './order';
import type { OrderStore, ProductSource } from './order-store';
import { type Clock, CONFLICT, withoutConflict } from './retry';

export interface CheckoutSurroundings {
  readonly orders: OrderStore;
  readonly products: ProductSource;
  readonly clock: Clock;
  readonly currency: string;
  /** Of an order whose customer named none. */
  readonly defaultLanguage: string;
}

export interface CheckoutResult {
  readonly reply: CheckoutReply;
  /** The order was placed by an earlier request with the same key and body. */
  readonly replayed: boolean;
}

/** Turns carts into orders. */
export class Checkout {
  constructor(private readonly its: CheckoutSurroundings) {}

  /**
   * Places the order, or finds that the same request has placed it before. The order itself is the record of the
   * request, so there is no moment at which one is written and the other is not.
   *
   * @throws Problem 404 `cart_not_found`; 409 `cart_empty`, `cart_closed`, `insufficient_stock`, `price_changed`;
   *   422 `idempotency_key_reused`; 503 `busy`
   */
  async place(cartId: string, idempotencyKey: string, request: CheckoutRequest): Promise<CheckoutResult> {
    const fingerprint = fingerprintOf(idempotencyKey, request);
    return withoutConflict(this.its.clock, async () => {
      const now = this.its.clock.now();
      const found = reachable(await this.its.orders.find(orderIdOf(cartId)), now);
      if (found.state === 'PLACED') return replay(found, fingerprint);
      return this.attempt(found, request, fingerprint, now);
    });
  }

  private async attempt(
    cart: OpenCart,
    request: CheckoutRequest,
    fingerprint: RequestFingerprint,
    placedAt: Date,
  ): Promise<CheckoutResult | typeof CONFLICT> {
    if (cart.lines.length === 0) throw new Problem(409, 'cart_empty', 'There is nothing in this cart.');
    const products = await this.products(cart);
    const { currency, defaultLanguage } = this.its;
    const order = orderOf({ cart, products, request, fingerprint, placedAt, currency, defaultLanguage });
    if (!equal(order.total, request.expectedTotal)) {
      throw new Problem(409, 'price_changed', 'The cart costs something else now.', { total: order.total });
    }

    const placement = await this.its.orders.place(order, orderPlaced(order));
    if (placement.outcome === 'conflict') return CONFLICT;
    if (placement.outcome === 'short') {
      const short = cart.lines.filter(({ sku }) => placement.available.has(sku));
      throw insufficientStock(shortfallsOf(short, placement.available, products));
    }
    return { reply: checkoutReplyOf(order), replayed: false };
  }

  /** The products of all lines; when one is no longer sold, everything that falls short is told at once. */
  private async products({ lines }: OpenCart): Promise<ReadonlyMap<string, Product>> {
    const skus = lines.map(({ sku }) => sku);
    const products = await this.its.products.find(skus);
    if (skus.some((sku) => !products.has(sku))) {
      throw insufficientStock(shortfallsOf(lines, await this.its.orders.available(skus), products));
    }
    return products;
  }
}

function replay(order: PlacedOrder, fingerprint: RequestFingerprint): CheckoutResult {
  if (order.request.key !== fingerprint.key) throw cartClosed(order.orderId);
  if (order.request.body !== fingerprint.body) {
    throw new Problem(422, 'idempotency_key_reused', 'This key was used before with another request.');
  }
  return { reply: checkoutReplyOf(order), replayed: true };
}
