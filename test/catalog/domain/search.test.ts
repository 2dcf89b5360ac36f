import { typos } from '../../../src/catalog/domain/search';
import { catalogOf, product, sku } from './products';

const PRODUCTS = [
  product('in-description', { name: 'Stool', description: 'Goes with any lamp.' }),
  product('in-style', { name: 'Shade', style: 'lamp' }),
  product('in-category', { name: 'Bulb', category: 'lamps' }),
  product('in-name', { name: 'Lamp of brass' }),
  product('begins-so', { name: 'Lampshade' }),
  product('dress', { name: "Women's Summer Dress", category: 'apparel' }),
  product('accessory', { name: 'Café set', category: 'accessories' }),
  product('jeans', { name: 'Jeans', translations: { zh: { name: '蓝色牛仔裤', category: '服装' } } }),
  product('bag', { name: 'Bag', translations: { zh: { name: '红色皮革背包', description: '真皮' } } }),
  product('phone', { name: '无线iPhone手机壳' }),
];
const catalog = catalogOf(PRODUCTS);
const found = (q: string) => catalog.page({ q, limit: 100 }).products.map(({ id }) => id);

test('a name counts more than a category, a category more than a style, a style more than a description', () => {
  expect(found('lamp')).toEqual(['in-name', 'begins-so', 'in-category', 'in-style', 'in-description']);
});

test('words are found by their beginning, without accents, case or apostrophes', () => {
  expect(found('SUM dre')).toEqual(['dress']);
  expect(found('womens')).toEqual(['dress']);
  expect(found('cafe')).toEqual(['accessory']);
  expect(found('ＣＡＦÉ')).toEqual(['accessory']);
});

test('plural and singular find each other', () => {
  expect(found('dresses')).toEqual(['dress']);
  expect(found('accessory')).toEqual(['accessory']);
  expect(found('lamps')[0]).toBe('in-name');
});

test('every word must be found', () => {
  expect(found('summer lamp')).toEqual([]);
  expect(found('brass lamp')).toEqual(['in-name']);
});

test('small typos are forgiven, and only when nothing fits as written', () => {
  expect(found('sumer')).toEqual(['dress']);
  expect(found('drses')).toEqual(['dress']);
  expect(found('acessorries')).toEqual(['accessory']);
  expect(found('jaens')).toEqual(['jeans']);
  expect(found('bga')).toEqual([]);
  expect(found('bulbous')).toEqual([]);
});

test('Chinese is found without spaces', () => {
  expect(found('牛仔')).toEqual(['jeans']);
  expect(found('牛仔裤')).toEqual(['jeans']);
  expect(found('裤')).toEqual(['jeans']);
  expect(found('红色背包')).toEqual(['bag']);
  expect(found('真皮')).toEqual(['bag']);
  expect(found('手机 iphone')).toEqual(['phone']);
  expect(found('手表')).toEqual([]);
});

test('a query without words finds nothing, and no query breaks the search', () => {
  expect(found('!? …')).toEqual([]);
  for (const query of ['constructor', '__proto__', '\ud83d', '((((', 'a'.repeat(200), '%00']) found(query);
});

test('a product is found by what its variants are', () => {
  const options = [{ name: 'Glaze', value: 'Seafoam' }];
  const translations = { zh: { options: [{ name: '釉色', value: '海蓝' }] } };
  const mug = product('mug', { skus: [sku('mug-sea', { options, translations }), sku('mug-clay')] });
  for (const q of ['seafoam', '海蓝']) expect(catalogOf([mug]).page({ q, limit: 1 }).total).toBe(1);
  expect(catalogOf([mug]).page({ q: 'glaze', limit: 1 }).total).toBe(0);
});

test.each([
  ['kitten', 'kitten', 0],
  ['kitten', 'sitten', 1],
  ['kitten', 'kiten', 1],
  ['kitten', 'kittne', 1],
  ['kitten', 'sittin', 2],
  ['kitten', 'sitting', 3],
])('from %s to %s are %i typos', (a, b, count) => {
  expect(typos(a, b, 5)).toBe(count);
  expect(typos(b, a, 5)).toBe(count);
  if (count > 1) expect(typos(a, b, 1)).toBeGreaterThan(1);
});
