import { describe, expect, test } from '@jest/globals';
import { Budget } from '../api/budget';
import { type Cart, type CartLine, ShopProblem } from '../api/client';
import type { Slot } from '../storage';
import { type Addition, CartKeeper, type CartNews, type CartService } from './cart-keeper';
import { inTurnOfThisTab } from './turns';

const LOST = new ShopProblem('unreachable');

/** Carts as the service keeps them: a change is made to one version only. */
class MemoryCarts implements CartService {
  readonly carts = new Map<string, { version: number; lines: Record<string, number>; ordered?: string }>();
  private readonly keys = new Set<string>();
  /** Called when a change has been made, before it is answered. */
  afterChange: () => void = () => undefined;
  /** Called before a change is made. */
  beforeChange: () => void = () => undefined;

  async open(): Promise<Cart> {
    const id = `cart-${this.carts.size + 1}`;
    this.carts.set(id, { version: 1, lines: {} });
    return this.get(id);
  }

  async get(id: string): Promise<Cart> {
    const cart = this.carts.get(id);
    if (!cart) throw new ShopProblem('cart_not_found');
    if (cart.ordered) throw new ShopProblem('cart_closed', { orderId: cart.ordered });
    const lines = Object.entries(cart.lines).map(([sku, quantity]) => ({ sku, quantity }) as CartLine);
    return { id, version: cart.version, lines } as Cart;
  }

  async add(id: string, { sku, quantity, idempotencyKey }: Addition): Promise<Cart> {
    await this.get(id);
    this.beforeChange();
    const before = this.carts.get(id)?.lines[sku] ?? 0;
    if (!this.keys.has(idempotencyKey)) this.put(id, sku, before + quantity);
    this.keys.add(idempotencyKey);
    this.afterChange();
    return this.get(id);
  }

  async setQuantity({ id, version }: Cart, sku: string, quantity: number): Promise<Cart> {
    await this.get(id);
    this.beforeChange();
    if (this.carts.get(id)?.version !== version) throw new ShopProblem('cart_changed');
    this.put(id, sku, quantity);
    this.afterChange();
    return this.get(id);
  }

  put(id: string, sku: string, quantity: number): void {
    const { version, lines } = this.carts.get(id) as { version: number; lines: Record<string, number> };
    this.carts.set(id, { version: version + 1, lines: { ...lines, [sku]: quantity } });
  }
}

function memorySlot(): Slot {
  let text: string | null = null;
  return {
    read: () => text,
    write: (next) => {
      text = next;
    },
    clear: () => {
      text = null;
    },
  };
}

/** A browser with tabs that share storage and, unless they have none, take turns. */
class Browser {
  readonly service = new MemoryCarts();
  readonly cartId = memorySlot();
  readonly unseenOrder = memorySlot();
  readonly tabs: CartKeeper[] = [];
  private readonly inTurn = inTurnOfThisTab();

  openTab({ locks = true } = {}): CartKeeper {
    const tell = (news: CartNews) => {
      for (const other of this.tabs) if (other !== tab) other.hear(structuredClone(news));
    };
    const tab = new CartKeeper({
      service: this.service,
      cartId: this.cartId,
      unseenOrder: this.unseenOrder,
      inTurn: locks ? this.inTurn : inTurnOfThisTab(),
      tell,
      newBudget: () =>
        new Budget({ fetch: () => Promise.reject(LOST), sleep: async () => undefined, now: () => 0, random: () => 0 }),
    });
    this.tabs.push(tab);
    return tab;
  }

  get lines(): Record<string, number> | undefined {
    return this.service.carts.get(this.cartId.read() ?? '')?.lines;
  }
}

describe('adding', () => {
  test('opens a cart the first time, and adds to it from then on', async () => {
    const browser = new Browser();
    const tab = browser.openTab();
    expect(tab.state).toEqual({ loaded: true, cart: undefined, ordered: undefined });
    await tab.add('mug', 1);
    await tab.add('mug', 2);
    expect(browser.lines).toEqual({ mug: 3 });
    expect(tab.state.cart?.lines).toEqual([{ sku: 'mug', quantity: 3 }]);
  });

  test('never takes away what another tab has added, which sees it at once', async () => {
    const browser = new Browser();
    const [a, b] = [browser.openTab(), browser.openTab()];
    await a.add('mug', 3);
    await b.add('mug', 1);
    expect(browser.lines).toEqual({ mug: 4 });
    expect(a.state.cart?.lines).toEqual([{ sku: 'mug', quantity: 4 }]);
  });

  test.each([
    [3, { locks: true }],
    [2, { locks: false }],
  ])('at one moment in %i tabs opens one cart and loses nothing, %j', async (count, options) => {
    const browser = new Browser();
    const tabs = Array.from({ length: count }, () => browser.openTab(options));
    await Promise.all(tabs.flatMap((tab) => [tab.add('mug', 1), tab.add('bowl', 2)]));
    expect(browser.lines).toEqual({ mug: count, bowl: 2 * count });
  });

  test('the same once more, after no answer came, is one addition', async () => {
    const browser = new Browser();
    const tab = browser.openTab();
    await tab.add('mug', 1);
    let lost = 0;
    browser.service.afterChange = () => {
      if (lost++ === 0) throw LOST;
    };
    await expect(tab.add('mug', 1)).rejects.toBe(LOST);
    await tab.add('mug', 1);
    expect(browser.lines).toEqual({ mug: 2 });
    await tab.add('mug', 1);
    expect(browser.lines).toEqual({ mug: 3 });
  });

  test('begins a new cart when the old one is gone', async () => {
    const browser = new Browser();
    const tab = browser.openTab();
    await tab.add('mug', 1);
    browser.service.carts.clear();
    await tab.add('bowl', 1);
    expect(browser.lines).toEqual({ bowl: 1 });
  });

  test('what is refused is told, and changes nothing', async () => {
    const browser = new Browser();
    const tab = browser.openTab();
    await tab.add('mug', 1);
    browser.service.beforeChange = () => {
      throw new ShopProblem('insufficient_stock');
    };
    await expect(tab.add('mug', 9)).rejects.toMatchObject({ code: 'insufficient_stock' });
    expect(browser.lines).toEqual({ mug: 1 });
  });
});

