import type { Model } from '../simulation/linearizability';

/** What a customer asks of a cart. */
export type CartRequest =
  | { readonly do: 'get' }
  | { readonly do: 'set'; readonly sku: string; readonly quantity: number; readonly seenVersion?: number }
  | { readonly do: 'add'; readonly key: string; readonly sku: string; readonly quantity: number }
  | { readonly do: 'discard' }
  | { readonly do: 'order'; readonly key: string; readonly expectedTotal: number };

/** What the customer is told. Lines are `<quantity> <sku>`. */
export type CartReply =
  | { readonly told: 'cart'; readonly version: number; readonly lines: readonly string[] }
  | { readonly told: 'gone' }
  | { readonly told: 'order'; readonly lines: readonly string[] }
  | { readonly told: 'refusal'; readonly code: string; readonly version?: number };

interface CartState {
  readonly is: 'open' | 'ordered' | 'gone';
  readonly version: number;
  readonly lines: readonly string[];
  /** Keys of additions that were made. */
  readonly added: readonly string[];
  /** Key of the order that the cart became. */
  readonly orderedWith?: string;
}

/** Refusals for which others, or the stock, are to blame: they say nothing about the cart but that it is open. */
const OF_OPEN_CARTS = ['insufficient_stock', 'stock_pending', 'price_changed', 'cart_empty', 'cart_changed'];

/** A cart, as its documentation promises it, when nobody else is at it. */
export function cartModel(priceOf: (sku: string) => number): Model<CartState, CartRequest, CartReply> {
  return {
    initial: { is: 'open', version: 1, lines: [], added: [] },
    textOf: (state) => JSON.stringify(state),
    next: (state, request, reply) => {
      if (reply?.told === 'refusal') return explains(state, request, reply) ? state : undefined;
      const [after, expected] = effectOf(state, request, priceOf);
      return reply === undefined || JSON.stringify(reply) === JSON.stringify(expected) ? after : undefined;
    },
  };
}

function explains(state: CartState, request: CartRequest, reply: CartReply & { told: 'refusal' }): boolean {
  if (reply.code === 'cart_not_found') return state.is === 'gone';
  if (reply.code === 'cart_closed') {
    return state.is === 'ordered' && !(request.do === 'order' && request.key === state.orderedWith);
  }
  if (!OF_OPEN_CARTS.includes(reply.code) || state.is !== 'open') return false;
  if (reply.code === 'cart_empty') return state.lines.length === 0;
  if (reply.code !== 'cart_changed') return true;
  return request.do === 'set' && request.seenVersion !== state.version && reply.version === state.version;
}

/** What a request does that is not refused, and its answer; no answer is right where it had to be refused. */
function effectOf(
  state: CartState,
  request: CartRequest,
  priceOf: (sku: string) => number,
): [CartState, CartReply | undefined] {
  if (request.do === 'order' && state.is === 'ordered' && state.orderedWith === request.key) {
    return [state, { told: 'order', lines: state.lines }];
  }
  if (state.is !== 'open') return [state, undefined];
  const { version, lines } = state;
  switch (request.do) {
    case 'get':
      return [state, { told: 'cart', version, lines }];
    case 'discard':
      return [{ ...state, is: 'gone', lines: [] }, { told: 'gone' }];
    case 'order': {
      const total = lines.reduce((sum, line) => sum + quantityIn(line) * priceOf(skuIn(line)), 0);
      if (lines.length === 0 || total !== request.expectedTotal) return [state, undefined];
      return [
        { ...state, is: 'ordered', orderedWith: request.key },
        { told: 'order', lines },
      ];
    }
    case 'set':
      if (request.seenVersion !== undefined && request.seenVersion !== version) return [state, undefined];
      return changed(state, withLine(lines, request.sku, request.quantity));
    case 'add': {
      if (state.added.includes(request.key)) return [state, { told: 'cart', version, lines }];
      const more = quantityOf(lines, request.sku) + request.quantity;
      return changed({ ...state, added: [...state.added, request.key] }, withLine(lines, request.sku, more));
    }
  }
}

function changed(state: CartState, lines: readonly string[]): [CartState, CartReply] {
  const version = lines.join() === state.lines.join() ? state.version : state.version + 1;
  return [
    { ...state, version, lines },
    { told: 'cart', version, lines },
  ];
}

function withLine(lines: readonly string[], sku: string, quantity: number): readonly string[] {
  const line = `${quantity} ${sku}`;
  if (quantity === 0) return lines.filter((other) => skuIn(other) !== sku);
  return lines.some((other) => skuIn(other) === sku)
    ? lines.map((other) => (skuIn(other) === sku ? line : other))
    : [...lines, line];
}

function quantityOf(lines: readonly string[], sku: string): number {
  return lines.filter((line) => skuIn(line) === sku).reduce((sum, line) => sum + quantityIn(line), 0);
}

function quantityIn(line: string): number {
  return Number(line.split(' ')[0]);
}

function skuIn(line: string): string {
  return line.split(' ')[1];
}
