import { createHash } from 'node:crypto';
import { Problem } from '../../runtime/problem';
import type { Product } from './product';
import { fold } from './words';

export interface ListRequest {
  readonly category?: string;
  readonly q?: string;
  readonly sort?: 'relevance' | 'name' | 'price' | '-price';
  readonly cursor?: string;
  readonly limit: number;
}

export interface Page {
  readonly products: readonly Product[];
  readonly total: number;
  readonly next: string | null;
}

type Sort = NonNullable<ListRequest['sort']>;

/** Where a product stands in an order: by the first value, then by the second. */
type Place = readonly [value: string | number, id: string];

interface Placed {
  readonly product: Product;
  readonly place: Place;
}

/** Characters of a name that order it: so few that a cursor, in which they stand, keeps to the API's limit. */
const NAME_PLACES = 64;

/**
 * Pages of products.
 *
 * A cursor names the place of the last product shown, not a position. So a page that is asked for after the catalogue
 * was republished continues where the one before ended: nothing that stood still is repeated or left out.
 */
export class Listing {
  private readonly orders = new Map<Sort, readonly Placed[]>();

  constructor(
    private readonly products: readonly Product[],
    private readonly search: (query: string) => ReadonlyMap<Product, number>,
  ) {}

  /** @throws Problem 400 `invalid_cursor` */
  page({ category, q, sort: wanted, cursor, limit }: ListRequest): Page {
    const query = q?.trim() ?? '';
    const scores = query ? this.search(query) : undefined;
    const sort = wanted ?? 'relevance';
    const ordered = sort !== 'relevance' ? this.order(sort) : scores ? byRelevance(scores) : this.order('name');
    const matching = ordered.filter(
      ({ product }) => (scores?.has(product) ?? true) && (category === undefined || product.category === category),
    );
    const listId = createHash('sha256')
      .update(JSON.stringify([category, query, sort]))
      .digest('base64url')
      .slice(0, 8);
    const after = cursor === undefined ? undefined : readCursor(cursor, listId);
    const rest = after ? matching.filter(({ place }) => compare(place, after) > 0) : matching;
    const shown = rest.slice(0, limit);
    const last = shown.at(-1);
    return {
      products: shown.map(({ product }) => product),
      total: matching.length,
      next: last && rest.length > limit ? writeCursor(last.place, listId) : null,
    };
  }

  private order(sort: Exclude<Sort, 'relevance'>): readonly Placed[] {
    const known = this.orders.get(sort) ?? inOrder(this.products, VALUES[sort]);
    this.orders.set(sort, known);
    return known;
  }
}

const VALUES = {
  name: ({ name }: Product) => [...fold(name)].slice(0, NAME_PLACES).join(''),
  price: ({ price }: Product) => price.amount,
  '-price': ({ price }: Product) => -price.amount,
};

function byRelevance(scores: ReadonlyMap<Product, number>): Placed[] {
  return inOrder(scores.keys(), (product) => -(scores.get(product) ?? 0));
}

function inOrder(products: Iterable<Product>, value: (product: Product) => Place[0]): Placed[] {
  return Array.from(products, (product): Placed => ({ product, place: [value(product), product.id] })).sort((a, b) =>
    compare(a.place, b.place),
  );
}

function compare([a, aId]: Place, [b, bId]: Place): number {
  if (a !== b) return a < b ? -1 : 1;
  return aId < bId ? -1 : Number(aId > bId);
}

function writeCursor([value, id]: Place, listId: string): string {
  return Buffer.from(JSON.stringify([listId, value, id])).toString('base64url');
}

function readCursor(cursor: string, listId: string): Place {
  const parsed = parseJson(Buffer.from(cursor, 'base64url').toString('utf8'));
  if (Array.isArray(parsed) && parsed.length === 3) {
    const [list, value, id] = parsed;
    const places = typeof value === 'string' || typeof value === 'number';
    if (list === listId && places && typeof id === 'string') return [value, id];
  }
  throw new Problem(400, 'invalid_cursor', 'The cursor is not the `next` of a page of this list.');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
