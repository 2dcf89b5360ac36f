import { ORDERING_ITEMS } from '../contract';
import type { OpenCart, PlacedOrder } from './model';

/** How carts and orders stand in the table: one item, which first is the cart and then the order. */
type Item = Record<string, unknown>;

const SCHEMA_VERSION = 1;

export function orderKey(orderId: string) {
  return { pk: ORDERING_ITEMS.ORDER_PREFIX + orderId, sk: ORDERING_ITEMS.ORDER };
}

export function stockKey(sku: string) {
  return { pk: ORDERING_ITEMS.STOCK_PREFIX + sku, sk: ORDERING_ITEMS.STOCK };
}

export function orderItem(record: OpenCart | PlacedOrder): Item {
  const { orderId, lines, ...rest } = record;
  const common = { ...orderKey(orderId), schemaVersion: SCHEMA_VERSION, lines: linesBySku(lines) };
  if (rest.state === 'PLACED') return { ...common, ...rest };
  const { expiresAt, ...cart } = rest;
  return { ...common, ...cart, ttl: expiresAt };
}

export function recordOf(item: Item): OpenCart | PlacedOrder {
  const { pk, sk, schemaVersion, ttl, lines, ...rest } = item;
  const orderId = String(pk).slice(ORDERING_ITEMS.ORDER_PREFIX.length);
  const common = { ...rest, orderId, lines: linesOf(lines as Item) };
  return (rest.state === 'PLACED' ? common : { ...common, expiresAt: ttl }) as unknown as OpenCart | PlacedOrder;
}

/**
 * A map has each SKU once. It has no order when it comes back, so each line knows its place.
 * A Map and not an object: a SKU may be called `constructor`.
 */
function linesBySku(lines: readonly { readonly sku: string }[]): Map<string, Item> {
  return new Map(lines.map(({ sku, ...line }, place) => [sku, { ...line, place }]));
}

function linesOf(bySku: Item): unknown[] {
  return Object.entries(bySku as Record<string, { place: number }>)
    .sort(([, a], [, b]) => a.place - b.place)
    .map(([sku, { place, ...line }]) => ({ sku, ...line }));
}
