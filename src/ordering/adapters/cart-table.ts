import type { Table } from '../../runtime/table';
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

/** The condition of whatever takes the place of an open cart. */
export function overOpenCart(version: number) {
  return {
    condition: '#kind = :kind AND #state = :state AND #version = :version',
    names: { '#kind': 'kind', '#state': 'state', '#version': 'version' },
    values: { ':kind': ORDERING_ITEMS.CART, ':state': 'OPEN', ':version': version },
  };
}
