/** The storefront in a real browser, against a whole shop with photos on the local cloud. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
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
import { ImagePipeline, MailTransport, ServerlessShop } from '../../src';
import { orderIdOf } from '../../src/ordering/domain/identity';
import { until } from '../local/support';
import { chromiumPath } from './chromium';

jest.setTimeout(180_000);

const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const DESKTOP: BrowserContextOptions = { viewport: { width: 1280, height: 900 }, locale: 'en-GB' };
const PHONE: BrowserContextOptions = {
  viewport: { width: 390, height: 844 },
  locale: 'zh-CN',
  isMobile: true,
  hasTouch: true,
};

const PRODUCTS = [
  'id,name,category,price,stock,image,description,name_zh,category_zh',
  'teapot,Clay teapot,kitchen,24.50,8,teapot.jpg,Holds six cups and keeps them warm.,紫砂茶壶,厨房',
  'lantern,Paper lantern,lighting,18.00,2,,Folds flat.,纸灯笼,灯具',
  'vase.no.7,Glass vase,vases,30.00,3,,Blown by mouth.,玻璃花瓶,花瓶',
  'stool,Oak stool,furniture,85.00,0,,Three legs and no wobble.,橡木凳,家具',
  ...Array.from({ length: 50 }, (_, n) => `bowl-${n},Bowl no. ${n},kitchen,${5 + n}.00,10,,A bowl.,${n} 号碗,厨房`),
].join('\n');

let assembly: string;
let cloud: LocalCloud;
let browser: Browser;
let outputs: Record<string, string>;
let shop: string;

beforeAll(async () => {
  assembly = mkdtempSync(join(tmpdir(), 'storefront-'));
  synthesize(assembly);
  cloud = await LocalCloud.start();
  outputs = (await cloud.deploy(assembly)).outputs;
  const { sites } = await cloud.openFrontDoors();
  shop = Object.values(sites)[0];
  const s3 = new S3Client({ ...cloud.clientConfig, forcePathStyle: true });
  const photo = await sharp({ create: { width: 900, height: 900, channels: 3, background: '#b5651d' } })
    .jpeg()
    .toBuffer();
  await s3.send(new PutObjectCommand({ Bucket: outputs.PhotosBucket, Key: 'originals/teapot.jpg', Body: photo }));
  await s3.send(new PutObjectCommand({ Bucket: outputs.ProductsBucket, Key: 'imports/products.csv', Body: PRODUCTS }));
  await until(async () => (await fetch(`${shop}/media/teapot.jpg/full.webp`)).ok, 60);
  const stocked = `${shop}/v1/availability?sku=bowl-49`;
  await until(async () => (await (await fetch(stocked)).text()).includes('"available":10'), 60);
  browser = await chromium.launch({ executablePath: chromiumPath(), args: ['--no-sandbox'] });
});

afterAll(async () => {
  await browser?.close();
  await cloud?.stop();
  rmSync(assembly, { recursive: true, force: true });
});

function synthesize(outdir: string): void {
  const app = new App({ outdir, context: { 'cdk-serverless-shop:allow-data-removal': true } });
  const stack = new Stack(app, 'Storefront');
  new ses.EmailIdentity(stack, 'Sender', { identity: ses.Identity.email('shop@example.com') });
  const photos = new ImagePipeline(stack, 'Photos', { removalPolicy: RemovalPolicy.DESTROY });
  const { catalog, cart } = new ServerlessShop(stack, 'Shop', {
    name: 'Clay & Paper',
    currency: 'EUR',
    contact: { email: 'hello@example.com' },
    images: photos,
    mail: MailTransport.ses({ from: 'shop@example.com' }),
    removalPolicy: RemovalPolicy.DESTROY,
  });
  new CfnOutput(stack, 'ProductsBucket', { value: catalog.bucket.bucketName });
  new CfnOutput(stack, 'PhotosBucket', { value: photos.bucket.bucketName });
  new CfnOutput(stack, 'OrdersTable', { value: cart.store.table.tableName });
  app.synth();
}

/** A page of a visitor of their own, in which any error of the page fails the test. */
async function visit(options: BrowserContextOptions, use: (page: Page) => Promise<void>): Promise<void> {
  const context = await browser.newContext({ baseURL: shop, ...options });
  const errors: string[] = [];
  try {
    const page = await context.newPage();
    page.setDefaultTimeout(15_000);
    page.on('pageerror', (error) => errors.push(error.message));
    // The browser reports every answer of 400 and above by itself; what the pages make of those is tested below.
    page.on('console', (message) => {
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
        errors.push(message.text());
    });
    await use(page);
  } finally {
    await context.close();
  }
  expect(errors).toEqual([]);
}

