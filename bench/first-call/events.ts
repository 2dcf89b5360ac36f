import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type AttributeValue, DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { sampleDigit } from '../../demo/console/sample-digits';
import { outputsOf } from '../../demo/shop-stack';
import { importCatalogue, PHOTOS, s3Client } from '../../demo/stock-the-shop';
import type { BundleName } from '../../src/building-blocks/bundles.generated';
import { CATALOG_KEYS, type CatalogPointer } from '../../src/catalog/contract';
import { CATALOG_PUBLISHED } from '../../src/catalog/events.generated';
import { ORDERING_ENV } from '../../src/ordering/contract';
import { OUTBOX } from '../../src/runtime/contract';
import { detailOf, domainEvent } from '../../src/runtime/events';
import { request } from '../api-request';
import type { ExampleShop } from '../example-shop';
import { photo } from '../photo';

const STOCK = 100_000;
const PRODUCTS = Buffer.from(`id,name,category,price,stock\nmug,Red mug,kitchen,12.50,${STOCK}\n`);
const ORDER = {
  contact: { name: 'Ada Example', email: 'ada@example.com' },
  address: { line1: '1 Long Lane', city: 'London', postalCode: 'N1 1AA', country: 'GB' },
  payment: { method: 'cash_on_delivery' },
  expectedTotal: { amount: 1250, currency: 'USD' },
};

/** Makes an event that the function has real work with, as the service that calls it would send it. */
/** The example shop sends its mails through SES. */
type ShopBundle = Exclude<BundleName, 'inference-endpoint' | 'mail-worker-custom' | 'mail-worker-smtp'>;

export type EventMakers = Record<ShopBundle, () => Promise<unknown>> &
  Partial<Record<BundleName, () => Promise<unknown>>>;

/**
 * Fills the shop with a product, an order and a photo, and stops what goes on in it by itself.
 *
 * @param answerUrl where a custom resource sends its answer
 */
export async function prepareEvents(shop: ExampleShop, answerUrl: string): Promise<EventMakers> {
  const s3 = s3Client(shop.cloud);
  const { CatalogBucket, PhotosBucket } = outputsOf(shop.stack);
  await importCatalogue(s3, CatalogBucket, { name: 'a.csv', bytes: PRODUCTS, rows: 1, pictures: [] }, () => undefined);
  await untilStocked(shop);
  await shop.quieten();

  const jpeg = await photo(1200, 900);
  await s3.send(new PutObjectCommand({ Bucket: PhotosBucket, Key: `${PHOTOS.originals}photo.jpg`, Body: jpeg }));
  await shop.invoke('image-process', inQueue({ key: `${PHOTOS.originals}photo.jpg` }));

  const digit = Buffer.from((await sampleDigit(0)) ?? []);
  const orderId = await placeOrder(shop);
  const outboxItem = await readOutbox(shop);
  const placed = JSON.parse(outboxItem.detail.S ?? '');
  const published = await publishedCatalog(s3, CatalogBucket);

  return {
    'api-default': async () => request('GET /v1/openapi.json'),
    cart: async () => setItem(await emptyCart(shop)),
    'catalog-import': async () => inQueue({ detail: { object: await putProducts(s3, CatalogBucket) } }),
    'catalog-query': async () => request('GET /v1/products'),
    checkout: async () => checkOut(await filledCart(shop)),
    'image-keeper': async () => ({}),
    'image-process': async () => inQueue({ key: await putPhoto(s3, PhotosBucket) }),
    'image-query': async () => request('GET /v1/images/{id}', { pathParameters: { id: 'photo.jpg' } }),
    'image-upload': async () => request('POST /v1/images', { bytes: jpeg, contentType: 'image/jpeg' }),
    'inference-onnx': async () => request('POST /v1/classify', { bytes: digit, contentType: 'image/png' }),
    'mail-worker-ses': async () => inQueue({ 'detail-type': 'order.placed', detail: { ...placed, id: randomUUID() } }),
    'order-query': async () => request('GET /v1/orders/{id}', { pathParameters: { id: orderId } }),
    'outbox-publisher': async () => ({
      Records: [{ eventName: 'INSERT', dynamodb: { NewImage: outboxItem, SequenceNumber: '1' } }],
    }),
    'outbox-sweeper': async () => ({}),
    'site-publisher': async () => ({
      RequestType: 'Create',
      ResponseURL: answerUrl,
      ResourceProperties: {
        ...shop.propertiesOf('Custom::PublishedSite'),
        Version: shop.physicalIdOf('Custom::PublishedSite'),
        SourceBucket: `cdk-hnb659fds-assets-${shop.cloud.account}-${shop.cloud.region}`,
      },
    }),
    'stock-opener': async () => inQueue({ 'detail-type': published.type, detail: detailOf(published) }),
    'store-config': async () => request('GET /v1/config'),
    'store-photos': async () => request('GET /v1/photos', { rawQueryString: 'id=photo.jpg' }),
  };
}

