import { type DomainEvent, domainEvent } from '../../runtime/events';
import { type Money, sum, times } from '../../runtime/money';
import { Refusal } from '../../runtime/refusal';
import { ORDER_PLACED } from '../events.generated';
import { orderNumberOf } from './identity';
import { itemCount } from './limits';
import type {
  Adjustment,
  CheckoutReply,
  CheckoutRequest,
  OpenCart,
  Order,
  OrderLine,
  OrderView,
  Product,
  RequestFingerprint,
} from './model';

/** States that this version of the shop knows. */
const STATES = ['PLACED'] as const;

/** DynamoDB stores 400 KB in an item, and EventBridge carries 256 KB where not more; the rest is for what stands around. */
const MOST_BYTES = { order: 380 * 1024, event: 240 * 1024 };

export interface Purchase {
  readonly cart: OpenCart;
  readonly orderId: string;
  /** At least those of the cart's lines. */
  readonly products: ReadonlyMap<string, Product>;
  readonly request: CheckoutRequest;
  readonly fingerprint: RequestFingerprint;
  readonly placedAt: Date;
  readonly currency: string;
  readonly defaultLanguage: string;
}

/**
 * The order that a cart becomes, at the catalogue's prices; nothing of the request counts for them.
 *
 * @throws Refusal `order_too_large`
 */
export function orderOf(purchase: Purchase): Order {
  const { cart, orderId, products, request, currency } = purchase;
  const language = request.language ?? purchase.defaultLanguage;
  const lines = cart.lines.map(({ sku, quantity }) => orderLine(products.get(sku) as Product, quantity, language));
  const adjustments: Adjustment[] = [];
  const order: Order = {
    id: orderId,
    number: orderNumberOf(orderId),
    state: 'PLACED',
    version: 1,
    placedAt: purchase.placedAt.toISOString(),
    lines,
    adjustments,
    total: totalOf(lines, adjustments, currency),
    contact: request.contact,
    address: request.address,
    payment: { method: request.payment.method, status: 'due' },
    language,
    request: purchase.fingerprint,
  };
  if (bytesOf(order) > MOST_BYTES.order || bytesOf(orderPlaced(order)) > MOST_BYTES.event) {
    throw new Refusal('order_too_large', 'The texts of these products do not fit into one order. Order them in two.');
  }
  return order;
}

/** What a line costs: price by quantity, and what is added or taken off. */
export function lineTotalOf(unitPrice: Money, quantity: number, adjustments: readonly Adjustment[]): Money {
  return sum([times(unitPrice, quantity), ...adjustments.map(({ amount }) => amount)], unitPrice.currency);
}

/** What an order costs: its lines, and what is added or taken off for all of them together. */
export function totalOf(
  lines: readonly Pick<OrderLine, 'total'>[],
  adjustments: readonly Adjustment[],
  currency: string,
): Money {
  return sum([...lines.map(({ total }) => total), ...adjustments.map(({ amount }) => amount)], currency);
}

/** The order's state, if this version of the shop knows it. */
export function knownState({ state }: Order): OrderView['state'] | undefined {
  return STATES.find((known) => known === state);
}

/** What its customer, and whoever else knows its id, may see of an order. */
export function orderViewOf(order: Order, state: OrderView['state']): OrderView {
  const { id, number, placedAt, lines, adjustments, total, contact, address, payment, language } = order;
  return {
    id,
    number,
    state,
    placedAt,
    lines: lines.map((line) => ({ ...line, options: [...line.options], adjustments: [...line.adjustments] })),
    adjustments: [...adjustments],
    itemCount: itemCount(lines),
    total,
    contact,
    address,
    payment,
    language,
  };
}

/** The answer to a checkout: the order as it was placed, whatever became of it, so a repeated request gets the same. */
export function checkoutReplyOf(order: Order): CheckoutReply {
  const status = 'due';
  const placed = orderViewOf(order, 'PLACED');
  return { order: { ...placed, payment: { ...placed.payment, status } }, payment: { status, action: null } };
}

export function orderPlaced(order: Order): DomainEvent {
  const { id, number, language, placedAt, contact, address, payment, lines, adjustments, total } = order;
  return domainEvent(ORDER_PLACED, id, placedAt, {
    orderId: id,
    number,
    language,
    placedAt,
    contact,
    address,
    payment,
    lines: lines.map(({ image, productId, ...line }) => line),
    adjustments,
    itemCount: itemCount(lines),
    total,
  });
}

function orderLine(product: Product, quantity: number, language: string): OrderLine {
  const { sku, productId, image, price, translations = {} } = product;
  const texts = inLanguage(language, translations);
  const adjustments: Adjustment[] = [];
  return {
    sku,
    productId,
    name: texts.find(({ name }) => name)?.name ?? product.name,
    options: texts.find(({ options }) => options)?.options ?? product.options ?? [],
    image,
    quantity,
    unitPrice: price,
    adjustments,
    total: lineTotalOf(price, quantity, adjustments),
  };
}

/** Of the language itself, and of those wider ones that stand in for it: `zh-Hant-TW`, then `zh-Hant`, then `zh`. */
function inLanguage<T>(language: string, translations: Readonly<Record<string, T>>): T[] {
  const tags = language.split('-').map((_, index, parts) => parts.slice(0, parts.length - index).join('-'));
  return tags.flatMap((tag) => (Object.hasOwn(translations, tag) ? [translations[tag]] : []));
}

function bytesOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}
