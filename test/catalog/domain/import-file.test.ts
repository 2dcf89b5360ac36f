import { readImportFile } from '../../../src/catalog/domain/import-file';
import { BrokenFile, type Row } from '../../../src/catalog/domain/row';

const read = (name: string, text: string | Uint8Array) =>
  readImportFile(name, typeof text === 'string' ? Buffer.from(text) : text);
const plain = (rows: Row[]) =>
  rows.map(({ line, fields, faults }) => ({ line, ...Object.fromEntries(fields), faults }));
const broken = (name: string, text: string | Uint8Array): { message: string; line?: number } => {
  try {
    read(name, text);
  } catch (error) {
    if (error instanceof BrokenFile) return { message: error.message, line: error.line };
    throw error;
  }
  throw new Error('The file was read.');
};

describe('CSV', () => {
  test('quotes, line breaks in values, empty lines, a byte order mark and Windows line ends', () => {
    const rows = read(
      'a.CSV',
      '\uFEFFid,name,category,price,description\r\nmug,"Mug, ""red""",kitchen,1.50,"two\r\nlines"\r\n\r\nhat, Hat ,clothes,2,\r\n',
    );
    expect(plain(rows)).toEqual([
      {
        line: 2,
        id: 'mug',
        name: 'Mug, "red"',
        category: 'kitchen',
        price: '1.50',
        description: 'two\nlines',
        faults: [],
      },
      { line: 5, id: 'hat', name: 'Hat', category: 'clothes', price: '2', faults: [] },
    ]);
  });

  test('a row with too many or too few values keeps the others', () => {
    const rows = read(
      'a.csv',
      'id,name,category,price\nmug,Red, big mug,kitchen,1\nhat,Hat,clothes\ncap,Cap,clothes,3\n',
    );
    expect(rows.map(({ line, faults }) => [line, faults])).toEqual([
      [2, ['has 5 values, but there are 4 columns; quote values that contain commas']],
      [3, ['has 3 values, but there are 4 columns; quote values that contain commas']],
      [4, []],
    ]);
  });

  test('what cannot be read at all', () => {
    expect(broken('a.csv', '')).toEqual({ message: 'The file is empty.', line: undefined });
    expect(broken('a.csv', 'id;name;category;price\nmug;Mug;kitchen;1\n')).toEqual({
      message: 'The first line must name the columns, separated by commas; id, name, category, price missing.',
      line: 1,
    });
    expect(broken('a.csv', 'id,name,category,price,id\n').message).toBe('Columns are named twice: id.');
    expect(broken('a.csv', 'id,name,category,price\n').message).toBe('The file has no products.');
    expect(broken('a.csv', 'id,name,category,price\nmug,"Mug,kitchen,1\n')).toMatchObject({
      message: expect.stringContaining('Quote Not Closed'),
      line: expect.any(Number),
    });
    expect(
      broken('a.csv', Buffer.from('id,name,category,price\nmug,Mug,kitchen,1\nhat,H\xe4t,clothes,1\n', 'latin1')),
    ).toEqual({
      message: 'The file is not UTF-8. Save it again in that encoding.',
      line: 3,
    });
  });
});

