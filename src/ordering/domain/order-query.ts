import { Problem } from '../../runtime/problem';
import type { OrderView } from './model';
import { orderViewOf } from './order';
import type { OrderStore } from './order-store';

/**
 * The order of an id.
 *
 * @throws Problem 404 `order_not_found`, also while it is still a cart
 */
export async function orderOfId(orders: Pick<OrderStore, 'find'>, orderId: string): Promise<OrderView> {
  const found = await orders.find(orderId);
  if (found?.state !== 'PLACED') throw new Problem(404, 'order_not_found', 'There is no such order.');
  return orderViewOf(found);
}
