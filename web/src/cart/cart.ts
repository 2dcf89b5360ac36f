import { useEffect, useState } from 'preact/hooks';
import { api, ask, type Cart, ShopProblem } from '../api/client';

const CART_KEY = 'shop.cart';

export interface CartState {
  /** False until it is known whether there is a cart. */
  readonly loaded: boolean;
  readonly cart: Cart | undefined;
}

let state: CartState = { loaded: cartId() === null, cart: undefined };
const listeners = new Set<() => void>();
let queue: Promise<unknown> = Promise.resolve();

/** The visitor's cart, drawn anew whenever it changes. */
export function useCart(): CartState {
  const [, draw] = useState(state);
  useEffect(() => {
    const listener = () => draw(state);
    listeners.add(listener);
    listener();
    return () => {
      listeners.delete(listener);
    };
  }, []);
  return state;
}

export function cartId(): string | null {
  return localStorage.getItem(CART_KEY);
}

/** Loads the cart at the prices and stock of this moment. A cart that is gone or was ordered is forgotten. */
export function refreshCart(): Promise<Cart | undefined> {
  return inTurn(async () => {
    const id = cartId();
    if (id === null) return show(undefined);
    try {
      return show(await ask(api.GET('/carts/{id}', { params: { path: { id } } })));
    } catch (error) {
      if (isOver(error)) return forgetCart();
      throw error;
    }
  });
}

/** Sets how many of a SKU are in the cart; opens a cart when there is none. */
export function setQuantity(sku: string, quantity: number): Promise<Cart | undefined> {
  return inTurn(() => putItem(sku, () => quantity));
}

/** Adds to what is in the cart of a SKU already. */
export async function addToCart(sku: string, quantity: number): Promise<Cart | undefined> {
  if (!state.loaded) await refreshCart();
  const inCart = () => state.cart?.lines.find((it) => it.sku === sku)?.quantity ?? 0;
  return inTurn(() => putItem(sku, () => inCart() + quantity));
}

/** The cart has become an order, or is gone. */
export function forgetCart(): undefined {
  localStorage.removeItem(CART_KEY);
  show(undefined);
  return undefined;
}

async function putItem(sku: string, quantity: () => number): Promise<Cart | undefined> {
  const put = async (id: string) =>
    show(
      await ask(api.PUT('/carts/{id}/items/{sku}', { params: { path: { id, sku } }, body: { quantity: quantity() } })),
    );
  const id = cartId();
  if (id === null) return put(await openCart());
  try {
    return await put(id);
  } catch (error) {
    if (!isOver(error)) throw error;
    forgetCart();
    return put(await openCart());
  }
}

async function openCart(): Promise<string> {
  const cart = await ask(api.POST('/carts'));
  localStorage.setItem(CART_KEY, cart.id);
  show(cart);
  return cart.id;
}

function isOver(error: unknown): boolean {
  return error instanceof ShopProblem && (error.code === 'cart_not_found' || error.code === 'cart_closed');
}

function show(cart: Cart | undefined): Cart | undefined {
  state = { loaded: true, cart };
  for (const listener of listeners) listener();
  return cart;
}

/** One change after the other, so that a late answer never shows an older cart. */
function inTurn<T>(change: () => Promise<T>): Promise<T> {
  const turn = queue.then(change);
  queue = turn.catch(() => undefined);
  return turn;
}

/** Follows the cart in other tabs. */
addEventListener('storage', ({ key }) => {
  if (key === CART_KEY) refreshCart().catch(() => undefined);
});