async function add(page: Page, product: string): Promise<void> {
  await page.goto(`/products/${product}`);
  await page.getByRole('button', { name: 'Add to cart' }).click();
  await page.getByRole('link', { name: 'View cart' }).waitFor();
}

async function fillIn(page: Page): Promise<void> {
  await page.getByLabel('Full name').fill('Ada Lovelace');
  await page.getByLabel('E-mail').fill('ada@example.com');
  await page.getByLabel('Street and number').fill('12 St James Square');
  await page.getByLabel('Town or city').fill('London');
  await page.getByLabel('Country').selectOption('GB');
}

async function setStock(sku: string, available: number): Promise<void> {
  await DynamoDBDocumentClient.from(new DynamoDBClient(cloud.clientConfig)).send(
    new UpdateCommand({
      TableName: outputs.OrdersTable,
      Key: { pk: `STOCK#${sku}`, sk: 'STOCK' },
      UpdateExpression: 'SET available = :available',
      ConditionExpression: 'attribute_exists(pk)',
      ExpressionAttributeValues: { ':available': available },
    }),
  );
}

/** Faults that axe finds by the rules of WCAG 2.2 A and AA, as lines to read. */
async function accessibilityFaults(page: Page): Promise<string[]> {
  // Evaluated by the debugger, so the pages' content security policy stays as it is.
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: typeof import('axe-core') };
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
    const { violations } = await axe.run({ runOnly: tags });
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
  });
}

test('browse, search, buy, and see the order and its mail', async () => {
  await visit(DESKTOP, async (page) => {
    await page.goto('/');
    await expectHeading(page, 'Clay & Paper');
    await page.getByRole('link', { name: 'Kitchen 51 products' }).click();
    await expectHeading(page, 'Kitchen');
    await shown(page, 24).waitFor();
    await page.getByRole('button', { name: 'Load more' }).click();
    await shown(page, 48).waitFor();
    await page.getByRole('button', { name: 'Load more' }).click();
    await shown(page, 51).waitFor();
    expect(await page.getByRole('button', { name: 'Load more' }).count()).toBe(0);

    await page.getByRole('searchbox', { name: 'Search products' }).fill('teapto');
    await page.keyboard.press('Enter');
    await expectHeading(page, 'Results for “teapto”');
    await page.getByRole('link', { name: /Clay teapot/ }).click();
    await expectHeading(page, 'Clay teapot');
    expect(await page.title()).toBe('Clay teapot · Clay & Paper');
    await page.getByRole('img', { name: 'Clay teapot' }).waitFor();
    await until(() => page.evaluate<boolean>('document.querySelector(".product img").naturalWidth > 0'));
    await page.getByRole('button', { name: 'One more' }).click();
    await page.getByRole('button', { name: 'Add to cart' }).click();
    await page.getByRole('link', { name: 'View cart' }).click();

    await expectHeading(page, 'Your cart');
    await page.getByRole('region', { name: 'Total' }).getByText('€49.00').waitFor();
    await page.getByRole('link', { name: 'Check out' }).click();
    await expectHeading(page, 'Checkout');
    await fillIn(page);
    await page.getByRole('button', { name: 'Place order · €49.00' }).click();

    await expectHeading(page, 'Thank you for your order');
    const number = await page.locator('.number').textContent();
    expect(number).toMatch(/^SO-[0-9A-Z]{8}$/);
    await page.getByRole('link', { name: 'Cart', exact: true }).waitFor();
    await page.reload();
    await page.getByText('€49.00 in cash on delivery').waitFor();

    const mail = await until(
      async () => (await cloud.mailbox().mails()).find(({ text }) => text.includes(String(number))),
      60,
    );
    expect(mail.to.join()).toContain('ada@example.com');
  });
});