function inQueue(message: object) {
  return {
    Records: [
      {
        messageId: 'message',
        receiptHandle: 'handle',
        body: JSON.stringify(message),
        attributes: { ApproximateReceiveCount: '1', SentTimestamp: String(Date.now()) },
        eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:queue',
      },
    ],
  };
}

function setItem(id: string) {
  return request('PUT /v1/carts/{id}/items/{sku}', { pathParameters: { id, sku: 'mug' }, json: { quantity: 1 } });
}

function checkOut(id: string) {
  const headers = { 'idempotency-key': id };
  return request('POST /v1/carts/{id}/checkout', { pathParameters: { id }, headers, json: ORDER });
}

async function emptyCart(shop: ExampleShop): Promise<string> {
  return (await ask(shop, 'cart', request('POST /v1/carts'))).id;
}

async function filledCart(shop: ExampleShop): Promise<string> {
  const id = await emptyCart(shop);
  await ask(shop, 'cart', setItem(id));
  return id;
}

async function placeOrder(shop: ExampleShop): Promise<string> {
  return (await ask(shop, 'checkout', checkOut(await filledCart(shop)))).order.id;
}

async function untilStocked(shop: ExampleShop): Promise<void> {
  const question = request('GET /v1/availability', { rawQueryString: 'sku=mug' });
  while ((await ask(shop, 'cart', question)).items[0].available === 0) await sleep(100);
}

async function ask(shop: ExampleShop, bundle: BundleName, event: unknown) {
  const { statusCode, body } = (await shop.invoke(bundle, event)) as { statusCode: number; body: string };
  if (statusCode >= 400) throw new Error(`${bundle} answered ${statusCode}: ${body}`);
  return JSON.parse(body);
}

/** The event of the order that was placed, which nobody publishes any more. */
async function readOutbox(shop: ExampleShop): Promise<Record<string, AttributeValue>> {
  const { [ORDERING_ENV.TABLE]: TableName } = await shop.settingsOf('checkout');
  const { Items = [] } = await new DynamoDBClient(shop.cloud.clientConfig).send(new ScanCommand({ TableName }));
  const item = Items.find(({ pk, eventType }) => pk.S?.startsWith(OUTBOX.PREFIX) && eventType.S === 'order.placed');
  if (!item) throw new Error(`there is no order's event in ${TableName}`);
  return item;
}

/** What `catalog.published` told of the version that is shown. */
/** What was told of the version that is on sale. */
async function publishedCatalog(s3: S3Client, bucket: string) {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: CATALOG_KEYS.POINTER }));
  const { version, artefacts, publishedAt }: CatalogPointer = JSON.parse((await Body?.transformToString()) ?? '');
  return domainEvent(CATALOG_PUBLISHED, version, publishedAt, { version, stock: artefacts.stock });
}

/** A file that was not imported before, and what S3 tells of it. */
/** Another one each time, since one that was worked on before is not worked on again. */
async function putPhoto(s3: S3Client, Bucket: string): Promise<string> {
  const Key = `${PHOTOS.originals}${randomUUID()}.jpg`;
  await s3.send(new PutObjectCommand({ Bucket, Key, Body: await photo(1200, 900) }));
  return Key;
}

async function putProducts(s3: S3Client, bucket: string): Promise<{ key: string; sequencer: string }> {
  const key = `${CATALOG_KEYS.IMPORTS}${randomUUID()}.csv`;
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: PRODUCTS }));
  return { key, sequencer: '1' };
}
