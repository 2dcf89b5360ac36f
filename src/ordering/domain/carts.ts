import type { Clock } from '../../runtime/clock';
import { Busy, Refusal } from '../../runtime/refusal';
import { AGAIN, retry } from '../../runtime/retry';
import type { OrderLimitsSetting } from '../contract';
import {
  hasForgotten,
  insufficientStock,
  nextVersion,
  openCart,
  quantityOf,
  versionMadeBy,
  viewOf,
  withMore,
  withQuantity,
} from './cart';
import { cartKeyOf, newCartId, newWriteToken, orderIdOf, writeTokenOf } from './identity';
import type { Availability, Cart, CartLine, CartView, OpenCart } from './model';
import type { CartStore, ProductSource, StockStore } from './ports';
import { availabilityOf, type Supply, shortfallsOf, supplyOf } from './stock';

export interface CartsSurroundings {
  readonly carts: CartStore;
  readonly stock: Pick<StockStore, 'available'>;
  readonly products: ProductSource;
  readonly clock: Clock;
  /** Of an empty cart's total. */
  readonly currency: string;
  /** Seconds after its last change at which a cart is forgotten. */
  readonly expiry: number;
  readonly limits: OrderLimitsSetting;
}

/** Seconds for which a cart that was thrown away remembers that: longer than any request takes. */
const DISCARDED_SECONDS = 3600;

/** A change that is being made, perhaps for the second time. */
interface Change {
  readonly token: string;
  /** What its attempts have tried to store, by version. */
  readonly tried: Map<number, Cart>;
}

/** What customers do with their carts. Every operation may throw a Refusal that the API documents. */
export class Carts {
  constructor(private readonly its: CartsSurroundings) {}

  async create(): Promise<CartView> {
    const cartId = newCartId();
    const token = newWriteToken();
    const cart: OpenCart = {
      key: cartKeyOf(cartId),
      state: 'OPEN',
      version: 1,
      lines: [],
      writes: [token],
      expiresAt: this.inSeconds(this.its.expiry),
    };
    await retry(this.its.clock, async () => {
      const outcome = await this.its.carts.save(cart);
      if (outcome.saved || outcome.found?.writes.includes(token)) return;
      throw new Error('Another cart has the same 128 random bits.');
    });
    return viewOf(cartId, cart, new Map(), new Map(), this.its.currency);
  }

  get(cartId: string): Promise<CartView> {
    return retry(this.its.clock, async () => this.view(cartId, this.open(cartId, await this.find(cartId))));
  }

  /**
   * Sets how many of a SKU are in the cart.
   *
   * @param seenVersion the only version of the cart in which it is set, if given
   */
  setItem(cartId: string, sku: string, quantity: number, seenVersion?: number): Promise<CartView> {
    return this.change(cartId, newWriteToken(), sku, (cart) => {
      if (seenVersion !== undefined && seenVersion !== cart.version) {
        throw new Refusal('cart_changed', 'The cart was changed meanwhile.', { version: cart.version });
      }
      return withQuantity(cart.lines, sku, quantity, this.its.limits);
    });
  }

  /** Puts more of a SKU into the cart, once for each key. */
  addItem(cartId: string, idempotencyKey: string, sku: string, quantity: number): Promise<CartView> {
    const token = writeTokenOf(idempotencyKey, { sku, quantity });
    return this.change(cartId, token, sku, (cart) => withMore(cart.lines, sku, quantity, this.its.limits));
  }

  async discard(cartId: string): Promise<void> {
    const change: Change = { token: newWriteToken(), tried: new Map() };
    await retry(this.its.clock, async () => {
      const found = await this.find(cartId);
      if (this.madeOf(change, found)) return;
      const expiresAt = this.inSeconds(DISCARDED_SECONDS);
      const next =
        untold(change, found) ??
        nextVersion(this.open(cartId, found), change.token, { state: 'DISCARDED', lines: [], expiresAt });
      return (await this.save(change, next)) ? undefined : AGAIN;
    });
  }

