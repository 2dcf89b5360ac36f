import { expect, test } from '@jest/globals';
import { moneyFormat } from './money-format';

test.each([
  ['en-GB', 1250, 'GBP', '£12.50'],
  ['en', 5, 'EUR', '€0.05'],
  ['en', 1250, 'JPY', '¥1,250'],
  ['en', 1250, 'KWD', 'KWD 1.250'],
  ['zh', 123456789, 'CNY', '¥1,234,567.89'],
  ['de', 1250, 'EUR', '12,50 €'],
  ['en', 9007199254740991, 'JPY', '¥9,007,199,254,740,991'],
])('%s writes %i of %s as %s', (language, amount, currency, words) => {
  // Languages part figures and currencies by spaces that do not break.
  expect(moneyFormat(language)({ amount, currency }).replace(/\s/g, ' ')).toBe(words);
});

test('one format writes several currencies', () => {
  const money = moneyFormat('en');
  expect([money({ amount: 100, currency: 'USD' }), money({ amount: 100, currency: 'JPY' })]).toEqual(['$1.00', '¥100']);
});
