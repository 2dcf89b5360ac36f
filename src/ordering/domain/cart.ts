import { Problem } from '../../runtime/problem';
import { MOST_LINES } from '../contract';
import type { CartLine, CartView, Money, OpenCart, PlacedOrder, Product, Shortfall } from './model';
import { sum, times } from './money';

type LineView = CartView['lines'][number];

/**
 * The cart or order that a customer may still reach: a cart that has expired is gone, though the table may keep it
 * for days.
 *
 * @throws Problem 404 `cart_not_found`
 */
export function reachable(found: OpenCart | PlacedOrder | undefined, now: Date): OpenCart | PlacedOrder {
  if (!found || (found.state === 'OPEN' && found.expiresAt * 1000 <= now.getTime())) {
    throw new Problem(404, 'cart_not_found', 'There is no such cart. It may have expired.');
  }
  return found;
}

/**
 * The cart, when it can still be changed.
 *
 * @throws Problem 404 `cart_not_found`, 409 `cart_closed`
 */
export function openCart(found: OpenCart | PlacedOrder | undefined, now: Date): OpenCart {
  const cart = reachable(found, now);
  if (cart.state === 'PLACED') throw cartClosed(cart.orderId);
  return cart;
}

export function cartClosed(orderId: string): Problem {
  return new Problem(409, 'cart_closed', 'This cart was ordered already.', { orderId });
}

export function insufficientStock(shortfalls: readonly Shortfall[]): Problem {
  return new Problem(409, 'insufficient_stock', 'There is less in stock than asked for.', { shortfalls });
}

/** The lines of `wanted` that ask for more than there is; of what is no longer sold, there is nothing. */
export function shortfallsOf(
  wanted: readonly CartLine[],
  available: ReadonlyMap<string, number>,
  sold: ReadonlyMap<string, unknown>,
): Shortfall[] {
  return wanted
    .map(({ sku, quantity }) => ({
      sku,
      requested: quantity,
      available: sold.has(sku) ? (available.get(sku) ?? 0) : 0,
    }))
    .filter(({ requested, available }) => requested > available);
}

/**
 * The lines after a SKU's quantity was set; 0 removes its line.
 *
 * @throws Problem 409 `cart_full`
 */
export function withQuantity(lines: readonly CartLine[], sku: string, quantity: number): readonly CartLine[] {
  if (quantity === 0) return lines.filter((line) => line.sku !== sku);
  if (lines.some((line) => line.sku === sku)) {
    return lines.map((line) => (line.sku === sku ? { sku, quantity } : line));
  }
  if (lines.length >= MOST_LINES) {
    throw new Problem(409, 'cart_full', `A cart holds at most ${MOST_LINES} different products.`);
  }
  return [...lines, { sku, quantity }];
}

export function quantityOf(lines: readonly CartLine[], sku: string): number {
  return lines.find((line) => line.sku === sku)?.quantity ?? 0;
}

/** The cart as its customer sees it, at the given prices and stock. */
export function viewOf(
  cartId: string,
  { version, lines }: OpenCart,
  products: ReadonlyMap<string, Product>,
  available: ReadonlyMap<string, number>,
  currency: string,
): CartView {
  const views = lines.map((line) => viewOfLine(line, products.get(line.sku), available.get(line.sku) ?? 0));
  return {
    id: cartId,
    version,
    lines: views,
    itemCount: lines.reduce((count, { quantity }) => count + quantity, 0),
    total: sum(
      views.map(({ total }) => total).filter((total): total is Money => total !== null),
      currency,
    ),
  };
}

function viewOfLine({ sku, quantity }: CartLine, product: Product | undefined, available: number): LineView {
  if (!product) {
    return { sku, name: sku, image: null, quantity, unitPrice: null, total: null, available: 0, status: 'withdrawn' };
  }
  const { name, image, price, translations } = product;
  return {
    sku,
    name,
    image,
    quantity,
    unitPrice: price,
    total: times(price, quantity),
    available,
    status: quantity <= available ? 'ok' : 'insufficient_stock',
    ...(translations && { translations }),
  };
}
