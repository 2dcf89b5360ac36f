import { createHash } from 'node:crypto';
import { Refusal } from '../../runtime/refusal';
import { type CatalogIndex, SORT_VALUES, type SortOrder } from './catalog-index';
import type { Product } from './product';
import type { ProductLines } from './product-lines';
import type { Search } from './search';

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

/** Where a product stands in an order: by the first value, then by the second. */
type Place = readonly [value: string | number, id: string];

interface Order {
  readonly positions: Uint32Array;
  readonly placeOf: (position: number) => Place;
}

/**
 * Pages of products.
 *
 * A cursor names the place of the last product shown, not a position. So a page that is asked for after the catalogue
 * was republished continues where the one before ended: nothing that stood still is repeated or left out.
 */
export class Listing {
  constructor(
    private readonly lines: ProductLines,
    private readonly index: CatalogIndex,
    private readonly search: Search,
  ) {}

  /** @throws Refusal `invalid_cursor` */
  page({ category, q, sort: wanted, cursor, limit }: ListRequest): Page {
    const query = q?.trim() ?? '';
    const scores = query ? this.search.find(query) : undefined;
    const sort = wanted ?? 'relevance';
    const order =
      sort !== 'relevance' ? this.orderBy(sort) : scores ? byRelevance(scores, this.lines) : this.orderBy('name');
    const listId = createHash('sha256')
      .update(JSON.stringify([category, query, sort]))
      .digest('base64url')
      .slice(0, 8);
    const begin = cursor === undefined ? 0 : firstAfter(order, readCursor(cursor, listId));
    const place = category === undefined ? undefined : this.index.categories.findIndex(({ id }) => id === category);
    const shown: number[] = [];
    let total = 0;
    let more = false;
    for (const [at, position] of order.positions.entries()) {
      if (scores && !scores.has(position)) continue;
      if (place !== undefined && this.index.categoryOf[position] !== place) continue;
      total++;
      if (at < begin) continue;
      if (shown.length < limit) shown.push(position);
      else more = true;
    }
    const last = shown.at(-1);
    return {
      products: shown.map((position) => this.lines.at(position)),
      total,
      next: last !== undefined && more ? writeCursor(order.placeOf(last), listId) : null,
    };
  }

  /** Places are read from the products when they are asked for: a page asks for a few of thousands. */
  private orderBy(sort: SortOrder): Order {
    const placeOf = (position: number): Place => {
      const product = this.lines.at(position);
      return [SORT_VALUES[sort](product), product.id];
    };
    return { positions: this.index.orders[sort], placeOf };
  }
}

/** Equal scores are in the order of the ids, which is that of the positions. */
function byRelevance(scores: ReadonlyMap<number, number>, lines: ProductLines): Order {
  const value = (position: number) => -(scores.get(position) ?? 0);
  const positions = Uint32Array.from(scores.keys()).sort((a, b) => value(a) - value(b) || a - b);
  return { positions, placeOf: (position) => [value(position), lines.idAt(position)] };
}

function firstAfter({ positions, placeOf }: Order, after: Place): number {
  let low = 0;
  let high = positions.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compare(placeOf(positions[middle]), after) > 0) high = middle;
    else low = middle + 1;
  }
  return low;
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
  throw new Refusal('invalid_cursor', 'The cursor is not the `next` of a page of this list.');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
