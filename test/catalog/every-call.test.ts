/**
 * Two imports, of which the second moves SKUs between products, with a mishap of every kind at every call that they
 * make. `MISHAPS=2` has two of them in each run.
 */
import zlib, { gunzipSync, gzipSync } from 'node:zlib';
import type { Table } from '../../src/runtime/table';
import { isFoundWrong, testAtEveryCall } from '../simulation/every-call';
import type { Weather } from '../simulation/network';
import { importFiles, type Spoiled } from './simulated-imports';

jest.setTimeout(3_600_000);

type Callback = (error: Error | null, result: Buffer) => void;

// Simulated time stands still while somebody works. Threads it does not see, so nothing may be left to them.
beforeAll(() => {
  const gzip = (data: Buffer, _: object, done: Callback) => done(null, gzipSync(data));
  const gunzip = (data: Buffer, _: object, done: Callback) => done(null, gunzipSync(data));
  jest.spyOn(zlib, 'gzip').mockImplementation(gzip as never);
  jest.spyOn(zlib, 'gunzip').mockImplementation(gunzip as never);
});
afterAll(() => void jest.restoreAllMocks());

const csv = (...rows: string[]) => ['id,sku,name,category,price,stock,options', ...rows, ''].join('\n');

const FILES = [
  {
    name: 'a.csv',
    text: csv('sea,,Sea mug,k,1,3,', 'cup,red,Cup,k,3,,C=Red', 'cup,blue,,,4,,C=Blue', 'hat,,Hat,k,9,1,'),
  },
  // A product becomes a variant of a new one, a variant goes to another product, one is new, and one has another price.
  {
    name: 'b.csv',
    text: csv('mug,sea,Mug,k,2,3,G=Sea', 'mug,clay,,,2,7,G=Clay', 'hat,hat,Hat,k,8,1,K=Hat', 'hat,blue,,,8,,K=Blue'),
  },
];

const importBoth = (weather: Weather, spoiled?: Spoiled) => importFiles(FILES, weather, spoiled);

testAtEveryCall(importBoth, 30);

describe('the same check finds', () => {
  const spoiled = (table: Table, its: Partial<Table>): Table => Object.assign(Object.create(table), its);
  const toldApart = (table: Table) =>
    spoiled(table, {
      transact: async ([marker, event]) => {
        const outcome = await table.transact([marker]);
        return outcome.done ? table.transact([event]) : outcome;
      },
    });
  const hopeful = (table: Table) =>
    spoiled(table, {
      putAll: async (items) => {
        for (const item of items) await table.put(item).catch(() => undefined);
      },
    });

  test.each<[string, Spoiled]>([
    ['an event that is written after what says that it was', { table: toldApart }],
    ['writes that count as made whatever becomes of them', { table: hopeful }],
  ])('%s', async (_, its) => {
    expect(await importBoth({ attempts: 1, fault: () => undefined }, its)).toEqual([]);
    expect(await isFoundWrong((weather) => importBoth(weather, its))).toBe(true);
  });
});
