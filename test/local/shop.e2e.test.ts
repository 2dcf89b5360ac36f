/** A whole shop on the local cloud: from the imported file to the mail, and over an update of its template. */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateEmailIdentityCommand, SESv2Client } from '@aws-sdk/client-sesv2';
import { DynamoDBDocumentClient, GetCommand, PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { App, CfnOutput, Stack } from 'aws-cdk-lib';
import { type DeployedStack, LocalCloud } from '../../local/src';
import { MailTransport, ServerlessShop, type ServerlessShopProps } from '../../src';
import { outboxItem } from '../../src/runtime/outbox';
import { removePolicies, until } from './support';

jest.setTimeout(120_000);

const PRODUCTS = 'id,name,category,price,stock\nmug,Red mug,kitchen,12.50,10\nhat,Blue hat,clothes,3.33,10\n';
const CHECKOUT = {
  contact: { name: 'Ada Lovelace', email: 'ada@example.com' },
  address: { line1: '12 St James Square', city: 'London', country: 'GB' },
  payment: { method: 'cash_on_delivery' },
};

const folder = mkdtempSync(join(tmpdir(), 'shop-'));
let cloud: LocalCloud;
let stack: DeployedStack;
let shopUrl: string;

function synthesize(version: string, props: ServerlessShopProps = {}): string {
  const app = new App({ outdir: join(folder, version) });
  const template = new Stack(app, 'ShopStack');
  const shop = new ServerlessShop(template, 'Shop', {
    shopName: 'Test shop',
    shopDescription: 'Mugs & hats',
    mail: MailTransport.ses({ from: 'shop@example.com' }),
    shopUrl: 'https://shop.example.com',
    ...props,
  });
  new CfnOutput(template, 'Publisher', { value: shop.storefront.publisherFunction.functionName });
  new CfnOutput(template, 'Table', { value: shop.orders.store.table.tableName });
  new CfnOutput(template, 'Files', { value: shop.catalog.bucket.bucketName });
  app.synth();
  return join(folder, version);
}

async function deploy(assembly: string): Promise<void> {
  stack = await cloud.deploy(assembly);
  const { sites } = await cloud.openFrontDoors();
  shopUrl = Object.values(sites)[0];
}

async function call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(`${shopUrl}/v1${path}`, {
    method,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text ? JSON.parse(text) : undefined };
}

async function fetchFile(path: string) {
  const answer = await fetch(`${shopUrl}${path}`);
  return { status: answer.status, headers: answer.headers, body: await answer.text() };
}

async function order(sku: string, quantity: number) {
  const cart = (await call('POST', '/carts')).body.id;
  const { total } = (await call('PUT', `/carts/${cart}/items/${sku}`, { quantity })).body;
  return call('POST', `/carts/${cart}/checkout`, { ...CHECKOUT, expectedTotal: total }, { 'idempotency-key': cart });
}

const available = async (sku: string) => (await call('GET', `/availability?sku=${sku}`)).body.items[0].available;

const mailsWith = async (text: string) =>
  (await cloud.mailbox().mails()).filter((mail) => JSON.stringify(mail).includes(text));

/** By the name of its output, or by a part of its logical id. */
function functionNamed(part: string): string {
  const found = stack.resources.find(
    ({ type, logicalId }) => type === 'AWS::Lambda::Function' && logicalId.includes(part),
  );
  return stack.outputs[part] ?? found?.physicalId ?? part;
}

beforeAll(async () => {
  const assembly = synthesize('first');
  cloud = await LocalCloud.start({ maxEnvironmentsPerFunction: 3 });
  await new SESv2Client(cloud.clientConfig).send(new CreateEmailIdentityCommand({ EmailIdentity: 'shop@example.com' }));
  await deploy(assembly);
  await new S3Client({ ...cloud.clientConfig, forcePathStyle: true }).send(
    new PutObjectCommand({ Bucket: stack.outputs.Files, Key: 'imports/products.csv', Body: PRODUCTS }),
  );
  await until(async () => (await available('hat')) === 10);
});

afterAll(async () => {
  await cloud?.stop();
  rmSync(folder, { recursive: true, force: true });
});

test('the pages are served with their security headers, and every page address gets them', async () => {
  for (const path of ['/', '/products', '/orders/abc']) {
    const response = await fetch(`${shopUrl}${path}`);
    expect([path, response.status]).toEqual([path, 200]);
    expect(await response.text()).toContain('<script type="module"');
    expect(response.headers.get('content-security-policy')).toContain("script-src 'self'");
    expect(response.headers.get('strict-transport-security')).toContain('max-age=31536000');
  }
  expect((await fetch(`${shopUrl}/assets/nothing.js`)).status).toBeGreaterThanOrEqual(400);
});

test('crawlers and browsers find what they ask for by name, and pages say what they are', async () => {
  const file = async (path: string) => {
    const { status, headers, body } = await fetchFile(path);
    return [status, headers.get('content-type'), body];
  };
  const [status, type, robots] = await file('/robots.txt');
  expect([status, type]).toEqual([200, 'text/plain; charset=utf-8']);
  for (const path of ['/cart', '/checkout', '/orders/', '/v1/carts', '/v1/orders']) {
    expect(robots).toContain(`\nDisallow: ${path}\n`);
  }
  expect(robots).not.toMatch(/^Disallow: (\/|\/products|\/v1|\/v1\/products)$/m);
  expect((await file('/favicon.ico')).slice(0, 2)).toEqual([200, 'image/x-icon']);
  const [, , page] = await file('/products/mug');
  expect(page).toContain('<title>Test shop</title>');
  expect(page).toContain('<meta name="description" content="Mugs &#38; hats" />');
  expect(page).toMatch(/<link rel="icon" href="[^"]+\.svg"/);
});

test('the shop tells of itself, and of the operations that are deployed', async () => {
  expect((await call('GET', '/config')).body).toMatchObject({ name: 'Test shop', currency: 'USD', photos: false });
  const { paths } = (await call('GET', '/openapi.json')).body;
  expect(Object.keys(paths)).toEqual(
    expect.arrayContaining(['/products', '/carts/{id}/checkout', '/orders/{id}', '/config']),
  );
  expect(Object.keys(paths)).not.toContain('/images');
});

test('an unknown route answers with a problem, not with a page', async () => {
  const { status, headers, body } = await call('GET', '/nothing/here');
  expect([status, body.code]).toEqual([404, 'route_not_found']);
  expect(headers.get('content-type')).toBe('application/problem+json');
});

test('HEAD answers what GET answers, but for the body, over the distribution as well', async () => {
  const names = ['content-type', 'cache-control'];
  for (const path of ['/', '/v1/config', '/v1/products', '/v1/openapi.json', '/v1/carts/none']) {
    const [get, head] = await Promise.all(['GET', 'HEAD'].map((method) => fetch(`${shopUrl}${path}`, { method })));
    const told = ({ status, headers }: Response) => [path, status, ...names.map((name) => headers.get(name))];
    expect(told(head)).toEqual(told(get));
    expect(await head.text()).toBe('');
    await get.text();
  }
});

test('an address that does not take the method says which it takes', async () => {
  const { status, headers, body } = await call('PATCH', '/carts/none');
  expect([status, body.code, headers.get('allow')]).toEqual([405, 'method_not_allowed', 'DELETE, GET, HEAD']);
});

test('an order takes the stock, can be looked at, and is confirmed by one mail that links to it', async () => {
  const { status, body } = await order('mug', 3);
  expect(status).toBe(201);
  expect(body.order.total).toEqual({ amount: 3750, currency: 'USD' });
  expect(await available('mug')).toBe(7);
  expect((await call('GET', `/orders/${body.order.id}`)).body.number).toBe(body.order.number);

  const [mail] = await until(async () => {
    const mails = await mailsWith(body.order.number);
    return mails.length > 0 && mails;
  });
  expect(JSON.stringify(mail)).toContain(`https://shop.example.com/orders/${body.order.id}`);
  expect(await mailsWith(body.order.number)).toHaveLength(1);
});

test('private answers are not kept by anyone on the way', async () => {
  const cart = await call('POST', '/carts');
  expect(cart.headers.get('cache-control')).toBe('no-store');
});

test('an update to a changed template keeps products, stock and orders', async () => {
  const before = (await order('hat', 2)).body.order;
  const left = await available('hat');
  await deploy(synthesize('second', { shopName: 'Renamed shop', functions: { memorySize: 512 } }));

  await until(async () => (await call('GET', '/config')).body.name === 'Renamed shop');
  await until(async () => (await fetchFile('/')).body.includes('<title>Renamed shop</title>'));
  expect((await call('GET', `/orders/${before.id}`)).body).toEqual(before);
  expect((await call('GET', '/products')).body.total).toBe(2);
  expect(await available('hat')).toBe(left);
  expect((await order('hat', left)).status).toBe(201);
  expect((await order('hat', 1)).body.code ?? 'none').not.toBe('internal_error');
});

test('an order that comes through the distribution counts for its viewer, whoever they say that they are', async () => {
  const cart = (await call('POST', '/carts')).body.id;
  const { total } = (await call('PUT', `/carts/${cart}/items/mug`, { quantity: 1 })).body;
  const headers = { 'idempotency-key': cart, 'x-forwarded-for': '198.51.100.1', 'x-shop-edge': 'guessed' };
  const placed = await call('POST', `/carts/${cart}/checkout`, { ...CHECKOUT, expectedTotal: total }, headers);
  expect(placed.status).toBe(201);
  const table = DynamoDBDocumentClient.from(new DynamoDBClient(cloud.clientConfig));
  const { Items = [] } = await table.send(new ScanCommand({ TableName: stack.outputs.Table, ConsistentRead: true }));
  const counted = Items.filter(({ pk }) => pk.startsWith('CALLER#')).map(({ pk }) => pk);
  const viewer = createHash('sha256').update('CALLER#127.0.0.1').digest('base64url').slice(0, 22);
  expect(new Set(counted)).toEqual(new Set([`CALLER#${viewer}`]));
});

describe('without its policy', () => {
  test('the outbox publisher leaves its events where they are', async () => {
    const publisher = functionNamed('ShopOrderingOutboxPublisher');
    await removePolicies(cloud, publisher);
    expect((await order('mug', 1)).status).toBe(201);
    await until(async () => /AccessDenied|not authorized/i.test(cloud.logs(publisher)));
  });

  test('what the publisher could not publish, the sweeper does', async () => {
    const table = DynamoDBDocumentClient.from(new DynamoDBClient(cloud.clientConfig));
    const time = new Date(Date.now() - 10 * 60_000).toISOString();
    const item = outboxItem({ id: 'forgotten', type: 'order.unknown', version: 1, time, data: {} });
    await table.send(new PutCommand({ TableName: stack.outputs.Table, Item: item }));
    const isThere = async () => {
      const { Item } = await table.send(
        new GetCommand({ TableName: stack.outputs.Table, Key: { pk: item.pk, sk: item.sk } }),
      );
      return Item !== undefined;
    };
    await sleep(1500);
    expect(await isThere()).toBe(true);

    const { FunctionError } = await new LambdaClient(cloud.clientConfig).send(
      new InvokeCommand({ FunctionName: functionNamed('ShopOrderingOutboxSweeper') }),
    );
    expect(FunctionError).toBeUndefined();
    expect(await isThere()).toBe(false);
  });

  test('the outbox sweeper is refused', async () => {
    const sweeper = functionNamed('ShopOrderingOutboxSweeper');
    await removePolicies(cloud, sweeper);
    const { FunctionError, Payload } = await new LambdaClient(cloud.clientConfig).send(
      new InvokeCommand({ FunctionName: sweeper }),
    );
    expect([FunctionError, Payload?.transformToString()]).toEqual([
      'Unhandled',
      expect.stringMatching(/AccessDenied|not authorized/),
    ]);
  });

  test('the site publisher fails the deployment of new pages, and the shop stays as it was', async () => {
    await removePolicies(cloud, functionNamed('Publisher'));
    const { FunctionError } = await new LambdaClient(cloud.clientConfig).send(
      new InvokeCommand({
        FunctionName: functionNamed('Publisher'),
        Payload: JSON.stringify({
          RequestType: 'Create',
          ResponseURL: 'http://127.0.0.1:9/',
          ResourceProperties: {
            SourceBucket: stack.outputs.Files,
            SourceKey: 'site.zip',
            TargetBucket: stack.outputs.Files,
            Version: 'next',
          },
        }),
      }),
    );
    expect(FunctionError).toBeDefined();
    await until(async () => /AccessDenied|not authorized/i.test(cloud.logs(functionNamed('Publisher'))));
    expect((await fetch(shopUrl)).status).toBe(200);
  });
});
