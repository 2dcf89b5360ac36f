/** Cart, checkout and orders with nothing but a catalogue beside them, on the local cloud. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import {
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  paginateScan,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { App, CfnOutput, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { LocalCloud } from '../../local/src';
import { ProductCatalog } from '../../src/catalog';
import { OrderProcessing, ShoppingCart } from '../../src/ordering';
import { cartKeyOf, orderIdOf, orderNumberOf } from '../../src/ordering/domain/identity';
import { deliver, removePolicies, until } from './support';

jest.setTimeout(120_000);

/** A cart's lines and as many products more as it takes to find it full. */
const MANY = Array.from({ length: 98 }, (_, index) => `many-${index}`);
const PRODUCTS = [
  'id,name,category,price,stock,name_zh',
  'mug,Red mug,kitchen,12.50,1000,红色马克杯',
  'hat,Blue hat,clothes,3.33,1000,',
  'rare,Rare thing,art,99.99,20,',
  'scarce,Scarce thing,art,10.00,5,',
  'pen,Pen,office,1.00,1000,',
  'constructor,A set of bricks,toys,5.00,10,',
  ...MANY.map((sku) => `${sku},Thing,things,0.01,10,`),
].join('\n');

const CUSTOMER = { name: 'Zaphod Beeblebrox', email: 'zaphod@heartofgold.example' };
const NOBODY = 'A'.repeat(22);

let cloud: LocalCloud;
let assembly: string;
let apis: Record<string, string>;
let api: string;
let outputs: Record<string, string>;
let table: DynamoDBDocumentClient;

beforeAll(async () => {
  assembly = mkdtempSync(join(tmpdir(), 'ordering-'));
  synthesize(assembly);
  cloud = await LocalCloud.start({ maxEnvironmentsPerFunction: 4 });
  const [stack] = await cloud.deployAll(assembly);
  outputs = Object.fromEntries(Object.entries(stack.outputs).map(([key, value]) => [key.replace(/Name$/, ''), value]));
  apis = (await cloud.openFrontDoors()).apis;
  api = apiOf('Catalog');
  table = DynamoDBDocumentClient.from(new DynamoDBClient(cloud.clientConfig));
  await importProducts('products.csv', PRODUCTS);
  await until(async () => (await call('GET', '/availability?sku=many-97')).body.items[0].available === 10);
});

afterAll(async () => {
  await cloud?.stop();
  rmSync(assembly, { recursive: true, force: true });
});

function synthesize(outdir: string): void {
  const app = new App({ outdir, context: { 'cdk-serverless-shop:allow-data-removal': true } });
  const stack = new Stack(app, 'Ordering');
  const catalog = new ProductCatalog(stack, 'Catalog', { removalPolicy: RemovalPolicy.DESTROY });
  const orderLimits = { unitsPerLine: 2000, units: 5000, lines: 97, total: 1_000_000 };
  const cart = new ShoppingCart(stack, 'Cart', { catalog, removalPolicy: RemovalPolicy.DESTROY, orderLimits });
  const orders = new OrderProcessing(stack, 'Orders', { catalog, store: cart.store, ordersPerSource: 1000 });
  const heard = new sqs.Queue(stack, 'Heard');
  new events.Rule(stack, 'OrderPlaced', {
    eventBus: catalog.bus,
    eventPattern: { source: ['cdk-serverless-shop.ordering'], detailType: ['order.placed'] },
    targets: [new targets.SqsQueue(heard)],
  });
  const values = {
    Bucket: catalog.bucket.bucketName,
    Table: cart.store.table.tableName,
    Heard: heard.queueUrl,
    Cart: cart.cartFunction.functionName,
    Checkout: orders.checkoutFunction.functionName,
    OrderQuery: orders.orderQueryFunction.functionName,
    Stock: cart.store.stockFunction.functionName,
  };
  for (const [name, value] of Object.entries(values)) new CfnOutput(stack, `${name}Name`, { value });

  const other = new Stack(app, 'Alone');
  other.addStackDependency(stack);
  new OrderProcessing(other, 'Alone', { catalog: new ProductCatalog(other, 'AloneCatalog') });
  app.synth();
}

