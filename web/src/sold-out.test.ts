import { expect, test } from '@jest/globals';
import { isSoldOut, skusToLookUp } from './sold-out';

const many = Array.from({ length: 11 }, (_, n) => `m${n}`);

test('a product is sold out when each of its variants is known to be', () => {
  const available = new Map([
    ['red', 0],
    ['blue', 0],
    ['green', 1],
    ['new', null],
  ]);
  expect(isSoldOut({ skus: ['red'] }, available)).toBe(true);
  expect(isSoldOut({ skus: ['red', 'blue'] }, available)).toBe(true);
  for (const other of ['green', 'new', 'unknown']) expect(isSoldOut({ skus: ['red', other] }, available)).toBe(false);
  expect(isSoldOut({ skus: ['red'] }, undefined)).toBe(false);
});

test('the stock of a list is looked up but for products with very many variants', () => {
  expect(skusToLookUp([{ skus: ['a'] }, { skus: many }, { skus: ['b', 'c'] }])).toEqual(['a', 'b', 'c']);
});
