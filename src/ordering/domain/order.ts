import { type DomainEvent, domainEvent } from '../../runtime/events';
import { ORDER_PLACED } from '../events.generated';
import { orderNumberOf } from './identity';
import type {
  CheckoutReply,
  CheckoutRequest,
  OpenCart,
  OrderLine,
  OrderView,
  PlacedOrder,
  Product,
  RequestFingerprint,
} from './model';
import { sum, times } from './money';

export interface Purchase {
  readonly cart: OpenCart;
  /** At least those of the cart's lines. */
  readonly products: ReadonlyMap<string, Product>;
  readonly request: CheckoutRequest;
  readonly fingerprint: RequestFingerprint;
  readonly placedAt: Date;
  readonly currency: string;
  readonly defaultLanguage: string;
}

/** The order that a cart becomes, at the catalogue's prices; nothing of the request counts for them. */
export function orderOf(purchase: Purchase): PlacedOrder {
  const { cart, products, request } = purchase;
  const lines = cart.lines.map(({ sku, quantity }) => orderLine(products.get(sku) as Product, quantity));
  return {
    state: 'PLACED',
    orderId: cart.orderId,
    version: cart.version + 1,
    number: orderNumberOf(cart.orderId),
    placedAt: purchase.placedAt.toISOString(),
    lines,
    total: sum(
      lines.map(({ total }) => total),
      purchase.currency,
    ),
    contact: request.contact,
    address: request.address,
    payment: { method: request.payment.method, status: 'due' },
    language: request.language ?? purchase.defaultLanguage,
    request: purchase.fingerprint,
  };
}

/** What its customer, and whoever else knows its id, may see of an order. */
export function orderViewOf(order: PlacedOrder): OrderView {
  const { orderId, number, state, placedAt, lines, total, contact, address, payment, language } = order;
  return {
    id: orderId,
    number,
    state,
    placedAt,
    lines: [...lines],
    itemCount: itemCount(lines),
    total,
    contact,
    address,
    payment,
    language,
  };
}

/** The answer to a checkout. It is made of the order alone, so a repeated request gets the same. */
export function checkoutReplyOf(order: PlacedOrder): CheckoutReply {
  return { order: orderViewOf(order), payment: { status: order.payment.status, action: null } };
}

export function orderPlaced(order: PlacedOrder): DomainEvent {
  const { orderId, number, language, placedAt, contact, address, payment, lines, total } = order;
  return domainEvent(ORDER_PLACED, orderId, placedAt, {
    orderId,
    number,
    language,
    placedAt,
    contact,
    address,
    payment,
    lines: lines.map((line) => ({
      sku: line.sku,
      name: nameIn(language, line),
      quantity: line.quantity,
      unitPrice: line.unitPrice,
      total: line.total,
    })),
    itemCount: itemCount(lines),
    total,
  });
}

function orderLine({ sku, name, image, price, translations }: Product, quantity: number): OrderLine {
  return {
    sku,
    name,
    image,
    quantity,
    unitPrice: price,
    total: times(price, quantity),
    ...(translations && { translations }),
  };
}

function nameIn(language: string, { name, translations = {} }: OrderLine): string {
  const [primary] = language.split('-');
  return translations[language]?.name ?? translations[primary]?.name ?? name;
}

function itemCount(lines: readonly OrderLine[]): number {
  return lines.reduce((count, { quantity }) => count + quantity, 0);
}
