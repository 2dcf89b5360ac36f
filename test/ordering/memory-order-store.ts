import type { OpenCart, PlacedOrder } from '../../src/ordering/domain/model';
import type { OrderStore, Placement, StockStore } from '../../src/ordering/domain/order-store';
import type { DomainEvent } from '../../src/runtime/events';

/** An OrderStore with the conditions of the real one, and with the mishaps that a test asks for. */
export class MemoryOrderStore implements OrderStore, StockStore {
  readonly events: DomainEvent[] = [];
  readonly stock = new Map<string, number>();
  readonly records = new Map<string, OpenCart | PlacedOrder>();
  /** Called before each placement; what it answers happens instead. */
  mishap: () => 'conflict' | 'reply lost' | undefined = () => undefined;

  async find(orderId: string) {
    return this.records.get(orderId);
  }

  async open(cart: OpenCart) {
    this.records.set(cart.orderId, cart);
  }

  async save(cart: OpenCart) {
    if (!this.isOpenIn(cart.orderId, cart.version - 1)) return false;
    this.records.set(cart.orderId, cart);
    return true;
  }

  async remove(cart: OpenCart) {
    return this.isOpenIn(cart.orderId, cart.version) && this.records.delete(cart.orderId);
  }

  async place(order: PlacedOrder, event: DomainEvent): Promise<Placement> {
    const mishap = this.mishap();
    if (mishap === 'conflict' || !this.isOpenIn(order.orderId, order.version - 1)) return { outcome: 'conflict' };
    const short = order.lines.filter(({ sku, quantity }) => (this.stock.get(sku) ?? 0) < quantity);
    if (short.length > 0) {
      return { outcome: 'short', available: new Map(short.map(({ sku }) => [sku, this.stock.get(sku) ?? 0])) };
    }
    for (const { sku, quantity } of order.lines) this.stock.set(sku, (this.stock.get(sku) ?? 0) - quantity);
    this.records.set(order.orderId, order);
    this.events.push(event);
    if (mishap === 'reply lost') throw new Error('socket hang up');
    return { outcome: 'placed' };
  }

  async available(skus: readonly string[]) {
    return new Map(skus.flatMap((sku) => (this.stock.has(sku) ? [[sku, this.stock.get(sku) ?? 0]] : [])));
  }

  async openStock(sku: string, available: number) {
    if (this.stock.has(sku)) return false;
    this.stock.set(sku, available);
    return true;
  }

  orders(): PlacedOrder[] {
    return [...this.records.values()].filter((record) => record.state === 'PLACED');
  }

  private isOpenIn(orderId: string, version: number): boolean {
    const record = this.records.get(orderId);
    return record?.state === 'OPEN' && record.version === version;
  }
}
