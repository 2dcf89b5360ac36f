import { api, ask, type CheckoutRequest, type Order, ShopProblem } from '../api/client';

const ATTEMPT_KEY = 'shop.checkout';

/**
 * Orders a cart. The idempotency key of an attempt is kept until the attempt is answered, over reloads as well: when
 * the answer was lost, the next try brings the order that exists instead of a second one.
 */
export async function placeOrder(cartId: string, request: CheckoutRequest): Promise<Order> {
  const key = keyOfAttempt(cartId);
  try {
    const { order } = await ask(
      api.POST('/carts/{id}/checkout', {
        params: { path: { id: cartId }, header: { 'Idempotency-Key': key } },
        body: request,
      }),
    );
    localStorage.removeItem(ATTEMPT_KEY);
    return order;
  } catch (error) {
    if (error instanceof ShopProblem && isAnswer(error)) localStorage.removeItem(ATTEMPT_KEY);
    throw error;
  }
}

/** Whether the service decided. Otherwise the order may have been placed, and the key must be used again. */
export function isAnswer({ code }: ShopProblem): boolean {
  return !['unreachable', 'unavailable', 'internal_error', 'busy', 'too_many_requests'].includes(code);
}

function keyOfAttempt(cartId: string): string {
  const [ofCart, known] = localStorage.getItem(ATTEMPT_KEY)?.split(' ') ?? [];
  if (ofCart === cartId) return known;
  const key = newKey();
  localStorage.setItem(ATTEMPT_KEY, `${cartId} ${key}`);
  return key;
}

/** 128 random bits. `crypto.randomUUID` is missing where a page is not served by HTTPS. */
function newKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((it) => it.toString(16).padStart(2, '0')).join('');
}
