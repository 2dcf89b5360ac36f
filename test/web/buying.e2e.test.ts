/** Carts and orders in a real browser: with tabs at the same moment, and answers that are lost. */
import type { BrowserContext, Page, Route } from 'playwright-core';
import { orderIdOf } from '../../src/ordering/domain/identity';
import { until } from '../local/support';
import { add, BrowsedShop, DESKTOP, expectHeading, fillIn } from './browsed-shop';

jest.setTimeout(180_000);

const ORDERED_BEFORE = 'Your order has reached us';

let shop: BrowsedShop;

beforeAll(async () => {
  shop = await BrowsedShop.open();
});

afterAll(() => shop?.close());

describe('an order whose answer is lost', () => {
  test('is shown when the next try is answered, and there is no second one', async () => {
    await shop.visit(DESKTOP, async (page) => {
      await checkOut(page, 'teapot');
      const keys: (string | undefined)[] = [];
      await page.route('**/checkout', async (route) => {
        keys.push(route.request().headers()['idempotency-key']);
        const response = await route.fetch();
        if (keys.length === 1) await route.abort();
        else await route.fulfill({ response });
      });
      const answers: (string | undefined)[] = [];
      page.on('response', (answer) => {
        if (answer.url().endsWith('/checkout') && answer.status() === 201)
          answers.push(answer.headers()['idempotent-replayed']);
      });
      await placeOrder(page);
      await expectHeading(page, 'Thank you for your order');
      expect(keys).toEqual([expect.stringMatching(/^[0-9a-f]{32}$/), keys[0]]);
      expect(answers).toEqual(['true']);
    });
  });

  test('is found by asking the cart when no try is answered', async () => {
    await shop.visit(DESKTOP, async (page) => {
      await checkOut(page, 'bowl-2');
      await page.route('**/checkout', loseAnswer);
      await placeOrder(page);
      await page.getByText(ORDERED_BEFORE).waitFor();
      await page.getByText('€7.00 in cash on delivery').waitFor();
      await page.getByRole('link', { name: 'Cart', exact: true }).waitFor();
    });
  });

  test('is where the page leads when it is loaded again', async () => {
    await shop.visit(DESKTOP, async (page) => {
      await checkOut(page, 'bowl-3');
      const cart = await cartOf(page);
      await cutOff(page);
      await placeOrder(page);
      await page.getByText('We have no answer yet').waitFor();
      await reconnect(page);
      await page.reload();
      await page.getByText(ORDERED_BEFORE).waitFor();
      expect(page.url()).toBe(`${shop.url}/orders/${orderIdOf(cart)}`);
      const line = page.getByRole('link', { name: 'Bowl no. 3' });
      expect(await line.getAttribute('href')).toBe('/products/bowl-3');
    });
  });

  test('is told about on other pages, and found in the place of an empty cart, until it was seen', async () => {
    await shop.visit(DESKTOP, async (page) => {
      await checkOut(page, 'bowl-4');
      await cutOff(page);
      await placeOrder(page);
      await page.getByText('We have no answer yet').waitFor();
      await reconnect(page);
      await page.goto('/products/bowl-5');
      await page.getByRole('link', { name: 'See the order' }).waitFor();
      await page.goto('/cart');
      await page.getByText('€9.00 in cash on delivery').waitFor();
      await page.goto('/cart');
      await expectHeading(page, 'Your cart is empty');
      expect(await stored(page)).toEqual([]);
    });
  });

  test('is shown as it was first sent when the form is changed before the next try', async () => {
    await shop.visit(DESKTOP, async (page) => {
      await checkOut(page, 'bowl-6');
      await cutOff(page);
      await placeOrder(page);
      await page.getByText('We have no answer yet').waitFor();
      await reconnect(page);
      await fillIn(page, 'Augusta King');
      const reused = page.waitForResponse((answer) => answer.status() === 422);
      await placeOrder(page);
      await reused;
      await page.getByText(ORDERED_BEFORE).waitFor();
      await page.getByText('Ada Lovelace').waitFor();
    });
  });

  test('leaves nothing of what was typed in the browser', async () => {
    await shop.visit(DESKTOP, async (page) => {
      await checkOut(page, 'bowl-7');
      await cutOff(page);
      await placeOrder(page);
      await page.getByText('We have no answer yet').waitFor();
      const cart = await cartOf(page);
      expect(await stored(page)).toEqual([
        ['shop.cart', cart],
        ['shop.checkout', expect.stringMatching(new RegExp(`^${cart} [0-9a-f]{32}$`))],
      ]);
    });
  });
});

test('a cart that was ordered in another tab leads to its order', async () => {
  await shop.visit(DESKTOP, async (page) => {
    await checkOut(page, 'bowl-1');
    const other = await page.context().newPage();
    await other.goto('/checkout');
    await fillIn(other);
    const cart = await cartOf(page);
    await placeOrder(other);
    await expectHeading(other, 'Thank you for your order');
    expect(other.url()).toBe(`${shop.url}/orders/${orderIdOf(cart)}`);
    // The cart that is over is forgotten in the first tab as well.
    await page.getByRole('link', { name: 'Cart', exact: true }).waitFor();
    await page.getByText(ORDERED_BEFORE).waitFor();
    expect(page.url()).toBe(other.url());
  });
});

