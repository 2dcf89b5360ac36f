import type { Budget } from '../api/budget';
import { type Cart, ShopProblem } from '../api/client';
import type { Slot } from '../storage';

export interface CartState {
  /** False until it is known whether there is a cart. */
  readonly loaded: boolean;
  readonly cart: Cart | undefined;
  /** The order that the cart became, until its page was shown. */
  readonly ordered: string | undefined;
}

/** The service's operations on carts. They throw a `ShopProblem`. */
export interface CartService {
  open(budget: Budget): Promise<Cart>;
  get(id: string, budget: Budget): Promise<Cart>;
  /** Sets a quantity in just this version of the cart; `cart_changed` when there is a later one. */
  setQuantity(cart: Cart, sku: string, quantity: number, budget: Budget): Promise<Cart>;
}

/** What this tab tells the others. */
export type CartNews = { readonly cart: Cart } | { readonly over: string; readonly ordered?: string };

export interface CartSurroundings {
  readonly service: CartService;
  /** Id of the visitor's cart, shared by all tabs. */
  readonly cartId: Slot;
  /** Id of an order that the visitor has not seen yet, shared by all tabs. */
  readonly unseenOrder: Slot;
  /** Runs one change at a time, of all tabs. */
  readonly inTurn: <T>(change: () => Promise<T>) => Promise<T>;
  readonly tell: (news: CartNews) => void;
  readonly newBudget: () => Budget;
}

const MAX_QUANTITY = 9999;

/** Answers after which nobody knows whether the change was made. */
const UNCERTAIN: readonly ShopProblem['code'][] = ['unreachable', 'unavailable', 'internal_error', 'busy'];

/**
 * The visitor's cart, in as many tabs as they have open. A change is made to the version of the cart that it was meant
 * for; where another tab was quicker it is made anew, so that adding never takes away what another tab has added.
 */
export class CartKeeper {
  private current: CartState;
  private readonly listeners = new Set<() => void>();

  constructor(private readonly its: CartSurroundings) {
    this.current = {
      loaded: its.cartId.read() === null,
      cart: undefined,
      ordered: its.unseenOrder.read() ?? undefined,
    };
  }

  get state(): CartState {
    return this.current;
  }

  /** @returns how to stop listening */
  listen(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  }

  /** Loads the cart at the prices and stock of this moment. One that is gone is forgotten, one that was ordered leads to its order. */
  refresh(): Promise<Cart | undefined> {
    return this.its.inTurn(() => this.load(this.its.newBudget()));
  }

  /** Adds to what is in the cart; opens one when there is none. */
  add(sku: string, quantity: number): Promise<Cart> {
    return this.change(sku, (before) => Math.min(before + quantity, MAX_QUANTITY));
  }

  /**
   * Sets how many of a SKU are in the cart.
   *
   * @param seen what the visitor saw when they chose
   * @throws ShopProblem `cart_changed` when it is another quantity by now; 0, which takes the line away, is never refused
   */
  setQuantity(sku: string, quantity: number, seen: number): Promise<Cart> {
    return this.change(sku, (before) => {
      if (quantity > 0 && before !== seen && before !== quantity) throw new ShopProblem('cart_changed');
      return quantity;
    });
  }

  /** The cart became an order, whose page is shown next. */
  orderPlaced(cartId: string, orderId: string): void {
    this.over(cartId);
    this.its.tell({ over: cartId, ordered: orderId });
  }

  /** The page of an order is shown. */
  orderSeen(orderId: string): void {
    if (this.its.unseenOrder.read() === orderId) this.its.unseenOrder.clear();
    if (this.current.ordered === orderId) this.show({ ...this.current, ordered: undefined });
  }

  /** Another tab has changed the cart. */
  hear(news: CartNews): void {
    if ('over' in news) {
      if (this.current.cart?.id === news.over) this.show({ loaded: true, cart: undefined, ordered: news.ordered });
    } else {
      this.showCart(news.cart);
    }
  }

  private change(sku: string, wanted: (before: number) => number): Promise<Cart> {
    const budget = this.its.newBudget();
    return this.its.inTurn(async () => {
      for (;;) {
        const cart = (await this.load(budget)) ?? (await this.open(budget));
        const quantity = wanted(quantityIn(cart, sku));
        try {
          return this.made(await this.its.service.setQuantity(cart, sku, quantity, budget));
        } catch (error) {
          if (await this.wasMade(error, cart, sku, quantity, budget)) return this.current.cart as Cart;
        }
      }
    });
  }

  /**
   * What to make of a failure: true when the change was made all the same, false when it is to be made again.
   *
   * @throws the failure when it is the answer
   */
  private async wasMade(error: unknown, cart: Cart, sku: string, quantity: number, budget: Budget): Promise<boolean> {
    const { code } = error as ShopProblem;
    const uncertain = UNCERTAIN.includes(code);
    const again = uncertain || code === 'cart_changed' || code === 'cart_closed' || code === 'cart_not_found';
    if (!again || !(await budget.retry())) throw error;
    if (!uncertain) return false;
    const found = await this.load(budget);
    return found?.id === cart.id && found.version > cart.version && quantityIn(found, sku) === quantity;
  }

  private async load(budget: Budget): Promise<Cart | undefined> {
    const id = this.its.cartId.read();
    if (id === null) {
      this.show({ ...this.current, loaded: true, cart: undefined });
      return undefined;
    }
    try {
      return this.showCart(await this.its.service.get(id, budget));
    } catch (error) {
      const { code, document } = error as ShopProblem;
      if (code !== 'cart_not_found' && code !== 'cart_closed') throw error;
      if (document.orderId) this.its.unseenOrder.write(document.orderId);
      this.over(id, document.orderId);
      this.its.tell({ over: id, ordered: document.orderId });
      return undefined;
    }
  }

  private async open(budget: Budget): Promise<Cart> {
    const cart = await this.its.service.open(budget);
    // Where tabs cannot wait for one another, another one may have opened a cart meanwhile: there is one cart for all.
    if (this.its.cartId.read() !== null) return (await this.load(budget)) ?? this.open(budget);
    this.its.cartId.write(cart.id);
    return this.made(cart);
  }

  private made(cart: Cart): Cart {
    this.showCart(cart);
    this.its.tell({ cart });
    return cart;
  }

  private over(cartId: string, ordered = this.current.ordered): void {
    if (this.its.cartId.read() === cartId) this.its.cartId.clear();
    this.show({ loaded: true, cart: undefined, ordered });
  }

  /** A late answer never shows an older cart. */
  private showCart(cart: Cart): Cart {
    const shown = this.current.cart;
    if (shown?.id !== cart.id || shown.version <= cart.version) this.show({ ...this.current, loaded: true, cart });
    return cart;
  }

  private show(state: CartState): void {
    this.current = state;
    for (const listener of this.listeners) listener();
  }
}

function quantityIn(cart: Cart, sku: string): number {
  return cart.lines.find((line) => line.sku === sku)?.quantity ?? 0;
}
