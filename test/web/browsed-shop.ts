/** A whole shop with photos on the local cloud, and visitors with a real browser. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { App, CfnOutput, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as ses from 'aws-cdk-lib/aws-ses';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import sharp from 'sharp';
import { LocalCloud } from '../../local/src';
import { ImageFormat, ImagePipeline, MailTransport, ServerlessShop } from '../../src';
import { until } from '../local/support';
import { chromiumPath } from './chromium';

export const DESKTOP: BrowserContextOptions = { viewport: { width: 1280, height: 900 }, locale: 'en-GB' };
export const PHONE: BrowserContextOptions = {
  viewport: { width: 390, height: 844 },
  locale: 'zh-CN',
  isMobile: true,
  hasTouch: true,
};

const PRODUCTS = [
  'id,name,category,price,stock,image,description,name_zh,category_zh,sku,options,options_zh',
  'teapot,Clay teapot,kitchen,24.50,8,teapot.jpg,Holds six cups and keeps them warm.,紫砂茶壶,厨房,,,',
  'lantern,Paper lantern,lighting,18.00,2,,Folds flat.,纸灯笼,灯具,,,',
  'vase.no.7,Glass vase,vases,30.00,3,,Blown by mouth.,玻璃花瓶,花瓶,,,',
  'stool,Oak stool,furniture,85.00,0,,Three legs and no wobble.,橡木凳,家具,,,',
  // Of no size there is every glaze.
  'mug,Dipped mug,mugs,18.00,9,mug.jpg,Dipped twice.,浸釉杯,杯子,mug-sea-s,Glaze=Sea; Size=Small,釉色=海蓝; 大小=小',
  'mug,,mugs,22.00,3,mug.jpg,,,,mug-sea-l,Glaze=Sea; Size=Large,釉色=海蓝; 大小=大',
  'mug,,mugs,18.00,0,mug-clay.jpg,,,,mug-clay-m,Glaze=Clay; Size=Medium,釉色=陶土; 大小=中',
  'mug,,mugs,23.00,7,mug-clay.jpg,,,,mug-clay-l,Glaze=Clay; Size=Large,釉色=陶土; 大小=大',
  ...Array.from(
    { length: 50 },
    (_, n) => `bowl-${n},Bowl no. ${n},kitchen,${5 + n}.00,10,bowls/${n}.jpg,A bowl.,${n} 号碗,厨房,,,`,
  ),
].join('\n');

export class BrowsedShop {
  static async open(): Promise<BrowsedShop> {
    const assembly = mkdtempSync(join(tmpdir(), 'storefront-'));
    synthesize(assembly);
    const cloud = await LocalCloud.start();
    const { outputs } = await cloud.deploy(assembly);
    const { sites } = await cloud.openFrontDoors();
    const browser = await chromium.launch({ executablePath: chromiumPath(), args: ['--no-sandbox'] });
    const shop = new BrowsedShop(cloud, browser, outputs, Object.values(sites)[0], assembly);
    await shop.fill();
    return shop;
  }

  private constructor(
    readonly cloud: LocalCloud,
    private readonly browser: Browser,
    private readonly outputs: Record<string, string>,
    /** Bare origin. */
    readonly url: string,
    private readonly assembly: string,
  ) {}

  async close(): Promise<void> {
    await this.browser.close();
    await this.cloud.stop();
    rmSync(this.assembly, { recursive: true, force: true });
  }

  /** A page of a visitor of their own, in which any error of the page fails the test. */
  async visit(options: BrowserContextOptions, use: (page: Page) => Promise<void>): Promise<void> {
    const context = await this.browser.newContext({ baseURL: this.url, ...options });
    const errors: string[] = [];
    context.on('page', (page) => {
      page.setDefaultTimeout(45_000);
      page.on('pageerror', (error) => errors.push(error.message));
      // The browser reports every answer of 400 and above by itself; what the pages make of those is tested.
      page.on('console', (message) => {
        if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
          errors.push(message.text());
      });
    });
    try {
      await use(await context.newPage());
    } finally {
      // A page may still be loading what it does not need for the test: its intercepted requests end with it.
      await Promise.all(context.pages().map((page) => page.unrouteAll({ behavior: 'ignoreErrors' })));
      await context.close();
    }
    expect(errors).toEqual([]);
  }

  async setStock(sku: string, available: number): Promise<void> {
    await DynamoDBDocumentClient.from(new DynamoDBClient(this.cloud.clientConfig)).send(
      new UpdateCommand({
        TableName: this.outputs.OrdersTable,
        Key: { pk: `STOCK#${sku}`, sk: 'STOCK' },
        UpdateExpression: 'SET available = :available',
        ConditionExpression: 'attribute_exists(pk)',
        ExpressionAttributeValues: { ':available': available },
      }),
    );
  }

  /** Puts a photo of one colour under a name. */
  async putPhoto(name: string, background: string): Promise<void> {
    const photo = await sharp({ create: { width: 900, height: 900, channels: 3, background } })
      .jpeg()
      .toBuffer();
    await this.put(this.outputs.PhotosBucket, `originals/${name}`, photo);
  }

  private async fill(): Promise<void> {
    const photos = { 'teapot.jpg': '#b5651d', 'mug.jpg': '#3f6f7d', 'mug-clay.jpg': '#c2643f' };
    for (const [name, colour] of Object.entries(photos)) await this.putPhoto(name, colour);
    await this.put(this.outputs.ProductsBucket, 'imports/products.csv', PRODUCTS);
    for (const name of Object.keys(photos)) {
      const photos = `${this.url}/v1/photos?id=${name}`;
      await until(async () => (await (await fetch(photos)).text()).includes('"address"'), 60);
    }
    const stocked = `${this.url}/v1/availability?sku=bowl-49`;
    await until(async () => (await (await fetch(stocked)).text()).includes('"available":10'), 60);
  }

  private async put(bucket: string, key: string, body: string | Buffer): Promise<void> {
    const s3 = new S3Client({ ...this.cloud.clientConfig, forcePathStyle: true });
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }));
  }
}

