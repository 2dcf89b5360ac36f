/** An amount in the minor units of its currency, such as cents. */
export interface Money {
  /** A whole number, below 2^53; negative for what is taken off. */
  readonly amount: number;
  /** ISO 4217. */
  readonly currency: string;
}

export function times(price: Money, quantity: number): Money {
  return { amount: exact(price.amount * quantity), currency: price.currency };
}

/** @throws RangeError when an amount is in another currency, or the sum is not exact */
export function sum(amounts: readonly Money[], currency: string): Money {
  return {
    amount: amounts.reduce((total, money) => exact(total + amountIn(currency, money)), 0),
    currency,
  };
}

export function equal(a: Money, b: Money): boolean {
  return a.amount === b.amount && a.currency === b.currency;
}

/**
 * Shares an amount out in proportion to whole, non-negative weights, by the largest remainder: the parts are whole, add
 * up to the amount, and none is off by a unit or more. Of equal remainders the later part gets the unit first, so that
 * 10.00 over three equal parts is 3.33, 3.33 and 3.34.
 *
 * @throws RangeError when there is something to share and all weights are 0
 */
export function allocate({ amount, currency }: Money, weights: readonly number[]): Money[] {
  const whole = weights.reduce((total, weight) => total + BigInt(exact(weight)), 0n);
  if (whole === 0n) {
    if (amount !== 0) throw new RangeError(`${amount} cannot be shared out over nothing.`);
    return weights.map(() => ({ amount: 0, currency }));
  }
  const size = BigInt(Math.abs(exact(amount)));
  const parts = weights.map((weight, place) => {
    const product = size * BigInt(weight);
    return { place, share: product / whole, remainder: product % whole };
  });
  const missing = Number(size - parts.reduce((total, { share }) => total + share, 0n));
  const rounded = [...parts]
    .sort((a, b) => (a.remainder === b.remainder ? b.place - a.place : a.remainder < b.remainder ? 1 : -1))
    .slice(0, missing)
    .map(({ place }) => place);
  const sign = amount < 0 ? -1 : 1;
  return parts.map(({ place, share }) => ({
    amount: sign * (Number(share) + (rounded.includes(place) ? 1 : 0)) || 0,
    currency,
  }));
}

/** Decimals of a currency, such as 2 for USD and 0 for JPY. */
export function minorDigits(currency: string): number {
  return new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
}

/** As people of a language write it, such as `$1,299.00`. Digits are moved, never calculated with. */
export function formatMoney({ amount, currency }: Money, language: string): string {
  const digits = minorDigits(currency);
  const text = String(Math.abs(amount)).padStart(digits + 1, '0');
  const whole = text.slice(0, text.length - digits);
  const decimal = `${amount < 0 ? '-' : ''}${digits === 0 ? whole : `${whole}.${text.slice(-digits)}`}`;
  // A decimal string is formatted exactly (ES2023); TypeScript's library for older targets knows numbers only.
  return new Intl.NumberFormat(language, { style: 'currency', currency }).format(decimal as unknown as number);
}

function amountIn(wanted: string, { amount, currency }: Money): number {
  if (currency !== wanted) throw new RangeError(`An amount in ${currency} is no part of a sum in ${wanted}.`);
  return amount;
}

function exact(amount: number): number {
  if (!Number.isSafeInteger(amount)) throw new RangeError(`${amount} is not an exact amount of money.`);
  return amount;
}
