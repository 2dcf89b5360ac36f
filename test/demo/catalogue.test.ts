import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readCatalogue } from '../../demo/catalogue';
import { DemoError } from '../../demo/errors';

const directory = mkdtempSync(join(tmpdir(), 'demo-catalogue-'));
afterAll(() => rmSync(directory, { recursive: true }));

function file(name: string, content: string): string {
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
}

test('takes the pictures that products name and that are beside the file, each once', () => {
  mkdirSync(join(directory, 'images'));
  for (const name of ['mug.jpg', 'unused.jpg']) writeFileSync(join(directory, 'images', name), 'picture');
  writeFileSync(join(directory, 'secret.jpg'), 'no product picture');
  const rows = ['mug.jpg', 'mug.jpg', 'absent.jpg', '../secret.jpg', ''];
  const path = file(
    'good.csv',
    ['id,name,category,price,image', ...rows.map((image, index) => `p${index},Mug,kitchen,9.50,${image}`)].join('\n'),
  );

  const { name, rows: count, pictures } = readCatalogue(path);

  expect(name).toBe('good.csv');
  expect(count).toBe(5);
  expect(pictures).toEqual([{ name: 'mug.jpg', file: join(directory, 'images/mug.jpg') }]);
});

test('leaves faults of single rows to the import', () => {
  expect(readCatalogue(file('rows.yaml', '- id: a\n  price: none\n')).rows).toBe(1);
});

test.each([
  ['quote.yaml', '- id: a\n  name: [1\n- id: b\n', /quote\.yaml:\d: /],
  ['map.yaml', 'id: a\n', /map\.yaml:1: The file must be a list of products/],
  ['columns.csv', 'id,name,price\n1,Mug,2\n', /columns\.csv:1: .* category missing/],
  ['quote.csv', 'id,name,category,price\n1,"Mug,kitchen,2\n', /quote\.csv:\d: /],
  ['empty.yaml', '', /empty\.yaml: The file is empty/],
  ['picture.png', 'x', /picture\.png: The name must end in \.csv, \.yaml or \.yml/],
])('%s is refused with its line', (name, content, message) => {
  const path = file(name, content);
  expect(() => readCatalogue(path)).toThrow(DemoError);
  expect(() => readCatalogue(path)).toThrow(message);
});

test('a file that is not there is named', () => {
  expect(() => readCatalogue(join(directory, 'absent.yaml'))).toThrow(/absent\.yaml does not exist/);
  expect(() => readCatalogue(directory)).toThrow(/is not a file/);
});