describe('buying', () => {
  test('a cart is filled and ordered, the order is seen, and its event is heard', async () => {
    const cart = await call('POST', '/carts');
    expect(cart).toMatchObject({
      status: 201,
      headers: { location: `/v1/carts/${cart.body.id}`, 'cache-control': 'no-store', etag: '"1"' },
      body: { version: 1, lines: [], adjustments: [], itemCount: 0, total: usd(0) },
    });
    await put(cart.body.id, 'hat', 1);
    const filled = await put(cart.body.id, 'mug', 2);
    expect(filled.body).toEqual((await call('GET', `/carts/${cart.body.id}`)).body);
    expect(filled.body).toMatchObject({
      version: 3,
      itemCount: 3,
      total: usd(2833),
      lines: [
        { sku: 'hat', quantity: 1, unitPrice: usd(333), total: usd(333), available: 1000, status: 'ok' },
        { sku: 'mug', quantity: 2, total: usd(2500), translations: { zh: { name: '红色马克杯' } } },
      ],
    });

    const placed = await checkOut(cart.body.id, 'key', { expectedTotal: usd(2833), language: 'zh' });
    const { order } = placed.body;
    expect(placed).toMatchObject({
      status: 201,
      headers: { location: `/v1/orders/${order.id}` },
      body: { payment: { status: 'due', action: null } },
    });
    expect(placed.headers).not.toHaveProperty('idempotent-replayed');
    expect(await call('GET', `/orders/${order.id}`)).toMatchObject({ status: 200, body: order });
    expect(order).toMatchObject({
      id: orderIdOf(cart.body.id),
      number: orderNumberOf(order.id),
      contact: CUSTOMER,
      total: usd(2833),
      itemCount: 3,
      adjustments: [],
      lines: [{ name: 'Blue hat' }, { name: '红色马克杯' }],
    });

    const event = await hear(order.id);
    expect(event).toMatchObject({
      source: 'cdk-serverless-shop.ordering',
      'detail-type': 'order.placed',
      detail: {
        id: `order.placed:${order.id}`,
        time: order.placedAt,
        schemaVersion: 1,
        data: {
          orderId: order.id,
          number: order.number,
          language: 'zh',
          contact: CUSTOMER,
          total: usd(2833),
          lines: [
            { sku: 'hat', name: 'Blue hat' },
            { sku: 'mug', name: '红色马克杯', quantity: 2, unitPrice: usd(1250), adjustments: [], total: usd(2500) },
          ],
          adjustments: [],
        },
      },
    });
    expect(cloud.logs(outputs.Checkout)).toContain('"OrdersPlaced":1');
  });

  test('what is stored about a cart does not lead to it', async () => {
    const cartId = await fill({ mug: 1 });
    const { Item } = await table.send(
      new GetCommand({ TableName: outputs.Table, Key: { pk: `CART#${cartKeyOf(cartId)}`, sk: 'CART' } }),
    );
    expect(Item).toMatchObject({
      kind: 'CART',
      state: 'OPEN',
      schemaVersion: 1,
      lines: [{ sku: 'mug', quantity: 1 }],
    });
    const stored = JSON.stringify(await items());
    expect(stored).not.toContain(cartId);
    expect(stored).not.toContain(orderIdOf(cartId));
  });

  test('a cart as full as can be is ordered in one transaction', async () => {
    const cartId = await fill(Object.fromEntries(MANY.slice(0, 97).map((sku) => [sku, 1])));
    expect(await put(cartId, MANY[97], 1)).toMatchObject({ status: 409, body: { code: 'cart_full' } });
    const { status, body } = await checkOut(cartId, 'key', { expectedTotal: usd(97) });
    expect(status).toBe(201);
    expect(body.order.lines.map(({ sku }: { sku: string }) => sku)).toEqual(MANY.slice(0, 97));
  });

  test('more than the shop sells at once is refused, with how many it sells', async () => {
    const cartId = await fill({ mug: 1 });
    expect(await put(cartId, 'mug', 2001)).toMatchObject({
      status: 409,
      body: { code: 'quantity_too_large', limit: 2000 },
    });
    const dear = await fill({ mug: 900 });
    expect(await checkOut(dear, 'key', { expectedTotal: usd(1_125_000) })).toMatchObject({
      status: 409,
      body: { code: 'total_too_large', limit: 1_000_000 },
    });
    expect((await call('GET', '/availability?sku=mug')).body.items[0].available).toBeGreaterThan(900);
  });

  test('who ordered too often is told when to order again; what was ordered is answered all the same', async () => {
    const [first, next] = [await fill({ hat: 1 }), await fill({ hat: 1 })];
    const ordered = (cartId: string) => checkOut(cartId, 'key', { expectedTotal: usd(333) });
    expect((await ordered(first)).status).toBe(201);
    const counted = (await items()).filter(({ pk }) => pk.startsWith('CALLER#'));
    expect(counted.length).toBeGreaterThan(0);
    expect(JSON.stringify(counted)).not.toContain('127.0.0.1');
    const full = { taken: Array.from({ length: 1000 }, (_, index) => String(index).padStart(8, '0')) };
    const hour = Math.floor(Date.now() / 3_600_000);
    const keys = [hour, hour + 1].map((sk) => ({ pk: counted[0].pk, sk: String(sk) }));
    for (const key of keys) await table.send(new PutCommand({ TableName: outputs.Table, Item: { ...key, ...full } }));
    // Nobody is believed who says that they speak for another.
    const disguise = { 'x-forwarded-for': '198.51.100.1', 'x-shop-edge': 'guessed' };
    for (const headers of [{}, disguise]) {
      const refused = await checkOut(next, 'key', { expectedTotal: usd(333) }, headers);
      expect(refused).toMatchObject({ status: 429, body: { code: 'too_many_orders' } });
      expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
      expect(Number(refused.headers['retry-after'])).toBeLessThanOrEqual(3600);
    }
    expect(await ordered(first)).toMatchObject({ status: 201, headers: { 'idempotent-replayed': 'true' } });
    for (const Key of keys) await table.send(new DeleteCommand({ TableName: outputs.Table, Key }));
    expect((await ordered(next)).status).toBe(201);
    expect(cloud.logs(outputs.Checkout)).toContain('"OrdersHeldBack":1');
  });

  test('a product may be called as a member that every object has', async () => {
    const cartId = await fill({ constructor: 2 });
    expect((await checkOut(cartId, 'key', { expectedTotal: usd(1000) })).status).toBe(201);
    expect(await stockOf('constructor')).toBe(8);
  });

  test('a cart that has expired is gone before the table forgets it', async () => {
    const cartId = await fill({ mug: 1 });
    await table.send(
      new UpdateCommand({
        TableName: outputs.Table,
        Key: { pk: `CART#${cartKeyOf(cartId)}`, sk: 'CART' },
        UpdateExpression: 'SET #ttl = :past',
        ExpressionAttributeNames: { '#ttl': 'ttl' },
        ExpressionAttributeValues: { ':past': Math.floor(Date.now() / 1000) - 1 },
      }),
    );
    expect(await call('GET', `/carts/${cartId}`)).toMatchObject({ status: 404, body: { code: 'cart_not_found' } });
    expect(await checkOut(cartId, 'key', { expectedTotal: usd(1250) })).toMatchObject({ status: 404 });
  });
});

