import { isDeepStrictEqual } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { CatalogTable } from '../../src/catalog/adapters/catalog-table';
import { CATALOG_KEYS, type CatalogOpeningStock, type CatalogPointer } from '../../src/catalog/contract';
import { resultKeyOf } from '../../src/catalog/domain/import-result';
import { Importer } from '../../src/catalog/domain/importer';
import { type Product, soldPart } from '../../src/catalog/domain/product';
import { ProductWriter } from '../../src/catalog/domain/product-writer';
import { Publisher } from '../../src/catalog/domain/publisher';
import { skuRecord } from '../../src/catalog/domain/sku-record';
import { S3Objects } from '../../src/runtime/s3-objects';
import { Table } from '../../src/runtime/table';
import { MemoryDynamoDb } from '../simulation/memory-dynamo';
import { MemoryS3 } from '../simulation/memory-s3';
import { inProcess, Killed, networkOf, type Weather } from '../simulation/network';
import { seeded } from '../simulation/random';
import { SimulatedTime } from '../simulation/simulated-time';

const BUCKET = 'catalogue';
const MOST_DELIVERIES = 20;
const LONGEST_WAY_MS = 10_000;
const LAST = 'id,name,category,price\nlast,Last,k,1\n';

interface File {
  readonly name: string;
  readonly text: string;
}

export interface Spoiled {
  readonly table?: (table: Table) => Table;
}

/**
 * Imports files in their order, as a queue has it: what fails comes again, and holds up those after it. Meanwhile calls
 * to table and bucket are lost, repeated, late, refused or cut off.
 *
 * @returns every way in which table, readers, events and results do not add up at the end, in words
 */
export async function importFiles(files: readonly File[], weather: Weather, its: Spoiled = {}): Promise<string[]> {
  const time = new SimulatedTime(seeded(7));
  let isCalm = false;
  const network = networkOf(time, {
    get attempts() {
      return weather.attempts;
    },
    fault: (operation) => (isCalm ? undefined : weather.fault(operation)),
  });
  const db = new MemoryDynamoDb(network);
  const s3 = new MemoryS3(time, network);
  const table = new Table(db, 'table', time);
  const store = new CatalogTable(its.table?.(table) ?? table, time);
  const objects = new S3Objects(s3, BUCKET);
  const wrong: string[] = [];

  await time.run(async () => {
    for (const file of files) {
      await importFile(file);
      // Writes have no conditions, so one that arrives later than this, given up long before, would undo the next file's.
      await time.sleep(LONGEST_WAY_MS);
    }
    isCalm = true;
    // What was left takes the next import with it.
    await importFile({ name: 'last.csv', text: LAST });
    wrong.push(...(await mistakes()));
  });
  return wrong;

  async function importFile({ name, text }: File): Promise<void> {
    const key = `imports/${name}`;
    s3.replace(BUCKET, key, Buffer.from(text));
    for (let received = 0; received < MOST_DELIVERIES; received++) {
      const publisher = new Publisher(store, objects, time, () => undefined);
      const importer = new Importer(new ProductWriter(store, time), objects, publisher, time, 'USD');
      const request = { key, sequencer: '01', repeated: received > 0 };
      const [outcome] = await inProcess(() => importer.import([request])).catch(orDied);
      if (outcome && !('error' in outcome)) return;
      if (outcome?.givenUp) break;
      await time.sleep(2000);
    }
    wrong.push(`${key} was given up`);
  }

  async function mistakes(): Promise<string[]> {
    const items = db.table('table').items();
    const ids = items.filter(({ kind }) => kind === 'product').map(({ pk }) => String(pk).slice('PRODUCT#'.length));
    const products = await store.read(ids);
    const records = items.flatMap(({ pk, sk, ...item }) => (item.kind === 'sku' && item.active ? [item] : []));
    const pointer: CatalogPointer = s3.json(BUCKET, CATALOG_KEYS.POINTER);
    const shown = unzipped(pointer.artefacts.products.key).split('\n').slice(0, -1);
    const told: CatalogPublished[] = items.flatMap(({ detail }) => (detail ? [JSON.parse(`${detail}`).data] : []));
    const opened = told.flatMap(({ stock }): CatalogOpeningStock[] => JSON.parse(unzipped(stock.key)));
    const sold = products.flatMap((product) => soldPart(product) ?? []);
    return [
      ...differences(
        'readers see',
        shown.map((line) => JSON.parse(line)),
        sold,
      ),
      ...differences('items of SKUs are', bySku(records), bySku(sold.flatMap(recordsOf))),
      ...differences(
        'the current version was told of',
        told.filter(({ version }) => version === pointer.version).length,
        1,
      ),
      ...differences('stock was told of', [...new Set(opened.map(({ sku }) => sku))].sort(), stockedSkus(products)),
      ...differences('unpublished are', await store.unpublished(), []),
      ...[...files, { name: 'last.csv' }].flatMap(({ name }) => {
        const { status } = s3.json(BUCKET, resultKeyOf(`imports/${name}`)) ?? {};
        return differences(`the result of ${name} is`, status, 'imported');
      }),
    ];
  }

  function unzipped(key: string): string {
    const stored = s3.objects(BUCKET).get(key);
    if (!stored) throw new Error(`There is no ${key}.`);
    return gunzipSync(stored.body).toString();
  }
}

type CatalogPublished = { readonly version: string; readonly stock: { readonly key: string } };

function orDied(error: unknown): [undefined] {
  if (error instanceof Killed) return [undefined];
  throw error;
}

function bySku<Entry extends { readonly sku?: unknown }>(entries: readonly Entry[]): Entry[] {
  return [...entries].sort((a, b) => (String(a.sku) < String(b.sku) ? -1 : 1));
}

function recordsOf(product: Product) {
  return product.skus.map((sku) => skuRecord(product, sku));
}

/** SKUs that were ever given an opening stock. */
function stockedSkus(products: readonly Product[]): string[] {
  const skus = products.flatMap((product) => product.skus.filter(({ openingStock }) => openingStock !== undefined));
  return skus.map(({ sku }) => sku).sort();
}

function differences(what: string, is: unknown, shall: unknown): string[] {
  return isDeepStrictEqual(plain(is), plain(shall))
    ? []
    : [`${what} ${JSON.stringify(is)} instead of ${JSON.stringify(shall)}`];
}

function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value ?? null));
}
