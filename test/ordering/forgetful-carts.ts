import type { Cart } from '../../src/ordering/domain/model';
import type { CartStore } from '../../src/ordering/domain/ports';

/** A store of carts that do not tell whose writes made them, for tests that must notice. */
export function forgetful(carts: CartStore): CartStore {
  return {
    find: async (key) => {
      const found = await carts.find(key);
      return found && anonymous(found);
    },
    save: async (cart) => {
      const outcome = await carts.save(cart);
      if (outcome.saved || !outcome.found || cart.version === 1) return outcome;
      return { saved: false, found: anonymous(outcome.found) };
    },
  };
}

function anonymous(cart: Cart): Cart {
  return { ...cart, writes: cart.writes.map(() => 'somebody') };
}
