import { useEffect } from 'preact/hooks';
import { useCart } from '../cart/cart';
import { pathOf } from '../paths';
import { navigate } from '../router';

/**
 * Leads from a page about the cart to the order that it became, where the visitor has not seen that yet.
 *
 * @returns whether it does
 */
export function useLeadToOrder(): boolean {
  const { cart, ordered } = useCart();
  const order = cart ? undefined : ordered;
  useEffect(() => {
    if (order) navigate(pathOf.order(order), { replace: true, note: 'ordered-before' });
  }, [order]);
  return order !== undefined;
}