describe('stock', () => {
  test('50 who buy at once the last 20, under conflicts, make 20 orders', async () => {
    const carts = await Promise.all(Array.from({ length: 50 }, () => fill({ rare: 1 })));
    await cloud.faults.inject({
      service: 'dynamodb',
      operation: 'TransactWriteItems',
      error: 'TransactionConflict',
      probability: 0.4,
      seed: 7,
    });
    const answers = await Promise.all(carts.map((cartId) => untilDecided(cartId)));
    await cloud.faults.clear();

    const placed = answers.filter(({ status }) => status === 201);
    const refused = answers.filter(({ status }) => status === 409);
    expect(placed).toHaveLength(20);
    expect(refused.map(({ body }) => [body.code, body.shortfalls])).toEqual(
      Array.from({ length: 30 }, () => ['insufficient_stock', [{ sku: 'rare', requested: 1, available: 0 }]]),
    );
    expect(await stockOf('rare')).toBe(0);
    const orders = (await items()).filter(({ kind, lines }) => kind === 'ORDER' && lines[0].sku === 'rare');
    expect(orders.map(({ id }) => id).sort()).toEqual(placed.map(({ body }) => body.order.id).sort());
    await until(async () => !(await items()).some(({ pk }) => pk.startsWith('OUTBOX#')));
  });

  test('what falls short in the transaction itself is told with what there is, and nothing is taken', async () => {
    const cartId = await fill({ scarce: 4, pen: 1 });
    await setStock('scarce', 3);
    const penBefore = await stockOf('pen');
    expect(await checkOut(cartId, 'key', { expectedTotal: usd(4100) })).toMatchObject({
      status: 409,
      body: { code: 'insufficient_stock', shortfalls: [{ sku: 'scarce', requested: 4, available: 3 }] },
    });
    expect([await stockOf('scarce'), await stockOf('pen')]).toEqual([3, penBefore]);
    expect((await call('GET', `/carts/${cartId}`)).body.lines[0]).toMatchObject({ status: 'insufficient_stock' });
    expect(cloud.logs(outputs.Checkout)).toContain('"CheckoutRejected":1');
  });

  test('when conflicts do not end, the customer is asked to come back, and may', async () => {
    const cartId = await fill({ mug: 1 });
    await cloud.faults.inject({ service: 'dynamodb', operation: 'TransactWriteItems', error: 'TransactionConflict' });
    const answer = await checkOut(cartId, 'key', { expectedTotal: usd(1250) });
    await cloud.faults.clear();
    expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': '1' }, body: { code: 'busy' } });
    expect((await checkOut(cartId, 'key', { expectedTotal: usd(1250) })).status).toBe(201);
  });

  test('a new publication changes prices and what is sold, and leaves known stock as it is', async () => {
    const dearer = await fill({ hat: 1 });
    const withdrawn = await fill({ pen: 2 });
    const before = await stockOf('hat');
    await importProducts(
      'changes.csv',
      'id,name,category,price,stock,active\nhat,Blue hat,clothes,4.00,77,true\npen,Pen,office,1.00,77,false\nnew,New thing,art,1.00,7,true',
    );
    await until(async () => (await stockOf('new')) === 7);
    expect(await stockOf('hat')).toBe(before);
    expect(await checkOut(dearer, 'key', { expectedTotal: usd(333) })).toMatchObject({
      status: 409,
      body: { code: 'price_changed', total: usd(400) },
    });
    expect((await checkOut(dearer, 'key', { expectedTotal: usd(400) })).status).toBe(201);
    expect((await call('GET', `/carts/${withdrawn}`)).body).toMatchObject({
      total: usd(0),
      lines: [{ sku: 'pen', status: 'withdrawn', unitPrice: null }],
    });
    expect(await checkOut(withdrawn, 'key', { expectedTotal: usd(200) })).toMatchObject({
      status: 409,
      body: { code: 'insufficient_stock', shortfalls: [{ sku: 'pen', requested: 2, available: 0 }] },
    });
    expect((await put(withdrawn, 'pen', 0)).body).toMatchObject({ lines: [] });
  });
});

