import { newKey } from '../idempotency-key';
import type { Slot } from '../storage';

/** An attempt to order whose outcome is not known yet. */
export interface Attempt {
  readonly cartId: string;
  readonly idempotencyKey: string;
}

/**
 * The attempt to order that has not been answered, over reloads as well: when the answer was lost, the next try brings
 * the order that exists instead of a second one. It holds nothing of what was typed.
 */
export class Attempts {
  constructor(private readonly slot: Slot) {}

  /** The attempt that is under way for a cart, or a new one. */
  begin(cartId: string): Attempt {
    const known = this.pending(cartId);
    if (known) return known;
    const attempt = { cartId, idempotencyKey: newKey() };
    this.slot.write(`${cartId} ${attempt.idempotencyKey}`);
    return attempt;
  }

  /** The attempt for a cart that was not answered yet. */
  pending(cartId: string): Attempt | undefined {
    const [ofCart, idempotencyKey] = this.slot.read()?.split(' ') ?? [];
    return ofCart === cartId && idempotencyKey ? { cartId, idempotencyKey } : undefined;
  }

  /** The service has decided. */
  end(): void {
    this.slot.clear();
  }
}
