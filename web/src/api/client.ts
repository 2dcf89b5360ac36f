import createClient from 'openapi-fetch';
import { Budget } from './budget';
import type { ProblemCodes } from './problem-codes.generated';
import type { components, paths } from './schema.generated';

type Schemas = components['schemas'];
export type Money = Schemas['Money'];
export type StoreConfig = Schemas['StoreConfig'];
export type ProductSummary = Schemas['ProductSummary'];
export type Product = Schemas['Product'];
export type Variant = Schemas['Variant'];
export type Option = Schemas['Option'];
export type ProductPage = Schemas['ProductPage'];
export type Category = Schemas['Category'];
export type Cart = Schemas['Cart'];
export type CartLine = Schemas['CartLine'];
export type CheckoutRequest = Schemas['CheckoutRequest'];
export type Order = Schemas['Order'];
export type OrderLine = Schemas['OrderLine'];
export type Shortfall = Schemas['Shortfall'];
export type Photo = Schemas['Photo'];
export type Sort = NonNullable<NonNullable<paths['/products']['get']['parameters']['query']>['sort']>;

type Used =
  | 'getConfig'
  | 'listProducts'
  | 'getProduct'
  | 'listCategories'
  | 'createCart'
  | 'getCart'
  | 'setCartItem'
  | 'addCartItem'
  | 'getAvailability'
  | 'checkOut'
  | 'getOrder'
  | 'listPhotos';

/** What can go wrong for a customer: what the operations document, what the gateway says by itself, no network. */
export type ShopProblemCode =
  | ProblemCodes[Used]
  | 'route_not_found'
  | 'too_many_requests'
  | 'unavailable'
  | 'unreachable';

export class ShopProblem extends Error {
  constructor(
    readonly code: ShopProblemCode,
    /** The problem document, as far as there is one. */
    readonly document: Partial<Schemas['OrderingProblem']> = {},
  ) {
    super(code);
    this.name = 'ShopProblem';
  }
}

export const api = createClient<paths>({
  baseUrl: '/v1',
  // Each request alone, unless several are one action and share a budget.
  fetch: (request) => new Budget().fetch(request),
  querySerializer: { array: { style: 'form', explode: false } },
});

/** The data of an answer. Throws a `ShopProblem` for anything else. */
export async function ask<Data>(request: Promise<{ data?: Data; error?: unknown; response: Response }>): Promise<Data> {
  const { data, error, response } = await request.catch(() => {
    throw new ShopProblem('unreachable');
  });
  if (response.ok) return data as Data;
  throw toProblem(response.status, error);
}

/** A few answers are the gateway's own and hold no code. */
function toProblem(status: number, body: unknown): ShopProblem {
  const document = (typeof body === 'object' ? body : null) as Schemas['OrderingProblem'] | null;
  if (document?.code) return new ShopProblem(document.code as ShopProblemCode, document);
  if (status === 429) return new ShopProblem('too_many_requests');
  return new ShopProblem(status === 404 ? 'route_not_found' : 'unavailable');
}
