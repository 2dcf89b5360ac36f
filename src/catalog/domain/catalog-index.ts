import { FIELDS, fieldsByTerm } from './indexed-terms';
import { imageOf, type Product, prices } from './product';
import type { ProductLines } from './product-lines';
import { fold } from './words';

/** Changes with the form and the meaning of what is below: readers make an index of their own of what they do not know. */
const FORMAT = 1;

export interface CategorySummary {
  readonly id: string;
  readonly name: string;
  readonly productCount: number;
  readonly image: string | null;
  readonly translations?: Readonly<Record<string, { name: string }>>;
}

/** Places of products by what lists are ordered by. Prices are the lowest of a product's SKUs. */
export const SORT_VALUES = {
  name: ({ name }: Product) => [...fold(name)].slice(0, NAME_PLACES).join(''),
  price: (product: Product) => prices(product).lowest.amount,
  '-price': (product: Product) => -prices(product).lowest.amount,
};

export type SortOrder = keyof typeof SORT_VALUES;

/** Characters of a name that order it: so few that a cursor, in which they stand, keeps to the API's limit. */
const NAME_PLACES = 64;

/** What lists and searches need, so that no product is parsed before it is shown. Products are named by position. */
export interface CatalogIndex {
  readonly categories: readonly CategorySummary[];
  /** Place of each product's category among the categories. */
  readonly categoryOf: Uint32Array;
  readonly orders: Readonly<Record<SortOrder, Uint32Array>>;
  /** Sorted, so that all terms with one prefix are neighbours. */
  readonly terms: readonly string[];
  /** Where each term's postings start, and where the last one's end. */
  readonly postingStarts: Uint32Array;
  /** A product and the place of its best field in one number: `position * FIELDS.length + field`. */
  readonly postings: Uint32Array;
}

/** Reads every product once. */
export function indexOf(lines: ProductLines): CatalogIndex {
  const { count } = lines;
  const groups = new Map<string, Group>();
  const places = {
    name: new Array<string>(count),
    price: new Array<number>(count),
    '-price': new Array<number>(count),
  };
  const groupOf = new Array<Group>(count);
  const postings = new Map<string, number[]>();
  for (let position = 0; position < count; position++) {
    const product = lines.at(position);
    groupOf[position] = joinGroup(groups, product);
    places.name[position] = SORT_VALUES.name(product);
    places.price[position] = SORT_VALUES.price(product);
    places['-price'][position] = SORT_VALUES['-price'](product);
    for (const [term, field] of fieldsByTerm(product)) {
      const posting = position * FIELDS.length + field;
      const known = postings.get(term);
      if (known) known.push(posting);
      else postings.set(term, [posting]);
    }
  }
  const sorted = [...groups.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  sorted.forEach((group, place) => {
    group.place = place;
  });
  return {
    categories: sorted.map(summaryOf),
    categoryOf: Uint32Array.from(groupOf, ({ place }) => place),
    orders: { name: order(places.name), price: order(places.price), '-price': order(places['-price']) },
    ...termsOf(postings),
  };
}

/** The index as bytes: a line of JSON that tells how many numbers follow for what, the numbers, and the terms. */
export function writeIndex(index: CatalogIndex): Buffer {
  const arrays = arraysOf(index);
  const header = JSON.stringify({ format: FORMAT, categories: index.categories, lengths: arrays.map((a) => a.length) });
  return Buffer.concat([
    Buffer.from(`${header}\n`),
    ...arrays.map((array) => Buffer.from(array.buffer, array.byteOffset, array.byteLength)),
    Buffer.from(index.terms.join('\n')),
  ]);
}

/** @returns undefined when another version of this code has written it in another form */
export function readIndex(bytes: Buffer): CatalogIndex | undefined {
  const headerEnd = bytes.indexOf('\n');
  const { format, categories, lengths } = JSON.parse(bytes.toString('utf8', 0, headerEnd));
  if (format !== FORMAT) return undefined;
  let at = headerEnd + 1;
  const arrays = (lengths as number[]).map((length) => {
    const end = at + length * Uint32Array.BYTES_PER_ELEMENT;
    // A copy begins where a number may begin; within the whole it could be anywhere.
    const numbers = new Uint32Array(bytes.buffer.slice(bytes.byteOffset + at, bytes.byteOffset + end));
    at = end;
    return numbers;
  });
  const [categoryOf, name, price, dearest, postingStarts, postings] = arrays;
  const terms = at === bytes.length ? [] : bytes.toString('utf8', at).split('\n');
  return { categories, categoryOf, orders: { name, price, '-price': dearest }, terms, postingStarts, postings };
}

function arraysOf({ categoryOf, orders, postingStarts, postings }: CatalogIndex): Uint32Array[] {
  return [categoryOf, orders.name, orders.price, orders['-price'], postingStarts, postings];
}

/** Equal places are in the order of the ids, which is that of the positions. */
function order(places: readonly (string | number)[]): Uint32Array {
  return Uint32Array.from(places.keys()).sort((a, b) =>
    places[a] === places[b] ? a - b : places[a] < places[b] ? -1 : 1,
  );
}

function termsOf(postings: ReadonlyMap<string, readonly number[]>) {
  const terms = [...postings.keys()].sort();
  const postingStarts = new Uint32Array(terms.length + 1);
  terms.forEach((term, index) => {
    postingStarts[index + 1] = postingStarts[index] + (postings.get(term) as readonly number[]).length;
  });
  const all = new Uint32Array(postingStarts[terms.length]);
  terms.forEach((term, index) => {
    all.set(postings.get(term) as readonly number[], postingStarts[index]);
  });
  return { terms, postingStarts, postings: all };
}

/** A category is what products say it is; its translations and photo are those of its first product that has them. */
interface Group {
  readonly id: string;
  place: number;
  productCount: number;
  image: string | null;
  readonly names: Record<string, { name: string }>;
}

function joinGroup(groups: Map<string, Group>, product: Product): Group {
  const { category: id, translations = {} } = product;
  const group = groups.get(id) ?? { id, place: 0, productCount: 0, image: null, names: {} };
  groups.set(id, group);
  group.productCount++;
  group.image ??= imageOf(product);
  for (const [language, { category }] of Object.entries(translations)) {
    if (category) group.names[language] ??= { name: category };
  }
  return group;
}

function summaryOf({ id, productCount, image, names }: Group): CategorySummary {
  return { id, name: id, productCount, image, ...(Object.keys(names).length > 0 ? { translations: names } : {}) };
}