describe('the same request again', () => {
  test('gives the same order, also when both are sent at once', async () => {
    const before = await stockOf('mug');
    const cartId = await fill({ mug: 3 });
    const answers = await Promise.all([
      checkOut(cartId, 'key', { expectedTotal: usd(3750) }),
      checkOut(cartId, 'key', { expectedTotal: usd(3750) }),
    ]);
    answers.push(await checkOut(cartId, 'key', { expectedTotal: usd(3750) }));
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
    expect(answers.filter(({ headers }) => headers['idempotent-replayed'] === 'true')).toHaveLength(2);
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    expect(await stockOf('mug')).toBe(before - 3);
  });

  test('finds the order whose answer was lost', async () => {
    const before = await stockOf('mug');
    const cartId = await fill({ mug: 3 });
    await cloud.faults.inject({ service: 'dynamodb', operation: 'TransactWriteItems', error: 'ReplyLost', times: 5 });
    const first = await checkOut(cartId, 'key', { expectedTotal: usd(3750) });
    await cloud.faults.clear();
    const second = await checkOut(cartId, 'key', { expectedTotal: usd(3750) });
    expect(second).toMatchObject({ status: 201, headers: { 'idempotent-replayed': 'true' } });
    if (first.status === 201) expect(first.body).toEqual(second.body);
    expect(await stockOf('mug')).toBe(before - 3);
  });

  test('with another body is refused, and with another key the cart is closed', async () => {
    const cartId = await fill({ mug: 1 });
    const { body } = await checkOut(cartId, 'key', { expectedTotal: usd(1250) });
    expect(await checkOut(cartId, 'key', { expectedTotal: usd(1250), language: 'zh' })).toMatchObject({
      status: 422,
      body: { code: 'idempotency_key_reused', orderId: body.order.id },
    });
    const closed = { status: 409, body: { code: 'cart_closed', orderId: body.order.id } };
    expect(await checkOut(cartId, 'other', { expectedTotal: usd(1250) })).toMatchObject(closed);
    expect(await call('GET', `/carts/${cartId}`)).toMatchObject(closed);
    expect(await put(cartId, 'mug', 2)).toMatchObject(closed);
    expect(await call('DELETE', `/carts/${cartId}`)).toMatchObject(closed);
  });
});

