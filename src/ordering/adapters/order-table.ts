import type { DomainEvent } from '../../runtime/events';
import { outboxItem } from '../../runtime/outbox';
import type { Reason, Table } from '../../runtime/table';
import type { Cart, Order } from '../domain/model';
import type { OrderStore, Placement } from '../domain/ports';
import { overOpenCart } from './cart-table';
import { cartItem, orderItem, orderKey, orderOf, stockKey } from './items';

/** Orders in ordering's table. */
export class OrderTable implements OrderStore {
  constructor(private readonly table: Table) {}

  /** The order whose whole id is the given one; its key holds but the part that is its number. */
  async find(id: string): Promise<Order | undefined> {
    const item = await this.table.get(orderKey(id));
    return item?.id === id ? orderOf(item) : undefined;
  }

  async place(closed: Cart, order: Order, event: DomainEvent): Promise<Placement> {
    const demand = demandOf(order);
    const outcome = await this.table.transact([
      { put: cartItem(closed), ...overOpenCart(closed.version - 1, new Date(order.placedAt)) },
      { put: orderItem(order), condition: 'attribute_not_exists(pk)' },
      { put: outboxItem(event) },
      ...demand.map(({ sku, quantity }) => ({
        key: stockKey(sku),
        update: 'SET available = available - :quantity',
        condition: 'available >= :quantity',
        values: { ':quantity': quantity },
      })),
    ]);
    if (outcome.done) return { outcome: 'placed' };
    const [cart, placed, , ...stock] = outcome.reasons;
    // A cart that has changed, or is being changed, comes first: its lines may no longer be those that fall short, and
    // it may be this very request, sent twice, that takes what is missing.
    if (isTouched(cart)) return { outcome: 'conflict' };
    if (placed?.refused) throw new Error('The number of an order is that of another.');
    const short = demand.flatMap(({ sku }, index) =>
      stock[index]?.refused ? [[sku, stock[index].found?.available as number | undefined] as const] : [],
    );
    if (short.length > 0) return { outcome: 'short', available: new Map(short) };
    if (outcome.reasons.some(({ passing }) => passing)) return { outcome: 'conflict' };
    throw new Error('A checkout was cancelled for a reason that is not known.');
  }
}

/** A transaction may touch an item once, so the quantities of one SKU are one demand. */
function demandOf({ lines }: Order): { sku: string; quantity: number }[] {
  const bySku = new Map<string, number>();
  for (const { sku, quantity } of lines) bySku.set(sku, (bySku.get(sku) ?? 0) + quantity);
  return [...bySku].map(([sku, quantity]) => ({ sku, quantity }));
}

function isTouched(reason: Reason | undefined): boolean {
  return reason !== undefined && (reason.refused || reason.passing);
}
