import { api, ask, type CheckoutRequest } from '../api/client';
import { cart } from '../cart/cart';
import { slot } from '../storage';
import { Attempts } from './attempt';
import { type OrderService, type Outcome, placeOrder } from './place-order';

const attempts = new Attempts(slot('shop.checkout'));

const service: OrderService = {
  checkOut: async ({ cartId, idempotencyKey }, body) => {
    const params = { path: { id: cartId }, header: { 'Idempotency-Key': idempotencyKey } };
    return (await ask(api.POST('/carts/{id}/checkout', { params, body }))).order;
  },
  getCart: (id) => ask(api.GET('/carts/{id}', { params: { path: { id } } })),
};

/** Orders a cart. */
export function order(cartId: string, request: CheckoutRequest): Promise<Outcome> {
  return placeOrder(service, attempts, cartId, request);
}

/** Milliseconds between looks for an order that was on its way when its page was closed. */
const LATE_ARRIVALS = [3_000, 7_000, 0];

/** Loads the cart, and finds out what became of an order that was sent by a page that did not live to see the answer. */
export async function openCart(): Promise<void> {
  for (const wait of LATE_ARRIVALS) {
    const found = await cart.refresh();
    if (!found || !attempts.pending(found.id)) return;
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
}

/** The page of an order is shown: there is nothing left to find out about it. */
export function orderSeen(orderId: string): void {
  if (cart.state.ordered === orderId) attempts.end();
  cart.orderSeen(orderId);
}