describe('setting a quantity', () => {
  test('is refused when it is not what the visitor saw, and shows what it is', async () => {
    const browser = new Browser();
    const tab = browser.openTab();
    await tab.add('mug', 1);
    browser.service.put('cart-1', 'mug', 3);
    await expect(tab.setQuantity('mug', 2, 1)).rejects.toMatchObject({ code: 'cart_changed' });
    expect(browser.lines).toEqual({ mug: 3 });
    expect(tab.state.cart?.lines).toEqual([{ sku: 'mug', quantity: 3 }]);
    await tab.setQuantity('mug', 2, 3);
    expect(browser.lines).toEqual({ mug: 2 });
  });

  test.each(['before', 'after'])('is made once when the connection is lost %s it', async (when) => {
    const browser = new Browser();
    const tab = browser.openTab();
    await tab.add('mug', 1);
    let lost = 0;
    const lose = () => {
      if (lost++ === 0) throw LOST;
    };
    if (when === 'before') browser.service.beforeChange = lose;
    else browser.service.afterChange = lose;
    await tab.setQuantity('mug', 4, 1);
    expect(browser.lines).toEqual({ mug: 4 });
    expect(tab.state.cart?.lines).toEqual([{ sku: 'mug', quantity: 4 }]);
  });

  test('is tried three times at most', async () => {
    const browser = new Browser();
    const tab = browser.openTab();
    await tab.add('mug', 1);
    let tries = 0;
    browser.service.beforeChange = () => {
      tries += 1;
      throw LOST;
    };
    await expect(tab.setQuantity('mug', 4, 1)).rejects.toBe(LOST);
    expect([tries, browser.lines]).toEqual([3, { mug: 1 }]);
  });

  test('takes a line away whatever it holds by now', async () => {
    const browser = new Browser();
    const tab = browser.openTab();
    await tab.add('mug', 1);
    browser.service.put('cart-1', 'mug', 3);
    await tab.setQuantity('mug', 0, 1);
    expect(browser.lines).toEqual({ mug: 0 });
  });
});

describe('a cart that was ordered', () => {
  async function ordered() {
    const browser = new Browser();
    const tab = browser.openTab();
    await tab.add('mug', 1);
    const cart = browser.service.carts.get('cart-1');
    browser.service.carts.set('cart-1', { version: 2, lines: {}, ...cart, ordered: 'order-1' });
    return { browser, tab };
  }

  test('leads to its order in every tab, and in those opened later, until it was seen', async () => {
    const { browser, tab } = await ordered();
    const other = browser.openTab();
    await other.refresh();
    const over = { loaded: true, cart: undefined, ordered: 'order-1' };
    expect([tab.state, other.state, browser.openTab().state]).toEqual([over, over, over]);
    tab.orderSeen('order-1');
    expect([tab.state.ordered, browser.openTab().state.ordered]).toEqual([undefined, undefined]);
    expect([browser.cartId.read(), browser.unseenOrder.read()]).toEqual([null, null]);
  });

  test('in one tab, which shows the order, leads to it in those that show the cart, and in no other', async () => {
    const browser = new Browser();
    const [tab, other] = [browser.openTab(), browser.openTab()];
    await tab.add('mug', 1);
    tab.orderPlaced('cart-1', 'order-1');
    expect(tab.state).toEqual({ loaded: true, cart: undefined, ordered: undefined });
    expect(other.state).toEqual({ loaded: true, cart: undefined, ordered: 'order-1' });
    expect(browser.openTab().state.ordered).toBeUndefined();
  });

  test('does not take what is added next with it', async () => {
    const { browser, tab } = await ordered();
    await tab.add('bowl', 1);
    expect(browser.cartId.read()).toBe('cart-2');
    expect(browser.lines).toEqual({ bowl: 1 });
    expect(tab.state.ordered).toBe('order-1');
  });
});

test('a late answer does not show an older cart', async () => {
  const browser = new Browser();
  const tab = browser.openTab();
  await tab.add('mug', 1);
  const old = tab.state.cart as Cart;
  await tab.add('mug', 1);
  tab.hear({ cart: old });
  expect(tab.state.cart?.version).toBe(3);
});