describe('two tabs', () => {
  test('what one adds stays when the other adds, and an addition whose answer was lost is made once', async () => {
    const cartId = await fill({ mug: 3 });
    expect(await add(cartId, 'key', 'mug', 1)).toMatchObject({ status: 200, body: { itemCount: 4 } });
    expect(await add(cartId, 'key', 'mug', 1)).toMatchObject({ status: 200, body: { itemCount: 4 } });
    expect((await call('GET', `/carts/${cartId}`)).body).toMatchObject({ version: 3, itemCount: 4 });
  });

  test('a quantity is set in the version that was seen, and in no other', async () => {
    const cartId = await fill({ mug: 3 });
    const { headers } = await call('GET', `/carts/${cartId}`);
    const set = (quantity: number, etag: string) =>
      json('PUT', `/carts/${cartId}/items/mug`, { quantity }, { 'if-match': etag });
    expect(await set(5, headers.etag)).toMatchObject({ status: 200, headers: { etag: '"3"' } });
    expect(await set(1, headers.etag)).toMatchObject({ status: 412, body: { code: 'cart_changed', version: 3 } });
  });
});

describe('replies of writes that are lost inside', () => {
  afterEach(() => cloud.faults.clear());

  test('a cart is opened, changed and thrown away all the same, each once', async () => {
    const lose = () => cloud.faults.inject({ service: 'dynamodb', operation: 'PutItem', error: 'ReplyLost', times: 1 });
    await lose();
    const { status, body } = await call('POST', '/carts');
    expect(status).toBe(201);
    await lose();
    expect(await put(body.id, 'mug', 2)).toMatchObject({ status: 200, body: { version: 2 } });
    await lose();
    expect(await add(body.id, 'key', 'mug', 1)).toMatchObject({ status: 200, body: { version: 3, itemCount: 3 } });
    expect((await call('GET', `/carts/${body.id}`)).body).toMatchObject({ version: 3 });
    await lose();
    expect((await call('DELETE', `/carts/${body.id}`)).status).toBe(204);
    expect((await call('GET', `/carts/${body.id}`)).status).toBe(404);
  });

  test.each(['GetItem', 'PutItem', 'BatchGetItem', 'TransactWriteItems'])(
    'throttled for ever at %s, the customer is asked to come back',
    async (operation) => {
      const cartId = await fill({ mug: 1 });
      await cloud.faults.inject({ service: 'dynamodb', operation, error: 'ThrottlingException' });
      const answers = [
        operation === 'PutItem' ? await call('POST', '/carts') : undefined,
        operation === 'GetItem' || operation === 'BatchGetItem' ? await call('GET', `/carts/${cartId}`) : undefined,
        operation === 'GetItem' ? await call('GET', `/orders/${NOBODY}`) : undefined,
        operation === 'BatchGetItem' ? await call('GET', '/availability?sku=mug') : undefined,
        operation === 'TransactWriteItems' ? undefined : await put(cartId, 'mug', 2),
        operation === 'PutItem' ? undefined : await checkOut(cartId, 'key', { expectedTotal: usd(1250) }),
      ].filter((answer) => answer !== undefined);
      for (const answer of answers) {
        expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': '1' }, body: { code: 'busy' } });
      }
    },
  );
});

