import type { Money } from './model';

/** Exact: amounts are whole numbers, and the largest cart the catalogue allows stays below 2^53. */
export function times(price: Money, quantity: number): Money {
  return { amount: exact(price.amount * quantity), currency: price.currency };
}

export function sum(amounts: readonly Money[], currency: string): Money {
  return {
    amount: amounts.reduce((total, money) => exact(total + amountIn(currency, money)), 0),
    currency,
  };
}

export function equal(a: Money, b: Money): boolean {
  return a.amount === b.amount && a.currency === b.currency;
}

function amountIn(wanted: string, { amount, currency }: Money): number {
  if (currency !== wanted) throw new RangeError(`An amount in ${currency} is no part of a sum in ${wanted}.`);
  return amount;
}

function exact(amount: number): number {
  if (!Number.isSafeInteger(amount)) throw new RangeError(`${amount} is not an exact amount of money.`);
  return amount;
}
