import type { Budget } from '../api/budget';
import { type Cart, ShopProblem } from '../api/client';
import { newKey } from '../idempotency-key';
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
  /** Adds to what is in the cart, once for each key however often it is sent. */
  add(cartId: string, addition: Addition, budget: Budget): Promise<Cart>;
  /** Sets a quantity in just this version of the cart; `cart_changed` when there is a later one. */
  setQuantity(cart: Cart, sku: string, quantity: number, budget: Budget): Promise<Cart>;
}

export interface Addition {
  readonly sku: string;
  readonly quantity: number;
  readonly idempotencyKey: string;
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

/** Answers after which nobody knows whether the change was made. */
const UNCERTAIN: readonly ShopProblem['code'][] = [
  'unreachable',
  'unavailable',
  'internal_error',
  'busy',
  'unknown_state',
];

/** Answers after which there is no cart any more. */
const OVER: readonly ShopProblem['code'][] = ['cart_not_found', 'cart_closed'];

/**
 * The visitor's cart, in as many tabs as they have open. What is added comes to what is there, whoever put it there; a
 * quantity is set in the version of the cart that the visitor has seen, and in no other.
 */
export class CartKeeper {
  private current: CartState;
  /** The addition that nobody answered. */
  private unanswered: Addition | undefined;
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

  /** Adds to what is in the cart; opens one when there is none. The same once more after no answer came is one addition. */
  add(sku: string, quantity: number): Promise<Cart> {
    const budget = this.its.newBudget();
    return this.its.inTurn(async () => {
      const addition = this.additionOf(sku, quantity);
      for (;;) {
        const id = this.its.cartId.read() ?? (await this.open(budget)).id;
        try {
          const cart = this.made(await this.its.service.add(id, addition, budget));
          this.unanswered = undefined;
          return cart;
        } catch (error) {
          const { code } = error as ShopProblem;
          this.unanswered = UNCERTAIN.includes(code) ? addition : undefined;
          if (!OVER.includes(code) || !(await budget.retry())) throw error;
          await this.load(budget);
        }
      }
    });
  }

  /**
   * Sets how many of a SKU are in the cart.
   *
   * @param seen what the visitor saw when they chose
   * @throws ShopProblem `cart_changed` when it is another quantity by now; 0, which takes the line away, is never refused
   */
  setQuantity(sku: string, quantity: number, seen: number): Promise<Cart> {
    const budget = this.its.newBudget();
    return this.its.inTurn(async () => {
      let cart = this.current.cart;
      for (;;) {
        cart ??= (await this.load(budget)) ?? (await this.open(budget));
        const before = quantityIn(cart, sku);
        if (quantity > 0 && before !== seen && before !== quantity) throw new ShopProblem('cart_changed');
        try {
          return this.made(await this.its.service.setQuantity(cart, sku, quantity, budget));
        } catch (error) {
          const { code } = error as ShopProblem;
          const again = UNCERTAIN.includes(code) || OVER.includes(code) || code === 'cart_changed';
          if (!again || !(await budget.retry())) throw error;
          // What is there by now, the change among it if it was made.
          cart = undefined;
        }
      }
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

  private additionOf(sku: string, quantity: number): Addition {
    const { unanswered } = this;
    if (unanswered?.sku === sku && unanswered.quantity === quantity) return unanswered;
    return { sku, quantity, idempotencyKey: newKey() };
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
      if (!OVER.includes(code)) throw error;
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