describe('bad input', () => {
  const good = () => order({ expectedTotal: usd(1250) });
  const cases: [string, number, string, (cartId: string) => Promise<Answer>][] = [
    ['unknown product', 404, 'product_not_found', (id) => put(id, 'spoon', 1)],
    ['a SKU that cannot be one', 404, 'product_not_found', (id) => put(id, '%20%00', 1)],
    ['negative quantity', 400, 'invalid_request', (id) => put(id, 'mug', -1)],
    ['fractional quantity', 400, 'invalid_request', (id) => put(id, 'mug', 1.5)],
    ['quantity as text', 400, 'invalid_request', (id) => put(id, 'mug', '1')],
    ['quantity as null', 400, 'invalid_request', (id) => put(id, 'mug', null)],
    ['quantity beyond all bounds', 400, 'invalid_request', (id) => put(id, 'mug', 1e300)],
    ['quantity above stock', 409, 'insufficient_stock', (id) => put(id, 'mug', 1001)],
    [
      'a price in the request',
      400,
      'invalid_request',
      (id) => json('PUT', `/carts/${id}/items/mug`, { quantity: 0, price: 1 }),
    ],
    ['no quantity', 400, 'invalid_request', (id) => json('PUT', `/carts/${id}/items/mug`, {})],
    ['a list for an object', 400, 'invalid_request', (id) => json('PUT', `/carts/${id}/items/mug`, [])],
    ['malformed JSON', 400, 'malformed_json', (id) => call('PUT', `/carts/${id}/items/mug`, '{"quantity": 1')],
    [
      'bytes that are no text',
      400,
      'invalid_request',
      (id) => call('PUT', `/carts/${id}/items/mug`, Buffer.from([0x22, 0xff, 0x22])),
    ],
    ['oversized body', 413, 'payload_too_large', (id) => call('PUT', `/carts/${id}/items/mug`, ' '.repeat(70_000))],
    [
      'another media type',
      415,
      'unsupported_media_type',
      (id) =>
        call('PUT', `/carts/${id}/items/mug`, 'quantity=1', { 'content-type': 'application/x-www-form-urlencoded' }),
    ],
    ['an unknown parameter', 400, 'invalid_request', (id) => call('GET', `/carts/${id}?price=1`)],
    ['foreign cart, looked at', 404, 'cart_not_found', () => call('GET', `/carts/${NOBODY}`)],
    ['foreign cart, changed', 404, 'cart_not_found', () => put(NOBODY, 'mug', 1)],
    ['foreign cart, thrown away', 404, 'cart_not_found', () => call('DELETE', `/carts/${NOBODY}`)],
    ['foreign cart, ordered', 404, 'cart_not_found', () => checkOut(NOBODY, 'key', { expectedTotal: usd(1) })],
    ['a cart id that cannot be one', 404, 'cart_not_found', () => call('GET', '/carts/1')],
    ['foreign order', 404, 'order_not_found', () => call('GET', `/orders/${NOBODY}`)],
    ['an order id that cannot be one', 404, 'order_not_found', () => call('GET', '/orders/1')],
    ['the order of a cart that is still open', 404, 'order_not_found', (id) => call('GET', `/orders/${orderIdOf(id)}`)],
    ['missing key', 400, 'idempotency_key_missing', (id) => json('POST', `/carts/${id}/checkout`, good())],
    ['a key with blanks', 400, 'invalid_request', (id) => checkOut(id, 'a b', good())],
    ['a key that is too long', 400, 'invalid_request', (id) => checkOut(id, 'k'.repeat(256), good())],
    ['a forged price', 409, 'price_changed', (id) => checkOut(id, 'key', { expectedTotal: usd(1) })],
    [
      'another currency',
      409,
      'price_changed',
      (id) => checkOut(id, 'key', { expectedTotal: { amount: 1250, currency: 'JPY' } }),
    ],
    ['a negative total', 400, 'invalid_request', (id) => checkOut(id, 'key', { expectedTotal: usd(-1250) })],
    ['a fractional total', 400, 'invalid_request', (id) => checkOut(id, 'key', { expectedTotal: usd(12.5) })],
    [
      'lines in the request',
      400,
      'invalid_request',
      (id) => checkOut(id, 'key', { ...good(), lines: [{ sku: 'mug', quantity: 0 }] }),
    ],
    ['no contact', 400, 'invalid_request', (id) => checkOut(id, 'key', { ...good(), contact: undefined })],
    [
      'an address of no country',
      400,
      'invalid_request',
      (id) => checkOut(id, 'key', { ...good(), address: { line1: 'x', city: 'y', country: 'England' } }),
    ],
    [
      'an e-mail address that is none',
      400,
      'invalid_request',
      (id) => checkOut(id, 'key', { ...good(), contact: { name: 'x', email: 'x@y' } }),
    ],
    [
      'a line break in a name',
      400,
      'invalid_request',
      (id) => checkOut(id, 'key', { ...good(), contact: { name: 'x\r\nBcc: y', email: CUSTOMER.email } }),
    ],
    [
      'an unknown way to pay',
      400,
      'invalid_request',
      (id) => checkOut(id, 'key', { ...good(), payment: { method: 'card' } }),
    ],
    ['stock of nothing', 400, 'invalid_request', () => call('GET', '/availability')],
    ['stock of too much', 400, 'invalid_request', () => call('GET', `/availability?sku=${MANY.join()},a,b,c`)],
    ['stock of the same twice', 400, 'invalid_request', () => call('GET', '/availability?sku=mug,mug')],
    ['an addition without a key', 400, 'idempotency_key_missing', (id) => json('POST', `/carts/${id}/items`, {})],
    ['an addition of nothing', 400, 'invalid_request', (id) => add(id, 'key', 'mug', 0)],
    ['an addition of what is not sold', 404, 'product_not_found', (id) => add(id, 'key', 'spoon', 1)],
    [
      'a version that cannot be one',
      400,
      'invalid_request',
      (id) => json('PUT', `/carts/${id}/items/mug`, { quantity: 1 }, { 'if-match': '*' }),
    ],
    ['unknown route', 404, 'route_not_found', () => call('GET', '/card')],
    ['unknown method', 405, 'method_not_allowed', (id) => call('PATCH', `/carts/${id}`)],
  ];
  let cartId: string;

  beforeAll(async () => {
    cartId = await fill({ mug: 1 });
  });

  test.each(cases)('%s: %i %s', async (_, status, code, send) => {
    const answer = await send(cartId);
    expect(answer).toMatchObject({
      status,
      headers: { 'content-type': 'application/problem+json' },
      body: { type: 'about:blank', title: expect.any(String), status, code },
    });
    if (code === 'invalid_request')
      expect(answer.body.errors).toContainEqual({ pointer: expect.any(String), detail: expect.any(String) });
    expect(JSON.stringify(answer.body)).not.toMatch(/node_modules|\/var\/task|at \w+ \(|dynamodb|arn:aws/i);
  });

  test('an empty cart cannot be ordered', async () => {
    const empty = await fill({});
    expect(await checkOut(empty, 'key', { expectedTotal: usd(0) })).toMatchObject({
      status: 409,
      body: { code: 'cart_empty' },
    });
  });

  test('none of it has changed the cart', async () => {
    expect((await call('GET', `/carts/${cartId}`)).body).toMatchObject({ version: 2, itemCount: 1, total: usd(1250) });
  });
});

test('orders alone, with just a catalogue, answer for themselves', async () => {
  const alone = apiOf('AloneCatalog');
  const { status, body } = await call('GET', `/orders/${NOBODY}`, undefined, {}, alone);
  expect([status, body.code]).toEqual([404, 'order_not_found']);
  const document = await call('GET', '/openapi.json', undefined, {}, alone);
  expect(Object.keys(document.body.paths)).toEqual(expect.arrayContaining(['/carts/{id}/checkout', '/orders/{id}']));
  expect(Object.keys(document.body.paths)).not.toContain('/carts');
});

test('nothing private is in the logs', async () => {
  const cartId = await fill({ mug: 1 });
  await checkOut(cartId, 'secret-key', { expectedTotal: usd(1250) });
  await checkOut(cartId, 'other-key', { expectedTotal: usd(1250) });
  const logs = ['Cart', 'Checkout', 'OrderQuery'].map((name) => cloud.logs(outputs[name])).join();
  expect(logs).toContain('Order placed');
  for (const secret of [CUSTOMER.name, CUSTOMER.email, 'Improbable', cartId, orderIdOf(cartId), 'secret-key']) {
    expect(logs).not.toContain(secret);
  }
});

describe('without its policy a function is denied', () => {
  test.each([
    ['Cart', () => call('GET', `/carts/${NOBODY}`)],
    ['Checkout', () => checkOut(NOBODY, 'key', { expectedTotal: usd(1) })],
    ['OrderQuery', () => call('GET', `/orders/${NOBODY}`)],
  ] as const)('%s answers 500 without saying why, and logs it', async (name, send) => {
    expect((await send()).status).toBe(404);
    await removePolicies(cloud, outputs[name]);
    const { status, body } = await send();
    expect([status, body.code]).toEqual([500, 'internal_error']);
    expect(JSON.stringify(body)).not.toMatch(/AccessDenied|dynamodb|arn:aws/i);
    await until(async () => cloud.logs(outputs[name]).includes('AccessDenied'));
  });

  test('the stock opener leaves its message to be tried again', async () => {
    await removePolicies(cloud, outputs.Stock);
    const stock = { key: 'published/v/stock.json.gz', sha256: '0', bytes: 2 };
    const detail = { id: 'catalog.published:v', time: '2026-01-02T03:04:05Z', schemaVersion: 1 };
    const message = { 'detail-type': 'catalog.published', detail: { ...detail, data: { version: 'v', stock } } };
    expect(await deliver(cloud, outputs.Stock, message)).toEqual({ batchItemFailures: [{ itemIdentifier: 'm-1' }] });
    await until(async () => cloud.logs(outputs.Stock).includes('AccessDenied'));
  });
});

// biome-ignore lint/suspicious/noExplicitAny: answers are looked at member by member
type Answer = { status: number; headers: Record<string, string>; body: any };

function apiOf(catalog: string): string {
  const [, url] = Object.entries(apis).find(([logicalId]) => logicalId.startsWith(`${catalog}Api`)) ?? [];
  if (!url) throw new Error(`There is no API of ${catalog} among ${Object.keys(apis)}.`);
  return url;
}

async function call(
  method: string,
  path: string,
  body?: string | Buffer,
  headers: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' },
  origin = api,
): Promise<Answer> {
  const response = await fetch(`${origin}/v1${path}`, { method, body, headers });
  const text = await response.text();
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: text === '' ? undefined : JSON.parse(text),
  };
}

