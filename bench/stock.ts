import { StockTable } from '../src/ordering/adapters/stock-table';
import { type OpeningStock, openStock } from '../src/ordering/domain/stock-opening';
import { Table } from '../src/runtime/table';
import { MemoryDynamoDb } from '../test/simulation/memory-dynamo';
import { SimulatedTime } from '../test/simulation/simulated-time';
import type { Comparison } from './comparison';

const SKUS = 26_500;
const NEW = 100;
/** Of one call, as DynamoDB takes it within a region. */
const CALL_MS = 6;

/**
 * Seconds of simulated time until the last new SKU of a publication can be bought: a publication tells of those that
 * are new and opens what is not opened yet, against one in which every SKU is written again.
 */
export async function stock(): Promise<Comparison[]> {
  const all = Array.from({ length: SKUS }, (_, index) => ({ sku: `sku-${index}`, openingStock: 10 }));
  const baseline = await secondsToOpen([], all);
  const fresh = all.slice(0, NEW);
  const rest = { baseline, against: 'every one written', unit: 's' };
  return [
    { what: `${NEW} new among ${SKUS} SKUs, those told of`, ours: await secondsToOpen(all.slice(NEW), fresh), ...rest },
    { what: `${NEW} new among ${SKUS} SKUs, all told of`, ours: await secondsToOpen(all.slice(NEW), all), ...rest },
    { what: `none new among ${SKUS} SKUs, all told of`, ours: await secondsToOpen(all, all), ...rest },
  ];
}

async function secondsToOpen(open: readonly OpeningStock[], told: readonly OpeningStock[]): Promise<number> {
  const time = new SimulatedTime();
  let takesTime = false;
  const db = new MemoryDynamoDb(async (_, apply) => {
    if (takesTime) await time.sleep(CALL_MS);
    return apply();
  });
  const store = new StockTable(new Table(db, 'table', time));
  await openStock(store, time, open);
  takesTime = true;
  const started = time.now().getTime();
  await time.run(() => openStock(store, time, told));
  return (time.now().getTime() - started) / 1000;
}