describe('two tabs', () => {
  test('see the same cart', async () => {
    await shop.visit(DESKTOP, async (page) => {
      const other = await page.context().newPage();
      await other.goto('/');
      await add(page, 'bowl-10');
      await other.getByRole('link', { name: 'Cart 1 item' }).waitFor();
    });
  });

  test('add to what the other has added, though neither has heard of the other', async () => {
    await shop.visit(DESKTOP, async (page) => {
      await add(page, 'bowl-11');
      const other = await deafTab(page.context());
      await other.goto('/products/bowl-11');
      await other.getByRole('link', { name: 'Cart 1 item' }).waitFor();
      for (const _ of ['two', 'three']) await page.getByRole('button', { name: 'Add to cart' }).click();
      await page.getByRole('link', { name: 'Cart 3 items' }).waitFor();
      await other.getByRole('button', { name: 'Add to cart' }).click();
      await other.getByRole('link', { name: 'Cart 4 items' }).waitFor();
    });
  });

  test('that add at the same moment, and open the cart by it, lose nothing', async () => {
    await shop.visit(DESKTOP, async (page) => {
      const tabs = [page, ...(await Promise.all(Array.from({ length: 3 }, () => page.context().newPage())))];
      const opened: string[] = [];
      page.context().on('response', (answer) => {
        if (answer.url().endsWith('/v1/carts')) opened.push(answer.url());
      });
      await Promise.all(tabs.map((tab, index) => tab.goto(`/products/bowl-${20 + (index % 2)}`)));
      await Promise.all(tabs.map((tab) => tab.getByText('In stock').waitFor()));
      await Promise.all(tabs.map((tab) => tab.evaluate(pressAddToCartTwice)));
      await Promise.all(tabs.map((tab) => tab.getByRole('link', { name: 'Cart 8 items' }).waitFor()));
      expect(opened).toHaveLength(1);
      await page.goto('/cart');
      for (const bowl of ['Bowl no. 20', 'Bowl no. 21']) {
        expect(await page.getByLabel(`Quantity of ${bowl}`).inputValue()).toBe('4');
      }
    });
  });

  test('do not set a quantity over one that was not seen', async () => {
    await shop.visit(DESKTOP, async (page) => {
      await add(page, 'bowl-12');
      const other = await deafTab(page.context());
      await other.goto('/cart');
      await expectHeading(other, 'Your cart');
      await page.getByRole('button', { name: 'Add to cart' }).click();
      await page.getByRole('link', { name: 'Cart 2 items' }).waitFor();
      await page.getByRole('button', { name: 'Add to cart' }).click();
      await page.getByRole('link', { name: 'Cart 3 items' }).waitFor();
      await other.getByRole('button', { name: 'One more' }).click();
      await other.getByText('Your cart was changed in another window').waitFor();
      await until(async () => (await other.getByLabel('Quantity of Bowl no. 12').inputValue()) === '3');
    });
  });
});

test('what was added once is there once, though the answer was lost', async () => {
  await shop.visit(DESKTOP, async (page) => {
    await add(page, 'bowl-13');
    let lost = 0;
    await page.route('**/items', async (route) => {
      lost += 1;
      if (lost === 1) await loseAnswer(route);
      else await route.continue();
    });
    await page.getByRole('button', { name: 'Add to cart' }).click();
    await page.getByRole('link', { name: 'Cart 2 items' }).waitFor();
    await page.goto('/cart');
    expect(await page.getByLabel('Quantity of Bowl no. 13').inputValue()).toBe('2');
  });
});

test('a request that is not answered is sent three times at most', async () => {
  await shop.visit(DESKTOP, async (page) => {
    await page.goto('/');
    await expectHeading(page, 'Clay & Paper');
    let sent = 0;
    await page.route('**/v1/products/bowl-14', async (route) => {
      sent += 1;
      await route.abort();
    });
    await page.evaluate(
      "history.pushState(null, '', '/products/bowl-14'); dispatchEvent(new PopStateEvent('popstate'))",
    );
    await page.getByText('There is no connection to the shop').waitFor();
    expect(sent).toBe(3);
  });
});

async function checkOut(page: Page, product: string): Promise<void> {
  await add(page, product);
  await page.goto('/checkout');
  await fillIn(page);
}

async function placeOrder(page: Page): Promise<void> {
  await page.getByRole('button', { name: /Place order/ }).click();
}

/** The request arrives, its answer does not. */
async function loseAnswer(route: Route): Promise<void> {
  await route.fetch();
  await route.abort();
}

/** What is sent arrives, and nothing comes back, not even the cart. */
async function cutOff(page: Page): Promise<void> {
  await page.route('**/v1/carts/**', loseAnswer);
}

/** Once whatever is on its way has been lost. */
async function reconnect(page: Page): Promise<void> {
  await page.unrouteAll({ behavior: 'wait' });
}

function cartOf(page: Page): Promise<string> {
  return page.evaluate<string>('localStorage.getItem("shop.cart")');
}

/** All that the browser keeps, but the language. */
async function stored(page: Page): Promise<[string, string][]> {
  await until(
    async () => !(await page.evaluate<boolean>('navigator.locks.query().then(({ held }) => held.length > 0)')),
  );
  const entries = await page.evaluate<[string, string][]>('Object.entries({ ...localStorage, ...sessionStorage })');
  return entries.sort();
}

/** A tab that hears nothing of others, as one that the browser has put to sleep. */
async function deafTab(context: BrowserContext): Promise<Page> {
  const page = await context.newPage();
  await page.addInitScript('globalThis.BroadcastChannel = class extends EventTarget { postMessage() {} close() {} }');
  return page;
}

/** By script, so that all tabs press within one moment. */
const pressAddToCartTwice = `new Promise((done) => {
  const button = [...document.querySelectorAll('button')].find((it) => it.textContent === 'Add to cart');
  button.click();
  const again = setInterval(() => {
    if (button.disabled) return;
    clearInterval(again);
    button.click();
    done();
  }, 5);
})`;
