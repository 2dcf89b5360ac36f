import { useEffect, useState } from 'preact/hooks';
import { Budget } from '../api/budget';
import { api, ask } from '../api/client';
import { slot } from '../storage';
import { CartKeeper, type CartNews, type CartService, type CartState } from './cart-keeper';
import { inTurnOfAllTabs } from './turns';

const service: CartService = {
  open: ({ fetch }) => ask(api.POST('/carts', { fetch })),
  get: (id, { fetch }) => ask(api.GET('/carts/{id}', { params: { path: { id } }, fetch })),
  add: (id, { sku, quantity, idempotencyKey }, { fetch }) =>
    ask(
      api.POST('/carts/{id}/items', {
        params: { path: { id }, header: { 'Idempotency-Key': idempotencyKey } },
        body: { sku, quantity },
        fetch,
      }),
    ),
  setQuantity: ({ id, version }, sku, quantity, { fetch }) =>
    ask(
      api.PUT('/carts/{id}/items/{sku}', {
        params: { path: { id, sku }, header: { 'If-Match': `"${version}"` } },
        body: { quantity },
        fetch,
      }),
    ),
};

const channel = new BroadcastChannel('shop.cart');

/** The visitor's cart. */
export const cart = new CartKeeper({
  service,
  cartId: slot('shop.cart'),
  unseenOrder: slot('shop.order'),
  inTurn: inTurnOfAllTabs('shop.cart'),
  tell: (news) => channel.postMessage(news),
  newBudget: () => new Budget(),
});

channel.addEventListener('message', ({ data }: MessageEvent<CartNews>) => cart.hear(data));
addEventListener('pageshow', ({ persisted }) => {
  // A page that was put aside has heard nothing meanwhile.
  if (persisted) cart.refresh().catch(() => undefined);
});

/** The visitor's cart, drawn anew whenever it changes. */
export function useCart(): CartState {
  const [, draw] = useState(cart.state);
  useEffect(() => {
    draw(cart.state);
    return cart.listen(() => draw(cart.state));
  }, []);
  return cart.state;
}
