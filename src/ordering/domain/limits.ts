import { Refusal } from '../../runtime/refusal';
import type { OrderLimitsSetting } from '../contract';
import type { CartLine, Order } from './model';

/**
 * Keeps one customer from taking what is there for all.
 *
 * @param changed the lines that are asked for; others may be beyond what they were within when they were put in
 * @throws Refusal `cart_full`, `quantity_too_large`, `too_many_units`
 */
export function keepWithin(
  { lines: mostLines, unitsPerLine, units: mostUnits }: OrderLimitsSetting,
  lines: readonly CartLine[],
  changed: readonly CartLine[] = lines,
): void {
  if (changed.some(({ quantity }) => quantity > unitsPerLine)) {
    throw new Refusal('quantity_too_large', `An order holds at most ${unitsPerLine} of a product.`, {
      limit: unitsPerLine,
    });
  }
  if (lines.length > mostLines) {
    throw new Refusal('cart_full', `A cart holds at most ${mostLines} different products.`, { limit: mostLines });
  }
  if (itemCount(lines) > mostUnits) {
    throw new Refusal('too_many_units', `An order holds at most ${mostUnits} products in all.`, { limit: mostUnits });
  }
}

/** @throws Refusal `total_too_large` */
export function keepTotalWithin({ total: most }: OrderLimitsSetting, { total }: Pick<Order, 'total'>): void {
  if (most === undefined || total.amount <= most) return;
  throw new Refusal('total_too_large', 'An order may not cost so much. Order in two, or ask the shop.', {
    limit: most,
  });
}

/** How many pieces the lines are together. */
export function itemCount(lines: readonly { readonly quantity: number }[]): number {
  return lines.reduce((count, { quantity }) => count + quantity, 0);
}
