import type { Clock } from '../../runtime/clock';
import { inParallel } from '../../runtime/parallel';
import { Busy } from '../../runtime/refusal';
import { isPassing } from '../../runtime/retry';
import type { StockStore } from './ports';

/** Writes under way at one moment. */
const WRITES_AT_ONCE = 25;

/** Rounds in which those that were busy are tried again, and the longest wait between two. */
const ROUNDS = 6;
const LONGEST_WAIT_MS = 4000;

export interface OpeningStock {
  readonly sku: string;
  readonly openingStock: number;
}

/**
 * Gives each SKU that has no stock its first; returns how many there were. Nothing is written for the others. One that
 * is busy holds up no other, and is tried again once all others are done. Repeated, it does what is left to do.
 *
 * @throws Busy when some are still busy at the end
 */
export async function openStock(store: StockStore, clock: Clock, stock: readonly OpeningStock[]): Promise<number> {
  const known = await store.available(stock.map(({ sku }) => sku));
  const unopened = stock.filter(({ sku }) => !known.has(sku));
  let waiting = unopened;
  for (let round = 0; waiting.length > 0; round++) {
    if (round === ROUNDS) throw new Busy(`The stock of ${waiting.length} SKUs could not be opened yet.`);
    if (round > 0) await clock.sleep(clock.random() * Math.min(LONGEST_WAIT_MS, 250 * 2 ** round));
    const opened = await inParallel(waiting, WRITES_AT_ONCE, (one) => wasOpened(store, one));
    waiting = waiting.filter((_, index) => !opened[index]);
  }
  return unopened.length;
}

async function wasOpened(store: StockStore, { sku, openingStock }: OpeningStock): Promise<boolean> {
  try {
    await store.open(sku, openingStock);
    return true;
  } catch (error) {
    if (isPassing(error)) return false;
    throw error;
  }
}