function synthesize(outdir: string): void {
  const app = new App({ outdir, context: { 'cdk-serverless-shop:allow-data-removal': true } });
  const stack = new Stack(app, 'Storefront');
  new ses.EmailIdentity(stack, 'Sender', { identity: ses.Identity.email('shop@example.com') });
  const photos = new ImagePipeline(stack, 'Photos', {
    variants: [
      { name: 'card', width: 480 },
      { name: 'full', width: 1200 },
      { name: 'old', width: 480, format: ImageFormat.JPEG },
    ],
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const { catalog, cart } = new ServerlessShop(stack, 'Shop', {
    shopName: 'Clay & Paper',
    currency: 'EUR',
    contact: { email: 'hello@example.com' },
    images: photos,
    mail: MailTransport.ses({ from: 'shop@example.com' }),
    removalPolicy: RemovalPolicy.DESTROY,
  });
  new CfnOutput(stack, 'ProductsBucket', { value: catalog.bucket.bucketName });
  new CfnOutput(stack, 'PhotosBucket', { value: photos.sourceBucket.bucketName });
  new CfnOutput(stack, 'OrdersTable', { value: cart.store.table.tableName });
  app.synth();
}

/** Puts one of a product into the cart. */
export async function add(page: Page, product: string): Promise<void> {
  await page.goto(`/products/${product}`);
  await page.getByRole('button', { name: 'Add to cart' }).click();
  await page.getByRole('link', { name: 'View cart' }).waitFor();
}

export async function fillIn(page: Page, name = 'Ada Lovelace'): Promise<void> {
  await page.getByLabel('Full name').fill(name);
  await page.getByLabel('E-mail').fill('ada@example.com');
  await page.getByLabel('Street and number').fill('12 St James Square');
  await page.getByLabel('Town or city').fill('London');
  await page.getByLabel('Country').selectOption('GB');
}

export async function expectHeading(page: Page, text: string): Promise<void> {
  await page.getByRole('heading', { level: 1, name: text, exact: true }).waitFor();
}
