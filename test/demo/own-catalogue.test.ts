import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { SCENES } from '../../scripts/make-demo-pictures';
import { readImportFile } from '../../src/catalog/domain/import-file';
import { checkRows } from '../../src/catalog/domain/product-row';

const FOLDER = join(__dirname, '../../examples/catalogue');
const IMAGES = join(FOLDER, 'images');

const { products, rejected, ignoredColumns } = checkRows(
  readImportFile('catalogue.yaml', readFileSync(join(FOLDER, 'catalogue.yaml'))),
  'USD',
);

test('every row can be imported, in both languages', () => {
  expect([rejected, ignoredColumns]).toEqual([[], []]);
  expect(products.length).toBeGreaterThanOrEqual(24);
  for (const { name, description, skus, translations } of products) {
    expect(name && description).toBeTruthy();
    for (const { price, openingStock } of skus) expect(price.amount && openingStock).toBeTruthy();
    const { zh } = translations ?? {};
    for (const text of [zh?.name, zh?.description, zh?.category]) expect(text).toMatch(/\p{Script=Han}/u);
  }
});

test('variants differ in price and picture, not every combination exists, and each says in both languages what it is', () => {
  const varied = products.filter(({ skus }) => skus.length > 1);
  expect(varied.map(({ id, skus }) => [id, skus.map(({ sku }) => sku)])).toEqual([
    ['mug', ['mug-sea', 'mug-sea-large', 'mug-clay']],
    ['armchair', ['armchair-lagoon', 'armchair-rust']],
  ]);
  for (const { options, translations } of varied.flatMap(({ skus }) => skus)) {
    expect(translations?.zh.options).toHaveLength(options.length);
    for (const { name } of translations?.zh.options ?? []) expect(name).toMatch(/\p{Script=Han}/u);
  }
});

test('a category has one name in each language', () => {
  const names = new Set(products.map(({ category, translations }) => `${category} ${translations?.zh.category}`));
  expect(names.size).toBe(new Set(products.map(({ category }) => category)).size);
  expect(names.size).toBe(6);
});

test('each product has the picture that the script draws, small enough to be kept in the repository', async () => {
  const drawn = Object.keys(SCENES).map((name) => `${name}.jpg`);
  const shown = products.flatMap(({ image, skus }) => skus.map((sku) => sku.image ?? image));
  expect([...new Set(shown)].sort()).toEqual(drawn.sort());
  expect(readdirSync(IMAGES).sort()).toEqual(drawn.sort());
  for (const name of drawn) {
    expect(statSync(join(IMAGES, name)).size).toBeLessThan(60_000);
    expect(await sharp(join(IMAGES, name)).metadata()).toMatchObject({ format: 'jpeg', width: 1200, height: 1200 });
  }
});
