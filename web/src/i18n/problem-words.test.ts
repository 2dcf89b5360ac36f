import { expect, test } from '@jest/globals';
import { ShopProblem } from '../api/client';
import { en } from './en';
import { problemWords } from './problem-words';
import { zh } from './zh';

test.each([
  ['cart_full', 50, 'Your cart is full: it holds 50 different products.', '购物车已满：最多放 50 种商品。'],
  ['quantity_too_large', 30, 'The shop sells 30 of this product at once.', '该商品一次最多购买 30 件。'],
  ['too_many_units', 1000, 'The shop sells 1,000 items in one order.', '一个订单最多购买 1,000 件商品。'],
] as const)('%s says how many the shop sells at once', (code, limit, english, chinese) => {
  const problem = new ShopProblem(code, { limit });
  expect(problemWords(en, problem)).toBe(english);
  expect(problemWords(zh, problem)).toBe(chinese);
});

test('what has no limit, or does not tell it, is said as it is', () => {
  expect(problemWords(en, new ShopProblem('cart_empty'))).toBe(en.problems.cart_empty);
  expect(problemWords(en, new ShopProblem('cart_full'))).toBe(en.problems.cart_full);
  expect(problemWords(en, new ShopProblem('of_a_newer_shop' as never))).toBe(en.problems.unavailable);
});
