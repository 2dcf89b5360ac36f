import { describe, expect, test } from '@jest/globals';
import { type Cart, type CheckoutRequest, type Order, ShopProblem } from '../api/client';
import type { Slot } from '../storage';
import { type Attempt, Attempts } from './attempt';
import { type OrderService, placeOrder } from './place-order';

const REQUEST = { contact: { name: 'Ada' } } as CheckoutRequest;
const ORDER = { id: 'order-1' } as Order;

class OneSlot implements Slot {
  text: string | null = null;
  read = () => this.text;
  write = (text: string) => {
    this.text = text;
  };
  clear = () => {
    this.text = null;
  };
}

/** A service that answers checkouts by a script; the cart is open unless it became an order. */
class ScriptedService implements OrderService {
  readonly keys: string[] = [];

  constructor(
    private readonly script: (Order | ShopProblem)[],
    private readonly became?: string | ShopProblem,
  ) {}

  async checkOut({ idempotencyKey }: Attempt): Promise<Order> {
    this.keys.push(idempotencyKey);
    const answer = this.script.shift() as Order | ShopProblem;
    if (answer instanceof ShopProblem) throw answer;
    return answer;
  }

  async getCart(id: string): Promise<Cart> {
    if (this.became instanceof ShopProblem) throw this.became;
    if (this.became) throw new ShopProblem('cart_closed', { orderId: this.became });
    return { id } as Cart;
  }
}

const place = (service: OrderService, slot = new OneSlot()) =>
  placeOrder(service, new Attempts(slot), 'cart-1', REQUEST);

describe('an attempt to order', () => {
  test('that is answered is over', async () => {
    const slot = new OneSlot();
    expect(await place(new ScriptedService([ORDER]), slot)).toEqual({ kind: 'placed', order: ORDER });
    expect(slot.text).toBeNull();
  });

  test.each(['unreachable', 'unavailable', 'internal_error', 'busy', 'too_many_requests'] as const)(
    'that ends with %s may have been made: the next one has its key',
    async (code) => {
      const slot = new OneSlot();
      const service = new ScriptedService([new ShopProblem(code), ORDER]);
      expect(await place(service, slot)).toEqual({ kind: 'unanswered' });
      expect(slot.text).toBe(`cart-1 ${service.keys[0]}`);
      await place(service, slot);
      expect(service.keys[1]).toBe(service.keys[0]);
    },
  );

  test('that is lost leads to the order when the cart became one', async () => {
    const slot = new OneSlot();
    const service = new ScriptedService([new ShopProblem('unreachable')], 'order-1');
    expect(await place(service, slot)).toEqual({ kind: 'ordered-before', orderId: 'order-1' });
    expect(slot.text).toBeNull();
  });

  test('is unanswered when the cart is not answered either', async () => {
    const lost = new ShopProblem('unreachable');
    expect(await place(new ScriptedService([lost], lost))).toEqual({ kind: 'unanswered' });
  });

  test.each(['cart_closed', 'idempotency_key_reused'] as const)(
    'that is refused with %s leads to the order, named there or by the cart',
    async (code) => {
      const found = { kind: 'ordered-before', orderId: 'order-1' };
      expect(await place(new ScriptedService([new ShopProblem(code, { orderId: 'order-1' })]))).toEqual(found);
      expect(await place(new ScriptedService([new ShopProblem(code)], 'order-1'))).toEqual(found);
    },
  );

  test('that is refused for another reason is over, and the next one has a key of its own', async () => {
    const slot = new OneSlot();
    const total = { amount: 700, currency: 'EUR' };
    const service = new ScriptedService([
      new ShopProblem('insufficient_stock'),
      new ShopProblem('price_changed', { total }),
      new ShopProblem('invalid_request'),
    ]);
    expect(await place(service, slot)).toEqual({ kind: 'out-of-stock' });
    expect(slot.text).toBeNull();
    expect(await place(service, slot)).toEqual({ kind: 'price-changed', total });
    expect(await place(service, slot)).toMatchObject({ kind: 'refused', problem: { code: 'invalid_request' } });
    expect(new Set(service.keys).size).toBe(3);
  });
});

test('an attempt for another cart is not this one', async () => {
  const slot = new OneSlot();
  const attempts = new Attempts(slot);
  const first = attempts.begin('cart-1');
  expect(attempts.pending('cart-2')).toBeUndefined();
  expect(attempts.begin('cart-2').idempotencyKey).not.toBe(first.idempotencyKey);
});
