import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readImportFile } from '../../../src/catalog/domain/import-file';
import { checkRows } from '../../../src/catalog/domain/product-row';

const check = (name: string, text: string) => checkRows(readImportFile(name, Buffer.from(text)), 'USD');
const reasons = (name: string, text: string) => check(name, text).rejected.map(({ line, reason }) => [line, reason]);

const MUG = {
  id: 'mug',
  name: 'Dipped mug',
  description: '',
  category: 'kitchen',
  image: 'mug.jpg',
  active: true,
  skus: [
    {
      sku: 'mug-sea',
      options: [{ name: 'Glaze', value: 'Sea' }],
      price: { amount: 1800, currency: 'USD' },
      image: null,
      active: true,
      openingStock: 12,
      translations: { zh: { options: [{ name: '釉色', value: '海蓝' }] } },
    },
    {
      sku: 'mug-clay',
      options: [{ name: 'Glaze', value: 'Clay' }],
      price: { amount: 1950, currency: 'USD' },
      image: 'clay.jpg',
      active: false,
    },
  ],
};

test('a list of variants inside a product; what one does not say of its price, the product says', () => {
  const { products, rejected, ignoredColumns } = check(
    'a.yaml',
    [
      '- id: mug',
      '  name: Dipped mug',
      '  category: kitchen',
      '  price: 18',
      '  image: mug.jpg',
      '  variants:',
      '    - sku: mug-sea',
      '      options: {Glaze: Sea}',
      '      options_zh: {釉色: 海蓝}',
      '      stock: 12',
      '    - {sku: mug-clay, options: {Glaze: Clay}, price: 19.50, image: clay.jpg, active: false, colour: x}',
    ].join('\n'),
  );
  expect(rejected).toEqual([]);
  expect(ignoredColumns).toEqual(['colour']);
  expect(products).toEqual([MUG]);
});

test('a row for each variant; the rows after the first may leave out what the product is, or repeat it', () => {
  const { products, rejected } = check(
    'a.csv',
    'id,sku,name,category,price,stock,image,active,options,options_zh\n' +
      'mug,mug-sea,Dipped mug,kitchen,18,12,mug.jpg,,Glaze=Sea,釉色=海蓝\n' +
      'hat,,Hat,clothes,5,,,,,\n' +
      'mug,mug-clay,,kitchen,19.50,,clay.jpg,false,Glaze=Clay,\n',
  );
  expect(rejected).toEqual([]);
  expect(products).toEqual([
    MUG,
    expect.objectContaining({ id: 'hat', skus: [expect.objectContaining({ sku: 'hat' })] }),
  ]);
});

test('a product without variants may have a SKU of another code', () => {
  const [hat] = check('a.csv', 'id,sku,name,category,price\nhat,H-1,Hat,clothes,5\n').products;
  expect(hat.skus.map(({ sku }) => sku)).toEqual(['H-1']);
});

test('a fault in one variant keeps the whole product as it was, and tells its line', () => {
  expect(
    reasons(
      'a.yaml',
      [
        '- id: mug',
        '  name: Mug',
        '  category: kitchen',
        '  stock: 3',
        '  variants:',
        '    - {sku: mug-sea, options: {Glaze: Sea}, price: free}',
        '    - {sku: mug-sea, name: Other, options: {Size: L}, price: 1}',
        '    - {options: {Glaze: Sea}}',
      ].join('\n'),
    ),
  ).toEqual([
    [
      1,
      [
        'stock belongs to the variants',
        'line 6: price "free" must be a decimal such as 129.99, without a sign or a currency',
        'line 7: name belongs to the product',
        'line 8: sku is missing',
        'line 8: price is missing',
        'line 7: sku mug-sea is already on line 6',
        'line 7: options are not the same, in the same order, as on line 6',
        'line 8: options are those of line 6',
      ].join('; '),
    ],
  ]);
  expect(
    reasons(
      'a.csv',
      'id,sku,name,category,price,options\nmug,a,Mug,kitchen,1,Size=M\nmug,b,Cup,,,Size\nmug,c,,,1,\nhat,,Hat,clothes,1,\n',
    ),
  ).toEqual([
    [
      3,
      [
        'options "Size" must be written as Size=M; Colour=Red',
        'price is missing',
        'name is another than on line 2',
        'options are missing, which tell variants apart',
        'line 4: options are missing, which tell variants apart',
      ].join('; '),
    ],
  ]);
});

