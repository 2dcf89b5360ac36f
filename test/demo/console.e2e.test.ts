/** The console in a real browser: a picture, a drawn digit, the job and its statistics, the log of a function. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import sharp from 'sharp';
import { until } from '../local/support';
import { chromiumPath } from '../web/chromium';
import { type DemoUrls, freePorts, NpmStart } from './npm-start';

jest.setTimeout(300_000);

const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const CATALOGUE = [
  'id,name,category,price,stock',
  'mug,"Mug, blue",kitchen,12.50,9',
  'tray,Oak tray,kitchen,24.99,9',
  'vase,Vase,living,40.00,9',
].join('\n');

let directory: string;
let start: NpmStart;
let urls: DemoUrls;
let browser: Browser;
let page: Page;
let complaints: string[];

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'console-'));
  writeFileSync(join(directory, 'products.csv'), CATALOGUE);
  start = new NpmStart(['--port', String(await freePorts()), '--catalogue', join(directory, 'products.csv')]);
  urls = (await start.ready()).urls;
  browser = await chromium.launch({ executablePath: chromiumPath(), args: ['--no-sandbox'] });
});

afterAll(async () => {
  await browser?.close();
  start?.signal('SIGTERM');
  await start?.ended;
  rmSync(directory, { recursive: true });
});

beforeEach(async () => {
  complaints = [];
  page = await browser.newPage({ viewport: { width: 1200, height: 900 } });
  page.setDefaultTimeout(60_000);
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
});

afterEach(() => page.close());

async function expectAccessible(): Promise<void> {
  // Of the test, not of the page: its policy allows no script of others.
  const violations = await page.evaluate(`${AXE}; axe.run().then(({ violations }) => violations.map(({ id, nodes }) =>
    id + ': ' + nodes.map(({ html }) => html).join(', ')))`);
  expect(violations).toEqual([]);
}

test('a picture comes back upright in its variants, with its summary', async () => {
  const file = join(directory, 'sideways.jpg');
  await sharp({ create: { width: 640, height: 320, channels: 3, background: '#3b7a57' } })
    .withMetadata({ orientation: 6 })
    .jpeg()
    .toFile(file);
  await page.goto(`${urls.console}/#pictures`);
  await page.setInputFiles('#file', file);

  const variants = page.locator('#picture-result figure');
  await variants.first().waitFor({ timeout: 60_000 });
  expect(await variants.locator('figcaption').allTextContents()).toEqual([
    expect.stringContaining('thumb 160 × 320, webp'),
    expect.stringContaining('card 320 × 640, webp'),
    expect.stringContaining('full 320 × 640, webp'),
  ]);
  await until(() => page.evaluate<boolean>('[...document.images].every((image) => image.naturalWidth > 0)'));
  await page.click('#picture-result summary');
  expect(JSON.parse((await page.textContent('#picture-result pre')) ?? '')).toMatchObject({
    status: 'ready',
    source: { format: 'jpeg', width: 320, height: 640 },
  });
  expect(await page.locator('#latest li').count()).toBe(1);
  await expectAccessible();
  expect(complaints).toEqual([]);
});

test('a text file is told to be no image', async () => {
  const file = join(directory, 'letter.jpg');
  writeFileSync(file, 'Dear shop');
  await page.goto(`${urls.console}/#pictures`);
  await page.setInputFiles('#file', file);
  await page.locator('#picture-status.error').waitFor();
  expect(await page.textContent('#picture-status')).toMatch(/image/);
});

test('a drawn digit and the samples are recognised', async () => {
  await page.goto(`${urls.console}/#digits`);
  const paper = await page.locator('#paper').boundingBox();
  const to = (x: number, y: number) => [(paper?.x ?? 0) + x, (paper?.y ?? 0) + y] as const;
  await page.mouse.move(...to(70, 60));
  await page.mouse.down();
  await page.mouse.move(...to(200, 60), { steps: 10 });
  await page.mouse.move(...to(120, 230), { steps: 10 });
  await page.mouse.up();
  await page.locator('#answer strong').waitFor({ timeout: 60_000 });
  expect(await page.textContent('#answer strong')).toBe('7');
  expect(await page.locator('.bar').count()).toBe(10);
  await expectAccessible();

  await page.focus('#paper');
  await page.keyboard.press('Escape');
  expect(await page.textContent('#answer')).toBe('Nothing classified yet.');

  let right = 0;
  const samples = await page.locator('#samples button').all();
  for (const sample of samples) {
    const answer = page.waitForResponse('**/api/classify');
    await sample.click();
    const { label } = await (await answer).json();
    if ((await sample.getAttribute('aria-label')) === `Sample of a ${label}`) right++;
  }
  // The model was right for 97 % of all held-out digits.
  expect(samples).toHaveLength(20);
  expect(right).toBeGreaterThanOrEqual(18);
  expect(complaints).toEqual([]);
});

test('the job fails without invoices, and makes statistics of them once they are there', async () => {
  await page.goto(`${urls.console}/#sales`);
  await page.click('#run-job');
  await page.locator('#sales-status.error').waitFor({ timeout: 120_000 });
  expect(await page.locator('#runs tbody .state').allTextContents()).toEqual(['FAILED']);
  expect(await page.locator('#tables figure').count()).toBe(0);

  await page.click('#put-sales');
  await page.locator('#sales-status:has-text("invoice lines are in the bucket")').waitFor();
  await page.click('#run-job');
  await page.locator('#tables figure').first().waitFor({ timeout: 180_000 });
  expect(await page.locator('#runs tbody .state').allTextContents()).toEqual(['SUCCEEDED', 'FAILED']);
  expect(await page.locator('#tables figcaption').allTextContents()).toEqual([
    'Units sold net of cancellations',
    'Net revenue by day',
    'Net revenue by country',
  ]);
  expect(await page.locator('#tables table').first().locator('tbody tr').count()).toBe(3);
  await expectAccessible();
});

test('the log of a function and what is not emulated are shown', async () => {
  await page.goto(`${urls.console}/#functions`);
  await page.click('button:text-is("ShopCatalogImport")');
  await page.locator('#log:has-text("imports/products.csv")').waitFor();
  expect(await page.textContent('#log-file')).toMatch(/ShopCatalogImport.*\.log$/);
  expect(await page.textContent('#not-emulated')).toContain('no throttling');
  expect(await page.getAttribute('a:text-is("Mailbox")', 'href')).toBe(urls.mail);
  await expectAccessible();
  expect(complaints).toEqual([]);
});

test('other sites may not use it', async () => {
  const other = { method: 'POST', headers: { origin: 'http://shop.example.com' } };
  expect((await fetch(`${urls.console}/api/analytics/runs`, other)).status).toBe(403);
  expect((await fetch(`${urls.console}/api/log?function=nothing`)).status).toBe(404);
  expect((await fetch(`${urls.console}/..%2fserver.ts`)).status).toBe(404);
});