function json(method: string, path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  return call(method, path, JSON.stringify(body), { 'content-type': 'application/json', ...headers });
}

function put(cartId: string, sku: string, quantity: unknown): Promise<Answer> {
  return json('PUT', `/carts/${cartId}/items/${sku}`, { quantity });
}

function add(cartId: string, key: string, sku: string, quantity: number): Promise<Answer> {
  return json('POST', `/carts/${cartId}/items`, { sku, quantity }, { 'idempotency-key': key });
}

async function fill(quantities: Record<string, number>): Promise<string> {
  const { id } = (await call('POST', '/carts')).body;
  for (const [sku, quantity] of Object.entries(quantities)) {
    const { status, body } = await put(id, sku, quantity);
    if (status !== 200) throw new Error(`${sku} was not put into the cart: ${JSON.stringify(body)}`);
  }
  return id;
}

function order(changes: object): object {
  return {
    contact: CUSTOMER,
    address: { line1: '1 Improbable Drive', city: 'London', country: 'GB' },
    payment: { method: 'cash_on_delivery' },
    ...changes,
  };
}

function checkOut(cartId: string, key: string, changes: object, headers: Record<string, string> = {}): Promise<Answer> {
  return json('POST', `/carts/${cartId}/checkout`, order(changes), { 'idempotency-key': key, ...headers });
}

