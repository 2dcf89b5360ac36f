import type { Clock } from '../../runtime/clock';
import { Refusal } from '../../runtime/refusal';
import { retry } from '../../runtime/retry';
import { unknownState } from './cart';
import type { OrderView } from './model';
import { knownState, orderViewOf } from './order';
import type { OrderStore } from './ports';

/**
 * The order of an id.
 *
 * @throws Refusal `order_not_found`, also while it is still a cart; `unknown_state`
 */
export async function orderOfId(orders: Pick<OrderStore, 'find'>, clock: Clock, orderId: string): Promise<OrderView> {
  const found = await retry(clock, () => orders.find(orderId));
  if (!found) throw new Refusal('order_not_found', 'There is no such order.');
  const state = knownState(found);
  if (!state) throw unknownState('order', found.state);
  return orderViewOf(found, state);
}
