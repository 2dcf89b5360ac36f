import { type Cart, type CheckoutRequest, type Money, type Order, ShopProblem } from '../api/client';
import type { Attempt, Attempts } from './attempt';

/** How an attempt to order ended, as far as the visitor is concerned. */
export type Outcome =
  | { readonly kind: 'placed'; readonly order: Order }
  /** There is an order: of an attempt whose answer was lost, or of another tab. */
  | { readonly kind: 'ordered-before'; readonly orderId: string }
  /** Nobody knows yet. Trying again is safe. */
  | { readonly kind: 'unanswered' }
  | { readonly kind: 'out-of-stock' }
  | { readonly kind: 'price-changed'; readonly total: Money }
  | { readonly kind: 'refused'; readonly problem: ShopProblem };

export interface OrderService {
  checkOut(attempt: Attempt, request: CheckoutRequest): Promise<Order>;
  getCart(id: string): Promise<Cart>;
}

/** Answers that leave open whether the order was placed. */
const UNANSWERED: readonly ShopProblem['code'][] = [
  'unreachable',
  'unavailable',
  'internal_error',
  'busy',
  'too_many_requests',
  'unknown_state',
];

/**
 * Orders a cart. It can become one order only, so whatever went wrong on the way, the cart itself tells in the end
 * whether there is one.
 */
export async function placeOrder(
  service: OrderService,
  attempts: Attempts,
  cartId: string,
  request: CheckoutRequest,
): Promise<Outcome> {
  try {
    const order = await service.checkOut(attempts.begin(cartId), request);
    attempts.end();
    return { kind: 'placed', order };
  } catch (error) {
    const problem = error instanceof ShopProblem ? error : new ShopProblem('unavailable');
    const orderId = problem.document.orderId ?? (await orderOf(service, cartId));
    const unanswered = orderId === undefined && UNANSWERED.includes(problem.code);
    if (!unanswered) attempts.end();
    if (orderId !== undefined) return { kind: 'ordered-before', orderId };
    return unanswered ? { kind: 'unanswered' } : refusal(problem);
  }
}

function refusal(problem: ShopProblem): Outcome {
  const { code, document } = problem;
  if (code === 'insufficient_stock') return { kind: 'out-of-stock' };
  if (code === 'price_changed' && document.total) return { kind: 'price-changed', total: document.total };
  return { kind: 'refused', problem };
}

/** The order that a cart became; undefined when it has become none, or nobody can say. */
async function orderOf(service: OrderService, cartId: string): Promise<string | undefined> {
  try {
    await service.getCart(cartId);
    return undefined;
  } catch (error) {
    return error instanceof ShopProblem ? error.document.orderId : undefined;
  }
}
