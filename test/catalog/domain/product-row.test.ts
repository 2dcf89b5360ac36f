import { readImportFile } from '../../../src/catalog/domain/import-file';
import { parsePrice } from '../../../src/catalog/domain/price';
import { checkRows } from '../../../src/catalog/domain/product-row';

const check = (csv: string, currency = 'USD') => checkRows(readImportFile('a.csv', Buffer.from(csv)), currency);

test('a row becomes a product', () => {
  const { products, rejected, ignoredColumns } = check(
    'id,name,description,category,style,price,current_stock,image,active,name_zh,category_zh-TW,colour,__proto__\n' +
      'mug,Red mug,"Holds\nwater",kitchen,cup,12.50,7,cups/mug 1.jpg,FALSE,红色马克杯,廚房,red,x\n',
  );
  expect(rejected).toEqual([]);
  expect(ignoredColumns).toEqual(['__proto__', 'colour']);
  expect(products).toEqual([
    {
      id: 'mug',
      name: 'Red mug',
      description: 'Holds\nwater',
      category: 'kitchen',
      style: 'cup',
      image: 'cups/mug 1.jpg',
      active: false,
      skus: [
        {
          sku: 'mug',
          options: [],
          price: { amount: 1250, currency: 'USD' },
          image: null,
          active: true,
          openingStock: 7,
        },
      ],
      translations: { zh: { name: '红色马克杯' }, 'zh-TW': { category: '廚房' } },
    },
  ]);
});

test('what is not given is left out, and nothing is made up', () => {
  expect(check('id,name,category,price\nmug,Mug,kitchen,0\n').products).toEqual([
    {
      id: 'mug',
      name: 'Mug',
      description: '',
      category: 'kitchen',
      image: null,
      active: true,
      skus: [{ sku: 'mug', options: [], price: { amount: 0, currency: 'USD' }, image: null, active: true }],
    },
  ]);
});

test('all faults of a row are told at once, and the other rows are kept', () => {
  const { products, rejected } = check(
    'id,name,category,price,stock,current_stock,image,active\n' +
      '-mug,,kitchen,"12,50",1.5,,../secret,maybe\n' +
      'hat,Hat,clothes,10,,,,\n' +
      'hat,Other hat,clothes,11,,,,\n' +
      'cap,"Cap\u0007",clothes,,3,4,,\n',
  );
  expect(products.map(({ id, skus }) => [id, skus[0].price.amount])).toEqual([['hat', 1000]]);
  expect(rejected).toEqual([
    {
      line: 2,
      reason: [
        'id "-mug" must have 1 to 64 letters, digits, dots, hyphens or underscores, the first a letter or digit',
        'stock "1.5" must be a whole number from 0 to 1000000000',
        'name is missing',
        'price "12,50" must be a decimal such as 129.99, without a sign or a currency',
        'image "../secret" must be the name of an image, such as red-mug.jpg',
        'active "maybe" must be true or false',
      ].join('; '),
    },
    { line: 4, id: 'hat', reason: 'id is already on line 3' },
    {
      line: 5,
      id: 'cap',
      reason:
        'price is missing; stock and current_stock are both given; name must not have U+0007, a character that cannot be seen',
    },
  ]);
});

test('halves of characters, which YAML can write, reject their row alone', () => {
  const half = '\\uD83D';
  const rows = [
    `{id: a, category: c, price: 1, name: "A${half}"}`,
    `{id: b, category: c, price: 1, name: B, description: "${half}"}`,
  ];
  const yaml = [...rows, '{id: c, category: c, price: 1, name: "C😀"}'].map((row) => `- ${row}\n`).join('');
  const { products, rejected } = checkRows(readImportFile('a.yaml', Buffer.from(yaml)), 'USD');
  expect(products.map(({ name }) => name)).toEqual(['C😀']);
  expect(rejected.map(({ reason }) => reason)).toEqual([
    'name must not have U+D83D, a character that cannot be seen',
    'description must not have U+D83D, a character that cannot be seen',
  ]);
});

test('what cannot be seen rejects its row, and what joins letters and emoji does not', () => {
  const names = ['Red\u200bmug', 'لیوان\u200cها', 'Mug ❤️', 'Gilt\u00ad mug', '\u3164'];
  const rows = names.map((name, index) => `p${index},${name},c,1`);
  const { products, rejected } = check(`id,name,category,price\n${rows.join('\n')}\n`);
  expect(products.map(({ id }) => id)).toEqual(['p1', 'p2']);
  expect(rejected.map(({ id, reason }) => [id, reason.slice(0, 25)])).toEqual([
    ['p0', 'name must not have U+200B'],
    ['p3', 'name must not have U+00AD'],
    ['p4', 'name must not have U+3164'],
  ]);
});

test('a description may have lines and tabs, and nothing else that cannot be seen', () => {
  const yaml = (text: string) => `- {id: a, name: A, category: c, price: 1, description: "${text}"}\n`;
  const read = (text: string) => checkRows(readImportFile('a.yaml', Buffer.from(yaml(text))), 'USD');
  expect(read('One\\n\\tTwo').products.map(({ description }) => description)).toEqual(['One\n\tTwo']);
  expect(read('One\\u202eTwo').rejected).toHaveLength(1);
});

test('a rejected row takes its id: the row after it is not silently its replacement', () => {
  const { products, rejected } = check('id,name,category,price\nmug,Mug,kitchen,free\nmug,Mug,kitchen,1\n');
  expect(products).toEqual([]);
  expect(rejected.map(({ line }) => line)).toEqual([2, 3]);
});

test.each([
  ['0.29', 'USD', 29],
  ['4.35', 'USD', 435],
  ['1.005', 'KWD', 1005],
  ['1.1', 'USD', 110],
  ['1.10000', 'USD', 110],
  ['1200', 'JPY', 1200],
  ['1200.00', 'JPY', 1200],
  ['89999999.99', 'USD', 8_999_999_999],
  ['90000000', 'USD', 9_000_000_000],
])('%s %s is %i minor units', (text, currency, amount) => {
  expect(parsePrice(text, currency)).toEqual({ amount, currency });
});

test.each([
  ['1.005', 'USD', 'has 3 decimals; USD has 2'],
  ['1.5', 'JPY', 'has 1 decimals; JPY has 0'],
  ['-1', 'USD', 'must be a decimal'],
  ['1e3', 'USD', 'must be a decimal'],
  ['.5', 'USD', 'must be a decimal'],
  ['$5', 'USD', 'must be a decimal'],
  ['90000000.01', 'USD', 'is above the largest price'],
  ['9'.repeat(400), 'USD', 'is above the largest price'],
])('%s is no price in %s', (text, currency, reason) => {
  expect(() => parsePrice(text, currency)).toThrow(reason);
});
