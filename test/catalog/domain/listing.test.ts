import type { ListRequest } from '../../../src/catalog/domain/listing';
import { Refusal } from '../../../src/runtime/refusal';
import { catalogOf, product } from './products';

const PRODUCTS = [
  product('b', { name: 'Éclair', amount: 300, category: 'cakes' }),
  product('a', { name: 'éclair', amount: 100, category: 'cakes', image: 'a.jpg' }),
  product('d', { name: 'Donut', amount: 200, category: 'cakes', translations: { zh: { category: '蛋糕' } } }),
  product('e', { name: 'zebra', amount: 200 }),
  product('c', { name: 'Zebra', amount: 100 }),
];
const catalog = catalogOf(PRODUCTS);
const ids = (request: Partial<ListRequest>) => catalog.page({ limit: 100, ...request }).products.map(({ id }) => id);

function allPages(request: Partial<ListRequest>, from = catalog): string[] {
  const page = from.page({ limit: 2, ...request });
  const shown = page.products.map(({ id }) => id);
  return page.next === null ? shown : [...shown, ...allPages({ ...request, cursor: page.next }, from)];
}

test('products are in the order asked for; equals by id', () => {
  expect(ids({})).toEqual(['d', 'a', 'b', 'c', 'e']);
  expect(ids({ sort: 'name' })).toEqual(['d', 'a', 'b', 'c', 'e']);
  expect(ids({ sort: 'relevance' })).toEqual(['d', 'a', 'b', 'c', 'e']);
  expect(ids({ sort: 'price' })).toEqual(['a', 'c', 'd', 'e', 'b']);
  expect(ids({ sort: '-price' })).toEqual(['b', 'd', 'e', 'a', 'c']);
  expect(ids({ q: 'zebra', sort: '-price' })).toEqual(['e', 'c']);
});

test('a category has its own products, an unknown one has none', () => {
  expect(ids({ category: 'cakes' })).toEqual(['d', 'a', 'b']);
  expect(catalog.page({ category: 'toString', limit: 10 })).toEqual({ products: [], total: 0, next: null });
});

test('a blank search is none', () => {
  expect(catalog.page({ q: '  ', limit: 10 }).total).toBe(5);
  expect(catalog.page({ q: '?', limit: 10 }).total).toBe(0);
});

test.each<Partial<ListRequest>>([
  {},
  { sort: 'price' },
  { sort: '-price' },
  { category: 'cakes' },
  { q: 'eclair' },
  { q: 'z', sort: '-price', limit: 1 },
])('the pages of %j hold every product once', (request) => {
  expect(allPages(request)).toEqual(ids({ ...request, limit: 100 }));
});

test('a last page that is full has no next', () => {
  expect(catalog.page({ limit: 5 }).next).toBeNull();
  expect(catalog.page({ limit: 4 }).next).not.toBeNull();
});

test('pages go on where they were when the catalogue is published again in between', () => {
  const { next } = catalog.page({ sort: 'price', limit: 3 });
  const republished = catalogOf([
    ...PRODUCTS.filter(({ id }) => id !== 'd'),
    product('new-before', { amount: 50 }),
    product('new-after', { amount: 250 }),
  ]);
  expect(allPages({ sort: 'price', cursor: next ?? '' }, republished)).toEqual(['e', 'new-after', 'b']);
});

test('a cursor keeps to the length that the API allows, whatever the name', () => {
  const long = catalogOf(['x'.repeat(64), 'y'.repeat(64)].map((id) => product(id, { name: '𠮷"'.repeat(100) })));
  expect(long.page({ limit: 1 }).next).toMatch(/^[A-Za-z0-9_-]{1,512}$/);
  expect(allPages({ limit: 1 }, long)).toEqual(['x'.repeat(64), 'y'.repeat(64)]);
});

test.each(['x', 'bnVsbA', Buffer.from('["a","b","c"]').toString('base64url'), Buffer.from('{').toString('base64url')])(
  'the cursor %s is not one of ours',
  (cursor) => {
    expect(() => catalog.page({ limit: 1, cursor })).toThrow(Refusal);
    expect(() => catalog.page({ limit: 1, cursor })).toThrow(expect.objectContaining({ code: 'invalid_cursor' }));
  },
);

test('a cursor of another list is refused', () => {
  const cursor = catalog.page({ limit: 1 }).next ?? '';
  expect(() => catalog.page({ limit: 1, cursor, category: 'cakes' })).toThrow(Refusal);
  expect(() => catalog.page({ limit: 1, cursor, sort: 'price' })).toThrow(Refusal);
});

test('categories are counted, with a photo and translations when one of their products has them', () => {
  expect(catalog.categories).toEqual([
    { id: 'cakes', name: 'cakes', productCount: 3, image: 'a.jpg', translations: { zh: { name: '蛋糕' } } },
    { id: 'things', name: 'things', productCount: 2, image: null },
  ]);
});

test('a product is found by id, and by nothing that every object has', () => {
  expect(catalog.product('a').name).toBe('éclair');
  for (const id of ['A', 'constructor', '__proto__']) {
    expect(() => catalog.product(id)).toThrow(expect.objectContaining({ code: 'product_not_found' }));
  }
});
