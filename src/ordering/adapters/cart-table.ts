import type { Expressions, Table } from '../../runtime/table';
import { ORDERING_ITEMS } from '../contract';
import type { Cart } from '../domain/model';
import type { CartStore, Saved } from '../domain/ports';
import { cartItem, cartKey, cartOf } from './items';

/** Carts in ordering's table. */
export class CartTable implements CartStore {
  constructor(private readonly table: Table) {}

  async find(key: string): Promise<Cart | undefined> {
    const item = await this.table.get(cartKey(key));
    return item && cartOf(item);
  }

  async save(cart: Cart): Promise<Saved> {
    const outcome = await this.table.put(
      cartItem(cart),
      cart.version === 1 ? { condition: 'attribute_not_exists(pk)' } : overOpenCart(cart.version - 1),
    );
    return outcome.held ? { saved: true } : { saved: false, found: outcome.found && cartOf(outcome.found) };
  }
}

/**
 * The condition of whatever takes the place of an open cart.
 *
 * @param now when it must not have expired
 */
export function overOpenCart(version: number, now?: Date): Required<Expressions> {
  const condition = '#kind = :kind AND #state = :state AND #version = :version';
  const names = { '#kind': 'kind', '#state': 'state', '#version': 'version' };
  const values = { ':kind': ORDERING_ITEMS.CART, ':state': 'OPEN', ':version': version };
  if (!now) return { condition, names, values };
  return {
    condition: `${condition} AND #ttl > :now`,
    names: { ...names, '#ttl': 'ttl' },
    values: { ...values, ':now': now.getTime() / 1000 },
  };
}
