import { type Money, sum, times } from '../../runtime/money';
import { Refusal } from '../../runtime/refusal';
import type { OrderLimitsSetting } from '../contract';
import { itemCount, keepWithin } from './limits';
import type { Cart, CartLine, CartView, OpenCart, Product, Shortfall } from './model';

type LineView = CartView['lines'][number];

/** Changes that a cart remembers, so that one whose reply was lost is recognised and never made twice. */
export const WRITES_REMEMBERED = 16;

/** Seconds until what a newer version wrote may be read: until it has been rolled out everywhere. */
const ROLL_OUT_SECONDS = 60;

/**
 * The cart, when it can still be changed. One that has expired is gone, though the table may keep it for days.
 *
 * @param orderId of the order that the cart becomes
 * @throws Refusal `cart_not_found`, `cart_closed`, `unknown_state`
 */
export function openCart(found: Cart | undefined, now: Date, orderId: string): OpenCart {
  if (!found || isOver(found, now)) throw cartNotFound();
  if (found.state === 'ORDERED') throw cartClosed(orderId);
  if (found.state !== 'OPEN') throw unknownState('cart', found.state);
  return found as OpenCart;
}

/** Thrown away, or not touched for so long that it is forgotten. */
export function isOver({ state, expiresAt }: Cart, now: Date): boolean {
  return state === 'DISCARDED' || expiresAt * 1000 <= now.getTime();
}

/** The next version of a cart, made by the write of a token. */
export function nextVersion<T extends Partial<Cart>>(cart: Cart, token: string, change: T): Cart & T {
  const writes = [...cart.writes, token].slice(-WRITES_REMEMBERED);
  return { ...cart, ...change, version: cart.version + 1, writes };
}

/**
 * Version that the write of a token made; undefined when it made none of those that the cart remembers.
 */
export function versionMadeBy(token: string, { version, writes }: Cart): number | undefined {
  const place = writes.lastIndexOf(token);
  return place < 0 ? undefined : version - (writes.length - 1 - place);
}

/** Whether a cart has gone on so far since a version that it no longer tells who made that. */
export function hasForgotten(version: number, cart: Cart): boolean {
  return version <= cart.version - cart.writes.length;
}

/**
 * The lines after a SKU's quantity was set; 0 removes its line. To have less is always allowed.
 *
 * @throws Refusal `cart_full`, `quantity_too_large`, `too_many_units`
 */
export function withQuantity(
  lines: readonly CartLine[],
  sku: string,
  quantity: number,
  limits: OrderLimitsSetting,
): readonly CartLine[] {
  if (quantity === 0) return lines.filter((line) => line.sku !== sku);
  const before = quantityOf(lines, sku);
  const line = { sku, quantity };
  const after = before > 0 ? lines.map((other) => (other.sku === sku ? line : other)) : [...lines, line];
  if (quantity > before) keepWithin(limits, after, [line]);
  return after;
}

/**
 * The lines after more of a SKU was put in.
 *
 * @throws Refusal `cart_full`, `quantity_too_large`, `too_many_units`
 */
export function withMore(
  lines: readonly CartLine[],
  sku: string,
  more: number,
  limits: OrderLimitsSetting,
): readonly CartLine[] {
  return withQuantity(lines, sku, quantityOf(lines, sku) + more, limits);
}

export function quantityOf(lines: readonly CartLine[], sku: string): number {
  return lines.find((line) => line.sku === sku)?.quantity ?? 0;
}

/** The cart as its customer sees it, at the given prices and stock; null where the stock is not known yet. */
export function viewOf(
  cartId: string,
  { version, lines }: Cart,
  products: ReadonlyMap<string, Product>,
  available: ReadonlyMap<string, number | null>,
  currency: string,
): CartView {
  const views = lines.map((line) => viewOfLine(line, products.get(line.sku), available.get(line.sku) ?? null));
  return {
    id: cartId,
    version,
    lines: views,
    adjustments: [],
    itemCount: itemCount(lines),
    total: sum(
      views.map(({ total }) => total).filter((total): total is Money => total !== null),
      currency,
    ),
  };
}

export function cartNotFound(): Refusal {
  return new Refusal('cart_not_found', 'There is no such cart. It may have expired.');
}

export function cartClosed(orderId: string): Refusal {
  return new Refusal('cart_closed', 'This cart was ordered already.', { orderId });
}

export function insufficientStock(shortfalls: readonly Shortfall[]): Refusal {
  return new Refusal('insufficient_stock', 'There is less in stock than asked for.', { shortfalls });
}

export function unknownState(what: string, state: string): Refusal {
  return new Refusal(
    'unknown_state',
    `The ${what} is in a state that this version of the shop does not know: ${state}.`,
    {},
    ROLL_OUT_SECONDS,
  );
}

function viewOfLine({ sku, quantity }: CartLine, product: Product | undefined, available: number | null): LineView {
  if (!product) {
    return {
      sku,
      productId: null,
      name: sku,
      options: [],
      image: null,
      quantity,
      unitPrice: null,
      adjustments: [],
      total: null,
      available: 0,
      status: 'withdrawn',
    };
  }
  const { productId, name, options = [], image, price, translations } = product;
  return {
    sku,
    productId,
    name,
    options: [...options],
    image,
    quantity,
    unitPrice: price,
    adjustments: [],
    total: times(price, quantity),
    available,
    status: statusOf(quantity, available),
    ...(translations && { translations: translations as LineView['translations'] }),
  };
}

function statusOf(quantity: number, available: number | null): LineView['status'] {
  if (available === null) return 'pending';
  return quantity <= available ? 'ok' : 'insufficient_stock';
}