describe('YAML', () => {
  test('values stay the text that was written', () => {
    const rows = read(
      'a.yml',
      [
        '- id: mug',
        '  price: 129.90',
        '  name: >-',
        '    Red',
        '    mug',
        '  image: null',
        '  style: ~',
        '  category: "null"',
        '  tags: [unknown, columns, may, be, lists]',
        '',
        '- {id: 007, name: &n Bond, price: 1e3, category: *n}',
        '',
      ].join('\n'),
    );
    expect(plain(rows)).toEqual([
      { line: 1, id: 'mug', price: '129.90', name: 'Red mug', category: 'null', faults: [] },
      { line: 11, id: '007', name: 'Bond', price: '1e3', category: 'Bond', faults: [] },
    ]);
  });

  test('translations as a map say the same as columns', () => {
    const rows = read(
      'a.yaml',
      '- id: mug\n  name_zh: 马克杯\n  translations:\n    de: {name: Becher, category: Küche}\n',
    );
    expect(plain(rows)).toEqual([
      { line: 1, id: 'mug', name_zh: '马克杯', name_de: 'Becher', category_de: 'Küche', faults: [] },
    ]);
  });

  test('an item that is no product keeps the others', () => {
    const rows = read('a.yaml', '- just text\n- id: mug\n  name: [a, b]\n  translations: {zh: x}\n- id: hat\n');
    expect(rows.map(({ line, faults }) => [line, faults])).toEqual([
      [1, ['must be a map of columns to values']],
      [2, ['name must be a single value', 'translations.zh must be a map of columns to texts']],
      [5, []],
    ]);
  });

  test('what cannot be read at all, with its line', () => {
    expect(broken('a.yaml', '- id: a\n  name: x\n- id: b\n  name: "y\n')).toMatchObject({ line: 5 });
    expect(broken('a.yaml', '- id: a\n  id: b\n')).toEqual({ message: 'Map keys must be unique.', line: 2 });
    expect(broken('a.yaml', 'id: a\n')).toEqual({
      message: 'The file must be a list of products, each beginning with "- id: ".',
      line: 1,
    });
    expect(broken('a.yaml', '# nothing\n').message).toBe('The file is empty.');
    expect(broken('a.yaml', '[]').message).toBe('The file has no products.');
    expect(broken('a.yaml', '- id: a\n---\n- id: b\n')).toEqual({
      message: 'The file has several documents; it must have one.',
      line: 2,
    });
  });

  describe('its depth', () => {
    const message = 'The file is nested more than 20 levels deep.';
    const blocks = (levels: number) =>
      Array.from({ length: levels }, (_, level) => `${' '.repeat(level)}-\n`)
        .join('')
        .concat(`${' '.repeat(levels)}a\n`);

    test.each([
      ['lists in brackets', '- id: a\n  x:\n', (levels: number) => `   ${'['.repeat(levels - 2)}`, 3],
      ['maps in braces', '- id: a\n  x:\n', (levels: number) => `   ${'{a: '.repeat(levels - 2)}`, 3],
      ['keys that are maps', '\n- id: b\n', (levels: number) => `  ${'? '.repeat(levels - 1)}`, 3],
      ['lists in lines', '', blocks, 21],
    ])('is limited: %s', (_, before, nested, line) => {
      expect(broken('a.yaml', before + nested(21))).toEqual({ message, line });
      expect(() => read('a.yaml', before + nested(20))).not.toThrow(message);
      const start = performance.now();
      expect(broken('a.yaml', before + nested(4000))).toEqual({ message, line });
      expect(broken('a.yaml', '['.repeat(8_000_000)).message).toBe(message);
      expect(performance.now() - start).toBeLessThan(5000);
    });
  });

  test('aliases of aliases cannot blow the file up', () => {
    const bomb = ['- &a0 {id: x}', ...Array.from({ length: 30 }, (_, n) => `- &a${n + 1} [*a${n}, *a${n}]`)].join('\n');
    expect(read('a.yaml', bomb)).toHaveLength(31);
  });
});

test('ten thousand aliases and two million lines are read in no time', () => {
  const start = performance.now();
  const aliases = Array.from({ length: 10_000 }, (_, n) => `- {id: p${n}, name: N, price: 1, category: *shoes}\n`);
  const yaml = `- {id: first, name: N, price: 1, category: &shoes Shoes}\n${aliases.join('')}`;
  expect(readImportFile('a.yaml', Buffer.from(yaml))[10_000].fields.get('category')).toBe('Shoes');
  expect(broken('a.csv', `id,name,category,price\n${'a\n'.repeat(2_000_000)}`).message).toMatch(/more than 20000/);
  expect(performance.now() - start).toBeLessThan(30_000);
});

test('limits are told with what to do', () => {
  expect(broken('a.json', '[]').message).toBe('The name must end in .csv, .yaml or .yml.');
  expect(broken('a.csv', Buffer.alloc(32 * 1024 * 1024 + 1)).message).toMatch(/has 33554433 bytes.*Split it\./);
  const rows = Array.from({ length: 20_001 }, (_, n) => `p${n},N,c,1`).join('\n');
  expect(broken('a.csv', `id,name,category,price\n${rows}`).message).toMatch(
    /has more than 20000 products and variants\. Split it\./,
  );
});
