import type { Table } from '../../runtime/table';
import type { StockStore } from '../domain/ports';
import { skuOfStock, stockItem, stockKey } from './items';

/** Stock in ordering's table. */
export class StockTable implements StockStore {
  constructor(private readonly table: Table) {}

  async available(skus: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const items = await this.table.getAll(skus.map(stockKey), ['pk', 'available']);
    return new Map(items.map((item) => [skuOfStock(item), Number(item.available)]));
  }

  async open(sku: string, available: number): Promise<void> {
    await this.table.put(stockItem(sku, available), { condition: 'attribute_not_exists(pk)' });
  }
}
