import { parse } from 'csv-parse/sync';
import { sampleSales } from '../../demo/console/sample-sales';
import { SOURCE_COLUMNS } from '../../src/analytics/contract';

const PRODUCTS = [
  { sku: 'mug', name: 'Mug, blue', price: { amount: 1250 } },
  { sku: 'tray', name: 'Tray', price: { amount: 2499 } },
];
const UNTIL = new Date('2026-04-01T12:00:00Z');

test('the same products and day give the same files', () => {
  expect(sampleSales(PRODUCTS, UNTIL)).toEqual(sampleSales(PRODUCTS, UNTIL));
});

test('every line is one that the job reads, in the 90 days before', () => {
  const files = sampleSales(PRODUCTS, UNTIL);
  const lines = files.flatMap(({ csv }) => parse(csv, { columns: true }) as Record<string, string>[]);

  expect(files.map(({ name }) => name)).toEqual(['sample-2026-01.csv', 'sample-2026-02.csv', 'sample-2026-03.csv']);
  expect(lines.length).toBe(files.reduce((sum, file) => sum + file.lines, 0));
  expect(lines.length).toBeGreaterThan(1000);
  for (const line of lines) {
    expect(Object.keys(line).sort()).toEqual(Object.values(SOURCE_COLUMNS).sort());
    expect(line.InvoiceNo.startsWith('C')).toBe(Number(line.Quantity) < 0);
    expect(['12.5', '24.99']).toContain(line.UnitPrice);
    const age = UNTIL.getTime() / 1000 - Number(line.InvoiceDate);
    expect(age > 0 && age <= 90 * 86_400).toBe(true);
  }
  expect(lines.some(({ Quantity }) => Number(Quantity) < 0)).toBe(true);
});