test('a SKU that two products claim is refused to both, with both lines', () => {
  const csv =
    'id,sku,name,category,price,options\nmug,x,Mug,kitchen,1,\ncup,x,Cup,kitchen,1,\nx,,X,kitchen,1,\nhat,,Hat,c,1,\n';
  const { products, rejected } = check('a.csv', csv);
  expect(products.map(({ id }) => id)).toEqual(['hat']);
  expect(rejected).toEqual([
    { line: 2, id: 'mug', reason: 'sku x is also on line 3, of product cup; line 4, of product x' },
    { line: 3, id: 'cup', reason: 'sku x is also on line 2, of product mug; line 4, of product x' },
    { line: 4, id: 'x', reason: 'sku x is also on line 2, of product mug; line 3, of product cup' },
  ]);
});

test.each([
  ['text', 'options must be a map of names to values'],
  ['{A: [x]}', 'options must have single values'],
  ['{A: ""}', 'options must have names and values of 1 to 64 characters'],
  [`{A: "${'x'.repeat(65)}"}`, 'options must have names and values of 1 to 64 characters'],
  ['{A: 1, B: 1, C: 1, D: 1, E: 1, F: 1}', 'options are 6; at most 5 are allowed'],
  ['{A: "\\u0007"}', 'options must not have U+0007, a character that cannot be seen'],
])('options %s', (options, reason) => {
  const yaml = `- {id: a, name: A, category: c, price: 1, sku: b, options: ${options}}\n`;
  expect(check('a.yaml', yaml).rejected[0].reason).toContain(reason);
});

test('options in another language are as many as the options', () => {
  const row = '{sku: a, options: {Size: M}, options_zh: {尺寸: 中, 颜色: 红}}';
  expect(reasons('a.yaml', `- {id: a, name: A, category: c, price: 1, variants: [${row}]}\n`)).toEqual([
    [1, 'options_zh must have as many as options, in the same order'],
  ]);
});

test('a product has at most a hundred variants, and twenty languages', () => {
  const variants = Array.from({ length: 101 }, (_, n) => `{sku: s${n}, options: {N: "${n}"}}`);
  expect(reasons('a.yaml', `- {id: a, name: A, category: c, price: 1, variants: [${variants}]}\n`)).toEqual([
    [1, 'has 101 variants; at most 100 are allowed'],
  ]);
  const names = Array.from({ length: 21 }, (_, n) => `name_a${String.fromCharCode(97 + n)}: x`);
  expect(reasons('a.yaml', `- {id: a, name: A, category: c, price: 1, ${names}}\n`)).toEqual([
    [1, 'has texts in 21 languages; at most 20 are allowed'],
  ]);
});

test('a product that the table would not take is rejected, and the others are kept', () => {
  const long = '长'.repeat(10_000);
  const texts = Array.from({ length: 14 }, (_, n) => `description_a${String.fromCharCode(97 + n)}: ${long}`);
  const { products, rejected } = check(
    'a.yaml',
    `- {id: a, name: A, category: c, price: 1, ${texts}}\n- {id: b, name: B, category: c, price: 1}\n`,
  );
  expect(products.map(({ id }) => id)).toEqual(['b']);
  expect(rejected).toEqual([
    {
      line: 1,
      id: 'a',
      reason: expect.stringMatching(/^has 42\d{4} bytes in all languages and variants; at most 262144/),
    },
  ]);
});

test.each(['csv', 'yaml'])('the example of the README can be imported: %s', (form) => {
  const readme = readFileSync(join(__dirname, '../../../README.md'), 'utf8');
  const [, text = ''] = new RegExp(`\\n\`\`\`${form}\\n([^]*?)\`\`\``).exec(readme) ?? [];
  const { products, rejected, ignoredColumns } = check(`a.${form}`, text);
  expect([rejected, ignoredColumns]).toEqual([[], []]);
  expect(products.flatMap(({ skus }) => skus.map(({ sku }) => sku))).toEqual(
    form === 'csv' ? ['mug-sea'] : ['mug-sea-small', 'mug-sea-large', 'mug-clay-small'],
  );
});