test('a phone in Chinese, without anything wider than the screen', async () => {
  await visit(PHONE, async (page) => {
    const fits = async () => expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
    await page.goto('/');
    await expectHeading(page, 'Clay & Paper');
    expect(await page.evaluate('document.documentElement.lang')).toBe('zh');
    await fits();
    await page.getByRole('link', { name: '厨房 51 件商品' }).tap();
    await expectHeading(page, '厨房');
    await fits();
    await page.getByRole('searchbox').fill('茶壶');
    await page.getByRole('button', { name: '搜索' }).tap();
    await page.getByRole('link', { name: /紫砂茶壶/ }).tap();
    await expectHeading(page, '紫砂茶壶');
    await fits();
    await page.getByRole('button', { name: '加入购物车' }).tap();
    await page.getByRole('link', { name: '查看购物车' }).tap();
    await expectHeading(page, '购物车');
    await fits();
    // What leads on is in reach without scrolling.
    expect(
      await page.getByRole('link', { name: '去结算' }).evaluate((it) => it.getBoundingClientRect().bottom),
    ).toBeLessThan(845);
    await page.getByRole('link', { name: '去结算' }).tap();
    await expectHeading(page, '结算');
    await fits();
    await page.getByRole('button', { name: 'English' }).tap();
    await expectHeading(page, 'Checkout');
    await page.reload();
    await expectHeading(page, 'Checkout');
  });
});

test('the keyboard alone reaches and buys', async () => {
  await visit(DESKTOP, async (page) => {
    const focused = () => page.evaluate<string>('document.activeElement.textContent.trim()');
    await page.goto('/products/lantern');
    await expectHeading(page, 'Paper lantern');
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('Skip to content');
    await page.keyboard.press('Enter');
    await tabTo(page, 'Add to cart');
    await page.keyboard.press('Enter');
    await page.getByRole('status').getByText('Paper lantern is in your cart.').waitFor({ state: 'attached' });
    await tabTo(page, 'View cart');
    await page.keyboard.press('Enter');
    await expectHeading(page, 'Your cart');
    // The focus begins at the heading of the page that came.
    expect(await focused()).toBe('Your cart');
    await tabTo(page, 'Check out');
    await page.keyboard.press('Enter');
    await expectHeading(page, 'Checkout');
    await tabTo(page, 'Place order · €18.00');
    await page.keyboard.press('Enter');
    await page.getByText('Please look at 4 fields again').waitFor();
    const name = page.getByLabel('Full name');
    expect(await name.getAttribute('aria-invalid')).toBe('true');
    expect(await name.getAttribute('aria-describedby')).toBe('contact/name-fault');
  });
});

test('sold out, and less in stock than in the cart', async () => {
  await visit(DESKTOP, async (page) => {
    await page.goto('/products/stool');
    await page.getByText('Sold out').first().waitFor();
    expect(await page.getByRole('button', { name: 'Add to cart' }).count()).toBe(0);

    await setStock('lantern', 2);
    await add(page, 'lantern');
    await page.getByRole('button', { name: 'Add to cart' }).click();
    await page.getByRole('link', { name: 'Cart 2 items' }).waitFor();
    expect(await page.getByRole('button', { name: 'Add to cart' }).isDisabled()).toBe(true);
    await page.goto('/checkout');
    await fillIn(page);
    await setStock('lantern', 1);
    await page.getByRole('button', { name: /Place order/ }).click();

    await expectHeading(page, 'Your cart');
    await page.getByText('Somebody was quicker').waitFor();
    expect(await page.getByRole('button', { name: 'Check out' }).isDisabled()).toBe(true);
    await page.getByRole('button', { name: 'Take 1' }).click();
    await page.getByRole('link', { name: 'Check out' }).click();
    expect(await page.getByLabel('Full name').inputValue()).toBe('Ada Lovelace');
    await page.getByRole('button', { name: 'Place order · €18.00' }).click();
    await expectHeading(page, 'Thank you for your order');
  });
});