/** Does as it is told by `Retry-After`, as any client should. */
async function untilDecided(cartId: string): Promise<Answer> {
  for (;;) {
    const answer = await checkOut(cartId, `key-of-${cartId}`, { expectedTotal: usd(9999) });
    if (answer.status !== 503) return answer;
    await sleep(Number(answer.headers['retry-after']) * 1000);
  }
}

function usd(amount: number) {
  return { amount, currency: 'USD' };
}

async function importProducts(name: string, csv: string): Promise<void> {
  const s3 = new S3Client({ ...cloud.clientConfig, forcePathStyle: true });
  await s3.send(new PutObjectCommand({ Bucket: outputs.Bucket, Key: `imports/${name}`, Body: csv }));
}

async function stockOf(sku: string): Promise<number> {
  const { Item } = await table.send(
    new GetCommand({ TableName: outputs.Table, Key: { pk: `STOCK#${sku}`, sk: 'STOCK' }, ConsistentRead: true }),
  );
  return Item?.available ?? 0;
}

async function setStock(sku: string, available: number): Promise<void> {
  await table.send(
    new UpdateCommand({
      TableName: outputs.Table,
      Key: { pk: `STOCK#${sku}`, sk: 'STOCK' },
      UpdateExpression: 'SET available = :available',
      ExpressionAttributeValues: { ':available': available },
    }),
  );
}

// biome-ignore lint/suspicious/noExplicitAny: items of every kind
async function items(): Promise<any[]> {
  const found = [];
  for await (const { Items } of paginateScan({ client: table }, { TableName: outputs.Table, ConsistentRead: true })) {
    found.push(...(Items ?? []));
  }
  return found;
}

/** The event about an order, from the queue that listens to the bus. */
async function hear(orderId: string) {
  const queue = new SQSClient(cloud.clientConfig);
  const QueueUrl = outputs.Heard;
  const end = Date.now() + 20_000;
  while (Date.now() < end) {
    const { Messages = [] } = await queue.send(
      new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 1, MaxNumberOfMessages: 10 }),
    );
    for (const { ReceiptHandle, Body } of Messages) {
      await queue.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
      const event = JSON.parse(Body ?? '');
      if (event.detail.data.orderId === orderId) return event;
    }
  }
  throw new Error('The event was not heard within 20 seconds.');
}
