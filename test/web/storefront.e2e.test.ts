/** The storefront's pages in a real browser. */
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import type { Photo } from '../../src/storefront/domain/photos';
import { until } from '../local/support';
import { add, BrowsedShop, DESKTOP, expectHeading, fillIn, PHONE } from './browsed-shop';

jest.setTimeout(180_000);

const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

let shop: BrowsedShop;

beforeAll(async () => {
  shop = await BrowsedShop.open();
});

afterAll(() => shop?.close());

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
  await shop.visit(DESKTOP, async (page) => {
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
    await until(async () => (await page.title()) === 'Clay teapot · Clay & Paper');
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
    expect(number).toMatch(/^SO(-[0-9A-Z]{4,5}){3}$/);
    await page.getByRole('link', { name: 'Cart', exact: true }).waitFor();
    await page.reload();
    await page.getByText('€49.00 in cash on delivery').waitFor();

    const mail = await until(
      async () => (await shop.cloud.mailbox().mails()).find(({ text }) => text.includes(String(number))),
      60,
    );
    expect(mail.to.join()).toContain('ada@example.com');
  });
});

test('a phone in Chinese, without anything wider than the screen', async () => {
  await shop.visit(PHONE, async (page) => {
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
  await shop.visit(DESKTOP, async (page) => {
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
    await until(async () => (await focused()) === 'Your cart');
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

test('a product of a list is sold out when all of its variants are', async () => {
  const before = { 'mug-sea-s': 9, 'mug-sea-l': 3, 'mug-clay-m': 0, 'mug-clay-l': 7 };
  const badgeOf = (page: Page, name: string) => page.locator('.card', { hasText: name }).locator('.badge');
  for (const sku of Object.keys(before)) await shop.setStock(sku, 0);
  await shop.visit(DESKTOP, async (page) => {
    await page.goto('/products?category=mugs');
    await badgeOf(page, 'Dipped mug').getByText('Sold out').waitFor();
  });
  for (const [sku, stock] of Object.entries(before)) await shop.setStock(sku, stock);
  await shop.visit(DESKTOP, async (page) => {
    const known = page.waitForResponse((answer) => answer.url().includes('/v1/availability'));
    await page.goto('/products?category=mugs');
    await known;
    expect(await badgeOf(page, 'Dipped mug').count()).toBe(0);
  });
});

test('sold out, and less in stock than in the cart', async () => {
  await shop.visit(DESKTOP, async (page) => {
    await page.goto('/products/stool');
    await page.getByText('Sold out').first().waitFor();
    expect(await page.getByRole('button', { name: 'Add to cart' }).count()).toBe(0);

    await shop.setStock('lantern', 2);
    await add(page, 'lantern');
    await page.getByRole('button', { name: 'Add to cart' }).click();
    await page.getByRole('link', { name: 'Cart 2 items' }).waitFor();
    await page.getByRole('button', { name: 'Add to cart', disabled: true }).waitFor();
    await page.goto('/checkout');
    await fillIn(page);
    await shop.setStock('lantern', 1);
    await page.getByRole('button', { name: /Place order/ }).click();

    await expectHeading(page, 'Your cart');
    await page.getByText('Somebody was quicker').waitFor();
    await page.getByRole('button', { name: 'Check out', disabled: true }).waitFor();
    await page.getByRole('button', { name: 'Take 1' }).click();
    await page.getByRole('link', { name: 'Check out' }).click();
    expect(await page.getByLabel('Full name').inputValue()).toBe('Ada Lovelace');
    await page.getByRole('button', { name: 'Place order · €18.00' }).click();
    await expectHeading(page, 'Thank you for your order');
  });
});

describe('photos', () => {
  const drawn = (page: Page) =>
    until(() => page.evaluate<boolean>('document.querySelector(".product img")?.naturalWidth > 0'));

  test('of a whole list are asked for at once; where there is none yet, there is a pattern', async () => {
    await shop.visit(DESKTOP, async (page) => {
      const asked: number[] = [];
      page.on('request', (request) => {
        const { pathname, searchParams } = new URL(request.url());
        if (pathname === '/v1/photos') asked.push(searchParams.get('id')?.split(',').length ?? 0);
      });
      await page.goto('/products?category=kitchen');
      await shown(page, 24).waitFor();
      await until(async () => asked.length > 0);
      await page.waitForLoadState('networkidle');
      expect(asked).toEqual([24]);
      await until(async () => (await page.locator('.card svg').count()) === 24);
    });
  });

  test('are what was made: every address leads to a file of its format and width', async () => {
    const answer = await fetch(`${shop.url}/v1/photos?id=teapot.jpg`);
    expect(answer.headers.get('cache-control')).toBe('public, max-age=30');
    const { items } = (await answer.json()) as { items: Photo[] };
    const files = items[0].variants.map(async ({ address, format, width }) => {
      const file = await fetch(shop.url + address);
      const made = await sharp(Buffer.from(await file.arrayBuffer())).metadata();
      return [file.headers.get('content-type') === `image/${format}`, made.format === format, made.width === width];
    });
    const right = [true, true, true];
    expect(await Promise.all(files)).toEqual([right, right, right]);
  });

  test('are shown by browsers that know no newer format than JPEG', async () => {
    await shop.visit(DESKTOP, async (page) => {
      await page.route('**/v1/photos?*', async (route) => {
        const response = await route.fetch();
        await route.fulfill({ response, body: (await response.text()).replaceAll('"webp"', '"none"') });
      });
      await page.goto('/products/teapot');
      await drawn(page);
      expect(await page.evaluate<string>('document.querySelector(".product img").currentSrc')).toMatch(/\/old\.jpg$/);
    });
  });

  test('that are replaced are shown in their new version, which has an address of its own', async () => {
    const shownAt = async () => {
      let address = '';
      await shop.visit(DESKTOP, async (page) => {
        await page.goto('/products/teapot');
        await drawn(page);
        address = await page.evaluate<string>('document.querySelector(".product img").currentSrc');
      });
      return address;
    };
    const colourAt = async (address: string) => {
      const { dominant } = await sharp(Buffer.from(await (await fetch(address)).arrayBuffer())).stats();
      return dominant.b > dominant.r ? 'blue' : 'brown';
    };
    const before = await shownAt();
    expect(await colourAt(before)).toBe('brown');
    await shop.putPhoto('teapot.jpg', '#1d4fb5');
    const after = await until(async () => {
      const address = await shownAt();
      return address === before ? undefined : address;
    }, 60);
    const keys = [before, after].map((address) => /\/media\/teapot\.jpg\/([^/]+)\/full\.webp$/.exec(address)?.[1]);
    expect(keys).toEqual([expect.any(String), expect.any(String)]);
    expect(await colourAt(after)).toBe('blue');
  });

  test('whose files are gone leave a pattern, not a broken picture', async () => {
    await shop.visit(DESKTOP, async (page) => {
      await page.route('**/media/**', (route) => route.fulfill({ status: 404, body: '' }));
      await page.goto('/products/teapot');
      await page.locator('.product .photo svg').waitFor();
      expect(await page.getByRole('img', { name: 'Clay teapot' }).count()).toBe(1);
    });
  });
});

describe('a product with variants', () => {
  const chosen = (page: Page) =>
    page.evaluate<string[]>('[...document.querySelectorAll(".options :checked")].map((it) => it.value)');
  const photo = (page: Page) => page.evaluate<string>('document.querySelector(".product img")?.currentSrc ?? ""');

  test('is chosen by the keyboard: price, picture, stock and address follow, then cart, order and mail', async () => {
    await shop.visit(DESKTOP, async (page) => {
      await page.goto('/products?category=mugs');
      await page.getByRole('link', { name: 'Dipped mug from €18.00' }).click();
      await expectHeading(page, 'Dipped mug');
      expect(await chosen(page)).toEqual(['Sea', 'Small']);
      await until(async () => (await photo(page)).includes('/media/mug.jpg/'));
      await page.getByText('In stock').waitFor();

      const glaze = page.getByRole('group', { name: 'Glaze' });
      await glaze.getByRole('radio', { name: 'Sea' }).focus();
      await page.keyboard.press('ArrowRight');
      // There is no small one in this glaze, and of the others one is left.
      const told = 'Glaze: Clay, Size: Large, €23.00, In stock';
      await page.getByRole('status').getByText(told).waitFor({ state: 'attached' });
      expect(await chosen(page)).toEqual(['Clay', 'Large']);
      expect(page.url()).toBe(`${shop.url}/products/mug?sku=mug-clay-l`);
      await until(async () => (await photo(page)).includes('/media/mug-clay.jpg/'));
      await page.keyboard.press('Tab');
      expect(await page.evaluate<string>('document.activeElement.value')).toBe('Large');
      await page.keyboard.press('ArrowDown');
      await page.locator('.stock').getByText('Sold out').waitFor();
      expect(await chosen(page)).toEqual(['Clay', 'Medium']);
      expect(await page.getByRole('button', { name: 'Add to cart' }).count()).toBe(0);
      const described = (id: string | null) => page.locator(`[id="${id}"]`).textContent();
      const small = page.getByRole('radio', { name: 'Small', exact: true });
      expect(await described(await small.getAttribute('aria-describedby'))).toBe('changes what else is chosen');
      await page.keyboard.press('ArrowUp');
      await page.locator('.product-price').getByText('€23.00').waitFor();
      expect(await chosen(page)).toEqual(['Clay', 'Large']);

      await page.reload();
      await page.locator('.product-price').getByText('€23.00').waitFor();
      expect(await chosen(page)).toEqual(['Clay', 'Large']);
      await page.getByRole('button', { name: 'Add to cart' }).click();
      await page.getByText('Dipped mug, Glaze: Clay, Size: Large is in your cart.').first().waitFor();
      // Choices took no entries of their own in the history.
      await page.goBack();
      await expectHeading(page, 'Mugs');

      await page.goto('/cart');
      await page.getByText('Glaze: Clay, Size: Large').waitFor();
      await page.getByRole('link', { name: 'Dipped mug' }).click();
      await expectHeading(page, 'Dipped mug');
      expect(page.url()).toBe(`${shop.url}/products/mug?sku=mug-clay-l`);
      await page.goto('/checkout');
      await page.getByText('Glaze: Clay, Size: Large').waitFor();
      await fillIn(page);
      await page.getByRole('button', { name: 'Place order · €23.00' }).click();
      await expectHeading(page, 'Thank you for your order');
      await page.getByText('Glaze: Clay, Size: Large').waitFor();
      const number = await page.locator('.number').textContent();
      const mail = await until(
        async () => (await shop.cloud.mailbox().mails()).find(({ text }) => text.includes(String(number))),
        60,
      );
      expect(mail.text).toContain('1 × Dipped mug (Glaze: Clay, Size: Large): €23.00');
    });
  });

  test('on a phone in Chinese; an address without its SKU, or with a strange one, shows the first', async () => {
    await shop.visit(PHONE, async (page) => {
      await page.goto('/products/mug?sku=teapot');
      await expectHeading(page, '浸釉杯');
      expect(await chosen(page)).toEqual(['Sea', 'Small']);
      await page.getByText('大', { exact: true }).tap();
      await page.locator('.product-price').getByText('22.00').waitFor();
      await page.locator('.stock').getByText('仅剩 3 件').waitFor();
      await page.getByRole('button', { name: '加入购物车' }).tap();
      await page.getByText('浸釉杯，釉色：海蓝，大小：大').first().waitFor();
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
    });
  });
});

test('going back finds a long list as it was left', async () => {
  await shop.visit(DESKTOP, async (page) => {
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
    await until(async () => Math.abs((await page.evaluate<number>('scrollY')) - before) < 5);
  });
});

test.each([
  ['/nothing/here', 'There is nothing here'],
  ['/products/no-such-product', 'There is nothing here'],
  ['/products/vase.no.7', 'Glass vase'],
  ['/orders/AAAAAAAAAAAAAAAAAAAAAA', 'There is nothing here'],
  ['/products?q=xyzzyplugh', 'Results for “xyzzyplugh”'],
])('%s is answered by a page', async (address, heading) => {
  await shop.visit(DESKTOP, async (page) => {
    await page.goto(address);
    await expectHeading(page, heading);
  });
});

test.each(['light', 'dark'] as const)('every page is accessible, %s', async (colorScheme) => {
  await shop.visit({ ...DESKTOP, colorScheme }, async (page) => {
    await add(page, 'teapot');
    const pages = [
      '/',
      '/products',
      '/products?q=xyzzyplugh',
      '/products/teapot',
      '/products/stool',
      '/products?category=mugs',
      '/products/mug',
      '/products/mug?sku=mug-clay-m',
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

/** Moves the focus on until it is on the link or button of that name. */
async function tabTo(page: Page, name: string): Promise<void> {
  await page
    .getByRole('button', { name, exact: true })
    .or(page.getByRole('link', { name, exact: true }))
    .waitFor();
  for (let steps = 0; steps < 60; steps += 1) {
    const text = await page.evaluate<string>('document.activeElement.textContent.trim()');
    if (text === name) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`The keyboard does not reach "${name}".`);
}
