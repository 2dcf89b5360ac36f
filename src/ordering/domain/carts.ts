import { Problem } from '../../runtime/problem';
import { insufficientStock, openCart, quantityOf, shortfallsOf, viewOf, withQuantity } from './cart';
import { newCartId, orderIdOf } from './identity';
import type { CartView, OpenCart } from './model';
import type { OrderStore, ProductSource } from './order-store';
import { type Clock, CONFLICT, withoutConflict } from './retry';

export interface CartsSurroundings {
  readonly orders: OrderStore;
  readonly products: ProductSource;
  readonly clock: Clock;
  /** Of an empty cart's total. */
  readonly currency: string;
  /** Seconds after its last change at which a cart is forgotten. */
  readonly expiry: number;
}

/** What customers do with their carts. Every operation may throw a Problem that the API documents. */
export class Carts {
  constructor(private readonly its: CartsSurroundings) {}

  async create(): Promise<CartView> {
    const cartId = newCartId();
    const cart: OpenCart = {
      state: 'OPEN',
      orderId: orderIdOf(cartId),
      version: 1,
      lines: [],
      expiresAt: this.expiresAt(),
    };
    await this.its.orders.open(cart);
    return this.view(cartId, cart);
  }

  async get(cartId: string): Promise<CartView> {
    return this.view(cartId, await this.find(cartId));
  }

  async setItem(cartId: string, sku: string, quantity: number): Promise<CartView> {
    return withoutConflict(this.its.clock, async () => {
      const cart = await this.find(cartId);
      const changed = { ...cart, lines: withQuantity(cart.lines, sku, quantity) };
      const seen = await this.look(changed);
      if (quantity > 0) {
        if (!seen.products.has(sku)) throw new Problem(404, 'product_not_found', 'There is no such product.');
        const shortfalls = shortfallsOf([{ sku, quantity }], seen.available, seen.products);
        if (shortfalls.length > 0) throw insufficientStock(shortfalls);
      }
      if (quantityOf(cart.lines, sku) === quantity) {
        return viewOf(cartId, cart, seen.products, seen.available, this.its.currency);
      }
      const next = { ...changed, version: cart.version + 1, expiresAt: this.expiresAt() };
      const saved = await this.its.orders.save(next);
      return saved ? viewOf(cartId, next, seen.products, seen.available, this.its.currency) : CONFLICT;
    });
  }

  async discard(cartId: string): Promise<void> {
    await withoutConflict(this.its.clock, async () => {
      const removed = await this.its.orders.remove(await this.find(cartId));
      return removed ? undefined : CONFLICT;
    });
  }

  /** Stock of SKUs, in the order asked for; one that is unknown has none. */
  async availability(skus: readonly string[]): Promise<{ sku: string; available: number }[]> {
    const available = await this.its.orders.available(skus);
    return skus.map((sku) => ({ sku, available: available.get(sku) ?? 0 }));
  }

  private async find(cartId: string): Promise<OpenCart> {
    return openCart(await this.its.orders.find(orderIdOf(cartId)), this.its.clock.now());
  }

  private async view(cartId: string, cart: OpenCart): Promise<CartView> {
    const { products, available } = await this.look(cart);
    return viewOf(cartId, cart, products, available, this.its.currency);
  }

  private async look({ lines }: OpenCart) {
    const skus = lines.map(({ sku }) => sku);
    const [products, available] = await Promise.all([this.its.products.find(skus), this.its.orders.available(skus)]);
    return { products, available };
  }

  private expiresAt(): number {
    return Math.floor(this.its.clock.now().getTime() / 1000) + this.its.expiry;
  }
}
