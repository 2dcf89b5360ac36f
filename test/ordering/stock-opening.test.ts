import { StockTable } from '../../src/ordering/adapters/stock-table';
import { openStock } from '../../src/ordering/domain/stock-opening';
import { Busy } from '../../src/runtime/refusal';
import { Table } from '../../src/runtime/table';
import { conflict, timedOut } from '../simulation/dynamo-errors';
import { MemoryDynamoDb, type Network } from '../simulation/memory-dynamo';
import { SimulatedTime } from '../simulation/simulated-time';

const SKUS = Array.from({ length: 200 }, (_, index) => ({ sku: `sku-${index}`, openingStock: index }));

/** @param disturb called before each write; what it returns, the write is refused with */
function storeWith(disturb: (write: number) => Error | undefined = () => undefined) {
  const time = new SimulatedTime();
  const calls: string[] = [];
  const network: Network = async (operation, apply) => {
    calls.push(operation);
    const error = operation === 'PutItem' ? disturb(calls.filter((call) => call === 'PutItem').length) : undefined;
    if (error) throw error;
    return apply();
  };
  const db = new MemoryDynamoDb(network);
  const store = new StockTable(new Table(db, 'table', time));
  const stock = () =>
    new Map(
      db
        .table('table')
        .items()
        .map(({ pk, available }) => [pk, available]),
    );
  return { time, db, store, stock, calls };
}

test('each new SKU gets its first stock, and one that has any keeps it', async () => {
  const { time, db, store, stock } = storeWith();
  await store.open('sku-7', 1000);
  expect(await openStock(store, time, SKUS)).toBe(199);
  expect(stock().get('STOCK#sku-8')).toBe(8);
  expect(stock().get('STOCK#sku-7')).toBe(1000);
  expect(db.table('table').items()[0]).toMatchObject({ kind: 'STOCK', schemaVersion: 1 });
});

test('nothing is written for what has its stock', async () => {
  const { time, store, calls } = storeWith();
  await openStock(store, time, SKUS);
  calls.length = 0;
  expect(await openStock(store, time, SKUS)).toBe(0);
  expect(calls).toEqual(['BatchGetItem', 'BatchGetItem']);
});

test('one that is busy holds up no other, and is opened once it is free', async () => {
  let writes = 0;
  const { time, store, stock, calls } = storeWith((write) => {
    writes = write;
    return write === 1 || write === 201 || write === 202 ? conflict() : undefined;
  });
  const start = time.now().getTime();
  expect(await time.run(() => openStock(store, time, SKUS))).toBe(200);
  expect(stock().size).toBe(200);
  expect(writes).toBe(203);
  expect(calls.filter((call) => call === 'PutItem')).toHaveLength(203);
  expect(time.now().getTime() - start).toBeLessThan(5000);
});

test('those that stay busy are left to the next run, and all others are done', async () => {
  const { time, store, stock } = storeWith((write) => (write <= 2 || write > 200 ? conflict() : undefined));
  await expect(time.run(() => openStock(store, time, SKUS))).rejects.toThrow(Busy);
  expect(stock().size).toBe(198);
});

test('a write whose reply was lost is no failure', async () => {
  const time = new SimulatedTime();
  const lossy: Network = async (operation, apply) => {
    apply();
    if (operation === 'PutItem') throw timedOut();
    return apply();
  };
  const db = new MemoryDynamoDb(lossy);
  const store = new StockTable(new Table(db, 'table', time));
  expect(await time.run(() => openStock(store, time, SKUS))).toBe(200);
  expect(db.table('table').items()).toHaveLength(200);
});
