/** The catalogue alone, with its defaults, on the local cloud. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { DynamoDBClient, GetItemCommand, paginateScan } from '@aws-sdk/client-dynamodb';
import { LambdaClient, UpdateFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  paginateListObjectsV2,
  S3Client,
} from '@aws-sdk/client-s3';
import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { App, CfnOutput, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { LocalCloud } from '../../local/src';
import { ProductCatalog } from '../../src/catalog';
import type { CatalogPointer } from '../../src/catalog/contract';
import type { ImportResult } from '../../src/catalog/domain/import-result';
import type { Product } from '../../src/catalog/domain/product';
import { deliver, removePolicies, until } from './support';

jest.setTimeout(120_000);

let cloud: LocalCloud;
let assembly: string;
let api: string;
let outputs: Record<string, string>;
let s3: S3Client;

beforeAll(async () => {
  assembly = mkdtempSync(join(tmpdir(), 'catalog-'));
  synthesize(assembly);
  cloud = await LocalCloud.start({ maxEnvironmentsPerFunction: 4 });
  const stack = await cloud.deploy(assembly);
  outputs = stack.outputs;
  api = Object.values((await cloud.openFrontDoors()).apis)[0];
  s3 = new S3Client({ ...cloud.clientConfig, forcePathStyle: true });
});

afterAll(async () => {
  await cloud?.stop();
  rmSync(assembly, { recursive: true, force: true });
});

function synthesize(outdir: string): void {
  const app = new App({ outdir, context: { 'cdk-serverless-shop:allow-data-removal': true } });
  const stack = new Stack(app, 'Catalog');
  const catalog = new ProductCatalog(stack, 'Catalog', { removalPolicy: RemovalPolicy.DESTROY });
  const heard = new sqs.Queue(stack, 'Heard');
  new events.Rule(stack, 'Published', {
    eventBus: catalog.bus,
    eventPattern: { source: ['cdk-serverless-shop.catalog'], detailType: ['catalog.published'] },
    targets: [new targets.SqsQueue(heard)],
  });
  const values = {
    BucketName: catalog.bucket.bucketName,
    TableName: catalog.table.tableName,
    HeardUrl: heard.queueUrl,
    QueryName: catalog.queryFunction.functionName,
    ImportName: catalog.importFunction.functionName,
  };
  for (const [name, value] of Object.entries(values)) new CfnOutput(stack, name, { value });
  app.synth();
}

test('before the first import there is nothing to show, and a client is told to come again', async () => {
  for (const path of ['/products', '/products/mug', '/categories']) {
    expect(await get(path)).toMatchObject({
      status: 503,
      headers: { 'retry-after': '5', 'content-type': 'application/problem+json', 'cache-control': 'no-store' },
      body: { code: 'catalogue_unpublished', status: 503 },
    });
  }
});

describe('import', () => {
  test('a CSV file: the good rows are shown, the faulty ones reported, and the event is heard', async () => {
    const result = await importFile(
      'spring sale/über 100%.csv',
      [
        '\uFEFFid,name,description,category,style,price,current_stock,image,name_zh,category_zh,colour',
        'mug,Red mug,"Holds ""a lot"", really",kitchen,cup,12.50,7,cups/mug.jpg,红色马克杯,厨房,red',
        'hat,Blue hat,,clothes,,0.29,3,,,,',
        'hat,Second hat,,clothes,,5,3,,,,',
        'pen,,,office,,1.999,-1,,,,',
      ].join('\r\n'),
    );
    expect(result).toMatchObject({
      status: 'partly_imported',
      file: 'imports/spring sale/über 100%.csv',
      imported: 2,
      rejectedCount: 2,
      rejected: [
        { line: 4, id: 'hat', reason: 'id is already on line 3' },
        {
          line: 5,
          id: 'pen',
          reason: expect.stringMatching(/stock.*name is missing.*price.*has 3 decimals; USD has 2/),
        },
      ],
      ignoredColumns: ['colour'],
      version: expect.stringMatching(/^00000001-/),
    });

    const list = await get('/products');
    expect(list).toMatchObject({
      status: 200,
      headers: { 'cache-control': 'public, max-age=10', 'content-type': 'application/json' },
    });
    const mug = {
      id: 'mug',
      skus: ['mug'],
      name: 'Red mug',
      category: 'kitchen',
      style: 'cup',
      price: { amount: 1250, currency: 'USD' },
      image: 'cups/mug.jpg',
      translations: { zh: { name: '红色马克杯' } },
    };
    const hat = {
      id: 'hat',
      skus: ['hat'],
      name: 'Blue hat',
      category: 'clothes',
      price: { amount: 29, currency: 'USD' },
      image: null,
    };
    expect(list.body).toEqual({ items: [hat, mug], total: 2, next: null });
    expect((await get('/products/mug')).body).toEqual({
      ...mug,
      description: 'Holds "a lot", really',
      variants: [{ sku: 'mug', price: mug.price, image: mug.image, options: [] }],
    });
    expect((await get('/categories')).body).toEqual({
      items: [
        { id: 'clothes', name: 'clothes', productCount: 1, image: null },
        {
          id: 'kitchen',
          name: 'kitchen',
          productCount: 1,
          image: 'cups/mug.jpg',
          translations: { zh: { name: '厨房' } },
        },
      ],
    });

    const event = await hear();
    const { version, stock } = event.detail.data;
    expect(event).toMatchObject({
      source: 'cdk-serverless-shop.catalog',
      'detail-type': 'catalog.published',
      detail: { id: `catalog.published:${result.version}`, schemaVersion: 1, data: { version: result.version } },
    });
    expect(JSON.parse(gunzipSync(await read(stock.key)).toString())).toEqual([
      { sku: 'hat', openingStock: 3 },
      { sku: 'mug', openingStock: 7 },
    ]);
    expect(JSON.parse((await read('published/current.json')).toString())).toMatchObject({
      version,
      artefacts: { stock },
    });
  });

  test('a YAML file adds to what is there, and shows after two seconds', async () => {
    const result = await importFile(
      'more.yaml',
      [
        '- id: lamp',
        '  name: Brass lamp',
        '  category: light',
        '  price: 129.90',
        '  translations: {zh: {name: 黄铜台灯, description: 温暖的光}}',
        '- id: bad',
        '  name: [no, text]',
        '  category: light',
        '  price: 1',
        '- id: mug',
        '  name: Red mug',
        '  category: kitchen',
        '  price: 13',
      ].join('\n'),
    );
    expect(result).toMatchObject({
      imported: 2,
      rejected: [{ line: 6, id: 'bad' }],
      version: expect.stringMatching(/^00000002-/),
    });
    const lamp = await until(async () => {
      const reply = await get('/products/lamp');
      return reply.status === 200 && reply.body;
    });
    expect(lamp).toMatchObject({
      price: { amount: 12990, currency: 'USD' },
      translations: { zh: { name: '黄铜台灯', description: '温暖的光' } },
    });
    expect((await get('/products/mug')).body.price.amount).toBe(1300);
    expect((await get('/products/hat')).status).toBe(200);
    expect((await get(`/products?q=${encodeURIComponent('台灯')}`)).body.items).toMatchObject([{ id: 'lamp' }]);
    expect((await hear()).detail.data.version).toBe(result.version);
  });

  test('a broken file changes nothing, and its result says what is wrong and where', async () => {
    const before = await read('published/current.json');
    expect(await importFile('broken.yml', '- id: a\n  name: "x\n')).toMatchObject({
      status: 'failed',
      imported: 0,
      error: { line: 3, reason: expect.stringMatching(/quote/) },
    });
    expect(
      await importFile('latin1.csv', Buffer.from('id,name,category,price\na,H\xe4t,c,1\n', 'latin1')),
    ).toMatchObject({
      status: 'failed',
      error: { line: 2, reason: expect.stringMatching(/not UTF-8/) },
    });
    expect(await importFile('photo.png', 'no products')).toMatchObject({
      status: 'failed',
      error: { reason: 'The name must end in .csv, .yaml or .yml.' },
    });
    expect(await importFile('empty.csv', '')).toMatchObject({
      status: 'failed',
      error: { reason: 'The file is empty.' },
    });
    expect(await read('published/current.json')).toEqual(before);
  });

  test('an event that comes again is not imported again', async () => {
    const before = await read('import-results/more.yaml.json');
    const { sequencer } = JSON.parse(before.toString()) as ImportResult;
    await importFile('later.csv', 'id,name,category,price\nmug,Red mug,kitchen,14\n');
    const event = { detail: { object: { key: 'imports/more.yaml', sequencer } } };
    expect(await deliver(cloud, outputs.ImportName, event)).toEqual({ batchItemFailures: [] });
    expect(await read('import-results/more.yaml.json')).toEqual(before);
    await until(async () => (await get('/products/mug')).body.price.amount === 1400);
  });

  test('ten files at about the same moment: together they make few versions, in seconds, and the last put counts', async () => {
    const files = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'];
    const { sequence: before } = await pointer();
    const started = Date.now();
    const putFile = (file: string) => {
      const price = files.indexOf(file) + 1;
      const rows = [`own-${file},N,at-once,1`, `shared,N,at-once,${price}`];
      return put(`at-once-${file}.csv`, ['id,name,category,price', ...rows, ''].join('\n'));
    };
    // All but the last in no order, so that they come faster than any machine imports them.
    await Promise.all(files.slice(0, -1).map(putFile));
    await putFile('j');
    const results = await Promise.all(files.map((file) => result(`at-once-${file}.csv`)));
    // One version for each would take a minute.
    expect(Date.now() - started).toBeLessThan(40_000);
    expect(results.map(({ status }) => status)).toEqual(files.map(() => 'imported'));
    const { sequence, artefacts } = await pointer();
    expect(sequence - before).toBeLessThanOrEqual(5);
    const published = await pricesPublished(artefacts.products.key);
    const held = await pricesInTable();
    expect(published).toEqual(held);
    expect(held).toMatchObject(Object.fromEntries(files.map((file) => [`own-${file}`, 100])));
    expect(held.shared).toBe(1000);
  });

  test('variants: each SKU has its price, and is found in the table by itself', async () => {
    await importFile(
      'variants.yaml',
      [
        '- id: glazed',
        '  name: Glazed mug',
        '  name_zh: 釉面杯',
        '  category: kitchen',
        '  price: 18',
        '  image: glazed.jpg',
        '  variants:',
        '    - {sku: glazed-sea, options: {Glaze: Sea}, options_zh: {釉色: 海蓝}, stock: 4}',
        '    - {sku: glazed-clay, options: {Glaze: Clay}, price: 19.50, image: clay.jpg}',
      ].join('\n'),
    );
    const found = await until(async () => {
      const reply = await get('/products/glazed');
      return reply.status === 200 && reply.body;
    });
    expect(found).toMatchObject({
      skus: ['glazed-sea', 'glazed-clay'],
      price: { amount: 1800 },
      priceTo: { amount: 1950 },
      variants: [
        {
          sku: 'glazed-sea',
          price: { amount: 1800 },
          image: 'glazed.jpg',
          options: [{ name: 'Glaze', value: 'Sea' }],
          translations: { zh: { options: [{ name: '釉色', value: '海蓝' }] } },
        },
        { sku: 'glazed-clay', price: { amount: 1950 }, image: 'clay.jpg', options: [{ name: 'Glaze', value: 'Clay' }] },
      ],
    });
    const { Item } = await new DynamoDBClient(cloud.clientConfig).send(
      new GetItemCommand({ TableName: outputs.TableName, Key: { pk: { S: 'SKU#glazed-sea' }, sk: { S: 'SKU' } } }),
    );
    expect(Item && unmarshall(Item)).toEqual({
      pk: 'SKU#glazed-sea',
      sk: 'SKU',
      kind: 'sku',
      schemaVersion: 1,
      sku: 'glazed-sea',
      productId: 'glazed',
      name: 'Glazed mug',
      options: [{ name: 'Glaze', value: 'Sea' }],
      image: 'glazed.jpg',
      price: { amount: 1800, currency: 'USD' },
      active: true,
      openingStock: 4,
      translations: { zh: { name: '釉面杯', options: [{ name: '釉色', value: '海蓝' }] } },
    });
  });

  test('after a restore, with nothing but the table, the catalogue is published again', async () => {
    const before = await pointer();
    const held = await pricesInTable();
    const keys: string[] = [];
    const pages = paginateListObjectsV2({ client: s3 }, { Bucket: outputs.BucketName, Prefix: 'published/' });
    for await (const { Contents = [] } of pages) keys.push(...Contents.map(({ Key = '' }) => Key));
    for (const Key of keys) await s3.send(new DeleteObjectCommand({ Bucket: outputs.BucketName, Key }));

    await put('republish', '');
    const { status, version } = await result('republish');
    expect(status).toBe('imported');
    const after = await pointer();
    expect(after.version).toBe(version);
    expect(after.sequence).toBeGreaterThan(before.sequence);
    expect(await pricesPublished(after.artefacts.products.key)).toEqual(held);
    expect(JSON.parse(gunzipSync(await read(after.artefacts.stock.key)).toString())).toEqual(
      expect.arrayContaining([
        { sku: 'hat', openingStock: 3 },
        { sku: 'glazed-sea', openingStock: 4 },
      ]),
    );
    await until(async () => (await hear()).detail.data.version === version);
  });

  test('nothing is left in the outbox', async () => {
    await until(async () => {
      for await (const { Items = [] } of paginateScan(
        { client: new DynamoDBClient(cloud.clientConfig) },
        { TableName: outputs.TableName },
      )) {
        if (Items.some(({ pk }) => pk.S?.startsWith('OUTBOX#'))) return false;
      }
      return true;
    });
  });
});

describe('reading', () => {
  const COUNT = 250;

  beforeAll(async () => {
    const rows = Array.from(
      { length: COUNT },
      (_, n) => `page-${n},Thing ${n % 7},pages,${(n * 37) % 100}.50,stackable`,
    );
    await importFile('pages.csv', ['id,name,category,price,style', ...rows].join('\n'));
    await until(async () => (await get('/products?category=pages')).body.total === COUNT);
  });

  test.each(['', '&sort=name', '&sort=price', '&sort=-price', '&q=thin', '&q=stackable&sort=price'])(
    'all pages together hold every product once: %s',
    async (query) => {
      const seen: string[] = [];
      let next: string | null = null;
      do {
        const page = await get(`/products?category=pages&limit=100${query}${next ? `&cursor=${next}` : ''}`);
        expect(page).toMatchObject({ status: 200, body: { total: COUNT } });
        seen.push(...page.body.items.map(({ id }: { id: string }) => id));
        next = page.body.next;
      } while (next);
      expect(seen).toHaveLength(COUNT);
      expect(new Set(seen).size).toBe(COUNT);
    },
  );

  test('a page has 24 products unless asked otherwise', async () => {
    expect((await get('/products')).body.items).toHaveLength(24);
    expect((await get('/products?limit=1')).body.items).toHaveLength(1);
  });

  test.each([
    ['/products?limit=0', 400, 'invalid_request'],
    ['/products?limit=101', 400, 'invalid_request'],
    ['/products?limit=x', 400, 'invalid_request'],
    ['/products?sort=stock', 400, 'invalid_request'],
    ['/products?colour=red', 400, 'invalid_request'],
    [`/products?q=${'x'.repeat(201)}`, 400, 'invalid_request'],
    ['/products?cursor=%20', 400, 'invalid_request'],
    ['/products?cursor=bm9uc2Vuc2U', 400, 'invalid_cursor'],
    ['/products/unknown', 404, 'product_not_found'],
    ['/products/constructor', 404, 'product_not_found'],
    ['/products/%E4%BA%A7', 404, 'product_not_found'],
    [`/products/${'x'.repeat(65)}`, 404, 'product_not_found'],
    ['/products/mug/reviews', 404, 'route_not_found'],
  ])('%s is answered %i %s', async (path, status, code) => {
    expect(await get(path)).toMatchObject({
      status,
      headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store' },
      body: { type: 'about:blank', status, code },
    });
  });

  test('an unknown category and words that nothing has are empty lists', async () => {
    for (const query of ['category=none', 'q=xyzzyplugh', 'q=%F0%9F%A6%84', 'category=constructor']) {
      expect(await get(`/products?${query}`)).toMatchObject({ status: 200, body: { items: [], total: 0, next: null } });
    }
  });
});

const REAL = join(__dirname, '../../../shared/data/retail-catalogue.yaml');
(existsSync(REAL) ? test : test.skip)(
  '2,465 products of a real shop are imported, paged through and searched',
  async () => {
    expect(await importFile('retail.yaml', readFileSync(REAL))).toMatchObject({
      status: 'imported',
      imported: 2465,
      ignoredColumns: expect.arrayContaining(['gender_affinity']),
    });
    await until(async () => (await get('/products?category=accessories')).body.total > 100);
    const seen = new Set<string>();
    let next: string | null = null;
    do {
      const page: Reply = await get(`/products?sort=price&limit=100${next ? `&cursor=${next}` : ''}`);
      for (const { id } of page.body.items) seen.add(id);
      next = page.body.next;
    } while (next);
    expect([...seen].filter((id) => id.length === 36)).toHaveLength(2465);
    expect((await get('/products?q=lether%20backpack')).body.items[0].name).toMatch(/leather.*backpack/i);
  },
);

describe('without its policies', () => {
  test('the query function shows what it has in memory, and says why it knows nothing newer', async () => {
    await removePolicies(cloud, outputs.QueryName);
    await until(async () => {
      expect(await get('/products')).toMatchObject({ status: 200 });
      return cloud.logs(outputs.QueryName).includes('AccessDenied');
    });
  });

  test('without a catalogue in memory it is refused, and says nothing of it to the caller', async () => {
    const Environment = { Variables: { CATALOG_BUCKET_NAME: outputs.BucketName, ANOTHER: 'environment' } };
    await new LambdaClient(cloud.clientConfig).send(
      new UpdateFunctionConfigurationCommand({ FunctionName: outputs.QueryName, Environment }),
    );
    const reply = await until(async () => {
      const refused = await get('/products');
      return refused.status !== 200 && refused;
    });
    expect(reply).toMatchObject({ status: 500, body: { code: 'internal_error' } });
    expect(JSON.stringify(reply.body)).not.toMatch(/AccessDenied|s3|arn/i);
  });

  test('the import function is refused, and keeps the file in its queue', async () => {
    await removePolicies(cloud, outputs.ImportName);
    const event = { detail: { object: { key: 'imports/more.yaml', sequencer: 'FFFFFFFFFFFFFFFFFFFF' } } };
    expect(await deliver(cloud, outputs.ImportName, event)).toEqual({ batchItemFailures: [{ itemIdentifier: 'm-1' }] });
    expect(cloud.logs(outputs.ImportName)).toContain('AccessDenied');
  });
});

interface Reply {
  status: number;
  headers: Record<string, string>;
  // biome-ignore lint/suspicious/noExplicitAny: what is in it is what a test asserts
  body: any;
}

async function get(path: string): Promise<Reply> {
  const reply = await fetch(`${api}/v1${path}`);
  return { status: reply.status, headers: Object.fromEntries(reply.headers), body: await reply.json() };
}

async function read(key: string): Promise<Buffer> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: outputs.BucketName, Key: key }));
  return Buffer.from((await Body?.transformToByteArray()) ?? []);
}

async function pointer(): Promise<CatalogPointer> {
  return JSON.parse((await read('published/current.json')).toString());
}

async function pricesPublished(key: string): Promise<Record<string, number>> {
  const lines = gunzipSync(await read(key))
    .toString()
    .split('\n')
    .slice(0, -1);
  const skus = lines.flatMap((line) => (JSON.parse(line) as Product).skus);
  return Object.fromEntries(skus.map(({ sku, price }) => [sku, price.amount]));
}

async function put(name: string, content: string | Buffer): Promise<void> {
  const Key = `imports/${name}`;
  await s3.send(new PutObjectCommand({ Bucket: outputs.BucketName, Key, Body: Buffer.from(content) }));
}

async function importFile(name: string, content: string | Buffer): Promise<ImportResult> {
  await put(name, content);
  return result(name);
}

async function result(name: string): Promise<ImportResult> {
  return until(async () => {
    const Prefix = `import-results/${name}.json`;
    const { KeyCount } = await s3.send(new ListObjectsV2Command({ Bucket: outputs.BucketName, Prefix }));
    if (KeyCount !== 1) return undefined;
    const result = JSON.parse((await read(Prefix)).toString()) as ImportResult;
    return result.status !== 'running' && result;
  }, 60);
}

async function pricesInTable(): Promise<Record<string, number>> {
  const prices: Record<string, number> = {};
  const client = new DynamoDBClient(cloud.clientConfig);
  for await (const { Items = [] } of paginateScan({ client }, { TableName: outputs.TableName })) {
    for (const { sk, sku, price } of Items) if (sk.S === 'SKU') prices[sku.S ?? ''] = Number(price.M?.amount.N);
  }
  return prices;
}

async function hear() {
  const client = new SQSClient(cloud.clientConfig);
  return until(async () => {
    const { Messages = [] } = await client.send(
      new ReceiveMessageCommand({ QueueUrl: outputs.HeardUrl, MaxNumberOfMessages: 1, WaitTimeSeconds: 1 }),
    );
    const [message] = Messages;
    if (!message) return undefined;
    await client.send(
      new DeleteMessageCommand({ QueueUrl: outputs.HeardUrl, ReceiptHandle: message.ReceiptHandle ?? '' }),
    );
    return JSON.parse(message.Body ?? '');
  });
}