  /** Stock of SKUs, in the order asked for. */
  availability(skus: readonly string[]): Promise<Availability[]> {
    return retry(this.its.clock, () => availabilityOf(this.its.stock, this.its.products, skus));
  }

  private change(
    cartId: string,
    token: string,
    sku: string,
    edit: (cart: OpenCart) => readonly CartLine[],
  ): Promise<CartView> {
    const change: Change = { token, tried: new Map() };
    return retry(this.its.clock, async () => {
      const found = await this.find(cartId);
      const made = this.madeOf(change, found);
      if (made) return this.view(cartId, change.tried.has(made.version) ? made : this.open(cartId, found));
      const again = untold(change, found);
      if (again) return (await this.save(change, again)) ? this.view(cartId, again) : AGAIN;

      const cart = this.open(cartId, found);
      const lines = edit(cart);
      const supply = await this.supply(lines);
      refuseUnlessSold(sku, quantityOf(lines, sku), supply);
      if (quantityOf(cart.lines, sku) === quantityOf(lines, sku)) return this.viewWith(supply, cartId, cart);
      const next = nextVersion(cart, token, { lines, expiresAt: this.inSeconds(this.its.expiry) });
      return (await this.save(change, next)) ? this.viewWith(supply, cartId, next) : AGAIN;
    });
  }

  /** Stores the next version of a cart. False when others were quicker. */
  private async save(change: Change, next: Cart): Promise<boolean> {
    change.tried.set(next.version, next);
    const outcome = await this.its.carts.save(next);
    return outcome.saved || this.madeOf(change, outcome.found)?.version === next.version;
  }

  /**
   * What a change has made of the cart, if it has been made: by an attempt whose reply was lost, or by an earlier
   * request with the same key, of which only what became of the cart since is known.
   *
   * @throws Busy when the cart no longer tells: better unanswered than made twice
   */
  private madeOf({ token, tried }: Change, found: Cart | undefined): Cart | undefined {
    if (!found) return undefined;
    const made = versionMadeBy(token, found);
    if (made !== undefined) return tried.get(made) ?? found;
    if ([...tried.keys()].some((version) => hasForgotten(version, found))) throw new Busy();
    return undefined;
  }

  private find(cartId: string): Promise<Cart | undefined> {
    return this.its.carts.find(cartKeyOf(cartId));
  }

  private open(cartId: string, found: Cart | undefined): OpenCart {
    return openCart(found, this.its.clock.now(), orderIdOf(cartId));
  }

  private async view(cartId: string, cart: Cart): Promise<CartView> {
    return this.viewWith(await this.supply(cart.lines), cartId, cart);
  }

  private viewWith({ products, available }: Supply, cartId: string, cart: Cart): CartView {
    return viewOf(cartId, cart, products, available, this.its.currency);
  }

  private supply(lines: readonly CartLine[]): Promise<Supply> {
    return supplyOf(
      this.its.stock,
      this.its.products,
      lines.map(({ sku }) => sku),
    );
  }

  private inSeconds(seconds: number): number {
    return Math.floor(this.its.clock.now().getTime() / 1000) + seconds;
  }
}

/**
 * The attempt of which nothing was heard, when it may still take effect: then nothing but the same again is safe, since
 * whoever was refused would see it happen after all.
 */
function untold({ tried }: Change, found: Cart | undefined): Cart | undefined {
  return found && tried.get(found.version + 1);
}

/** What is taken out, or stays as it is, need not be sold any more. */
function refuseUnlessSold(sku: string, quantity: number, supply: Supply): void {
  if (quantity === 0) return;
  if (!supply.products.has(sku)) throw new Refusal('product_not_found', 'There is no such product.');
  const shortfalls = shortfallsOf([{ sku, quantity }], supply);
  if (shortfalls.length > 0) throw insufficientStock(shortfalls);
}
