import type { Money } from '../../runtime/money';
import type { Item, Key } from '../../runtime/table';
import { ORDER_LISTS, ORDERING_ITEMS } from '../contract';
import { mailHashOf, orderNumberOf } from '../domain/identity';
import { itemCount } from '../domain/limits';
import type { Adjustment, Cart, Option, Order, OrderLine } from '../domain/model';
import { lineTotalOf } from '../domain/order';

const SCHEMA_VERSION = 1;

export function cartKey(key: string): Key {
  return { pk: ORDERING_ITEMS.CART_PREFIX + key, sk: ORDERING_ITEMS.CART };
}

export function orderKey(id: string): Key {
  return { pk: ORDERING_ITEMS.ORDER_PREFIX + bareNumber(orderNumberOf(id)), sk: ORDERING_ITEMS.ORDER };
}

export function stockKey(sku: string): Key {
  return { pk: ORDERING_ITEMS.STOCK_PREFIX + sku, sk: ORDERING_ITEMS.STOCK };
}

export function skuOfStock(item: Item): string {
  return String(item.pk).slice(ORDERING_ITEMS.STOCK_PREFIX.length);
}

export function cartItem({ key, state, version, lines, writes, expiresAt }: Cart): Item {
  return {
    ...cartKey(key),
    kind: ORDERING_ITEMS.CART,
    schemaVersion: SCHEMA_VERSION,
    state,
    version,
    lines,
    writes,
    ttl: expiresAt,
  };
}

export function cartOf(item: Item): Cart {
  const { pk, state, version, lines, writes, ttl } = ofKind(ORDERING_ITEMS.CART, item);
  return {
    key: String(pk).slice(ORDERING_ITEMS.CART_PREFIX.length),
    state,
    version,
    lines,
    writes,
    expiresAt: ttl,
  } as Cart;
}

export function stockItem(sku: string, available: number): Item {
  return { ...stockKey(sku), kind: ORDERING_ITEMS.STOCK, schemaVersion: SCHEMA_VERSION, available };
}

/** An order has one currency, so amounts stand without it; what is empty or follows from the rest is left out. */
export function orderItem(order: Order): Item {
  const { id, number, state, version, placedAt, total, contact, address, payment, language, request } = order;
  const { currency } = total;
  return {
    ...orderKey(id),
    kind: ORDERING_ITEMS.ORDER,
    schemaVersion: SCHEMA_VERSION,
    id,
    state,
    version,
    placedAt,
    lines: order.lines.map(({ sku, productId, name, options, image, quantity, unitPrice, adjustments }) => ({
      sku,
      ...(productId !== sku && { productId }),
      name,
      ...(options.length > 0 && { options }),
      ...(image !== null && { image }),
      quantity,
      unitPrice: unitPrice.amount,
      ...storedAdjustments(adjustments),
    })),
    ...storedAdjustments(order.adjustments),
    currency,
    total: total.amount,
    contact,
    address,
    payment,
    language,
    request,
    ...listKeys(order),
    listed: { id, state, total: total.amount, currency, items: itemCount(order.lines), name: contact.name },
    number,
  };
}

export function orderOf(item: Item): Order {
  const { id, number, state, version, placedAt, contact, address, payment, language, request, ...rest } = ofKind(
    ORDERING_ITEMS.ORDER,
    item,
  ) as unknown as StoredOrder;
  const money = (amount: number): Money => ({ amount, currency: rest.currency });
  return {
    id,
    number,
    state,
    version,
    placedAt,
    lines: rest.lines.map((line) => lineOf(line, money)),
    adjustments: adjustmentsOf(rest.adjustments, money),
    total: money(rest.total),
    contact,
    address,
    payment,
    language,
    request,
  };
}

interface StoredAdjustment extends Omit<Adjustment, 'amount'> {
  readonly amount: number;
}

interface StoredLine extends Pick<OrderLine, 'sku' | 'name' | 'quantity'> {
  /** Absent where it is the SKU's own. */
  readonly productId?: string;
  readonly options?: readonly Option[];
  readonly image?: string;
  readonly unitPrice: number;
  readonly adjustments?: readonly StoredAdjustment[];
}

interface StoredOrder extends Omit<Order, 'lines' | 'adjustments' | 'total'> {
  readonly lines: readonly StoredLine[];
  readonly adjustments?: readonly StoredAdjustment[];
  readonly currency: string;
  readonly total: number;
}

function lineOf(stored: StoredLine, money: (amount: number) => Money): OrderLine {
  const { sku, productId = sku, name, options = [], image = null, quantity } = stored;
  const unitPrice = money(stored.unitPrice);
  const adjustments = adjustmentsOf(stored.adjustments, money);
  return {
    sku,
    productId,
    name,
    options,
    image,
    quantity,
    unitPrice,
    adjustments,
    total: lineTotalOf(unitPrice, quantity, adjustments),
  };
}

function storedAdjustments(adjustments: readonly Adjustment[]): { adjustments?: StoredAdjustment[] } {
  if (adjustments.length === 0) return {};
  return { adjustments: adjustments.map(({ amount, ...rest }) => ({ ...rest, amount: amount.amount })) };
}

function adjustmentsOf(
  stored: readonly StoredAdjustment[] | undefined,
  money: (amount: number) => Money,
): Adjustment[] {
  return (stored ?? []).map(({ amount, ...rest }) => ({ ...rest, amount: money(amount) }));
}

/** Where the order stands in the lists of its buyer, and of its state and month. */
function listKeys({ id, number, state, placedAt, contact }: Order) {
  const place = `${placedAt}#${bareNumber(number)}`;
  const month = placedAt.slice(0, 'yyyy-mm'.length);
  return {
    gsi1pk: ORDER_LISTS.BY_MAIL + mailHashOf(contact.email),
    gsi1sk: place,
    gsi2pk: `${ORDER_LISTS.BY_STATE}${state}#${month}#${shardOf(id)}`,
    gsi2sk: place,
  };
}

/** The same for an order in whatever state and month. The end of an id is as random as any part of it. */
function shardOf(id: string): number {
  return id.charCodeAt(id.length - 1) % ORDER_LISTS.SHARDS;
}

function bareNumber(number: string): string {
  return number.replace(/^SO|-/g, '');
}

/** What an item is, its kind alone says. */
function ofKind(kind: string, item: Item): Item {
  if (item.kind !== kind) throw new Error(`An item of the kind ${item.kind} stands where a ${kind} is expected.`);
  return item;
}
