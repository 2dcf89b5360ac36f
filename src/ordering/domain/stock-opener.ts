import type { StockStore } from './order-store';

/** Writes under way at one moment. */
const WRITES_AT_ONCE = 25;

export interface OpeningStock {
  readonly sku: string;
  readonly openingStock: number;
}

/**
 * Gives each SKU that has never had stock its first; returns how many there were. Repeated, it changes nothing, so a
 * run that fails half-way is made good by the next.
 */
export async function openStock(store: StockStore, stock: readonly OpeningStock[]): Promise<number> {
  const waiting = stock.values();
  let opened = 0;
  const writer = async () => {
    for (const { sku, openingStock } of waiting) {
      if (await store.openStock(sku, openingStock)) opened++;
    }
  };
  await Promise.all(Array.from({ length: WRITES_AT_ONCE }, writer));
  return opened;
}