test('an answer that is lost does not make a second order', async () => {
  await visit(DESKTOP, async (page) => {
    await add(page, 'teapot');
    await page.goto('/checkout');
    await fillIn(page);
    const keys: (string | undefined)[] = [];
    await page.route('**/checkout', async (route) => {
      keys.push(route.request().headers()['idempotency-key']);
      const answer = await route.fetch();
      if (keys.length === 1) await route.abort();
      else await route.fulfill({ response: answer });
    });
    const answers: (string | undefined)[] = [];
    page.on('response', (answer) => {
      if (answer.url().endsWith('/checkout') && answer.status() === 201)
        answers.push(answer.headers()['idempotent-replayed']);
    });
    await page.getByRole('button', { name: /Place order/ }).click();
    await page.getByText('We have no answer yet').waitFor();
    await page.getByRole('button', { name: /Place order/ }).click();
    await expectHeading(page, 'Thank you for your order');
    expect(keys).toEqual([expect.stringMatching(/^[0-9a-f]{32}$/), keys[0]]);
    expect(answers).toEqual(['true']);
  });
});

test('a cart that was ordered in another tab leads to its order', async () => {
  await visit(DESKTOP, async (page) => {
    await add(page, 'bowl-1');
    await page.goto('/checkout');
    await fillIn(page);
    const other = await page.context().newPage();
    await other.goto('/checkout');
    await fillIn(other);
    const cart = await page.evaluate<string>('localStorage.getItem("shop.cart")');
    await other.getByRole('button', { name: /Place order/ }).click();
    await expectHeading(other, 'Thank you for your order');
    expect(other.url()).toBe(`${shop}/orders/${orderIdOf(cart)}`);
    // The cart that is over is forgotten in the first tab as well.
    await page.getByRole('link', { name: 'Cart', exact: true }).waitFor();
    await expectHeading(page, 'Your cart is empty');
  });
});

test('going back finds a long list as it was left', async () => {
  await visit(DESKTOP, async (page) => {
    await page.goto('/products?category=kitchen');
    await page.getByRole('button', { name: 'Load more' }).click();
    await shown(page, 48).waitFor();
    const card = page.locator('.card').nth(40);
    await card.scrollIntoViewIfNeeded();
    const before = await page.evaluate<number>('scrollY');
    expect(before).toBeGreaterThan(500);
    await card.click();
    await page.getByRole('button', { name: 'Add to cart' }).waitFor();
    await page.goBack();
    await shown(page, 48).waitFor();
    expect(Math.abs((await page.evaluate<number>('scrollY')) - before)).toBeLessThan(5);
  });
});

test.each([
  ['/nothing/here', 'There is nothing here'],
  ['/products/no-such-product', 'There is nothing here'],
  ['/products/vase.no.7', 'Glass vase'],
  ['/orders/AAAAAAAAAAAAAAAAAAAAAA', 'There is nothing here'],
  ['/products?q=xyzzyplugh', 'Results for “xyzzyplugh”'],
])('%s is answered by a page', async (address, heading) => {
  await visit(DESKTOP, async (page) => {
    await page.goto(address);
    await expectHeading(page, heading);
  });
});

test.each(['light', 'dark'] as const)('every page is accessible, %s', async (colorScheme) => {
  await visit({ ...DESKTOP, colorScheme }, async (page) => {
    await add(page, 'teapot');
    const pages = [
      '/',
      '/products',
      '/products?q=xyzzyplugh',
      '/products/teapot',
      '/products/stool',
      '/cart',
      '/checkout',
    ];
    for (const address of [...pages, '/nothing/here']) {
      await page.goto(address);
      await page.locator('h1').waitFor();
      await page.waitForLoadState('networkidle');
      expect([address, await accessibilityFaults(page)]).toEqual([address, []]);
    }
    await page.goto('/checkout');
    await page.getByRole('button', { name: /Place order/ }).click();
    await page.getByText('Please look at 4 fields again').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await fillIn(page);
    await page.getByRole('button', { name: /Place order/ }).click();
    await expectHeading(page, 'Thank you for your order');
    expect(await accessibilityFaults(page)).toEqual([]);
  });
});

function shown(page: Page, count: number) {
  return page.locator('.more').getByText(`${count} of 51 shown`);
}

async function expectHeading(page: Page, text: string): Promise<void> {
  await page.getByRole('heading', { level: 1, name: text, exact: true }).waitFor();
}

/** Moves the focus on until it is on the link or button of that name. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let steps = 0; steps < 60; steps += 1) {
    const text = await page.evaluate<string>('document.activeElement.textContent.trim()');
    if (text === name) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`The keyboard does not reach "${name}".`);
}
