import { type Money, minorDigits } from '../../runtime/money';

/** A cart of the dearest products, 97 of them and 9999 of each, stays exact below 2^53. */
const LARGEST_AMOUNT = 9_000_000_000;

/**
 * Reads a price written as a decimal, such as `129.99`. Digits are moved, never calculated with, so it is exact.
 *
 * @throws RangeError saying what is wrong
 */
export function parsePrice(text: string, currency: string): Money {
  const [, whole, fraction = ''] = /^(\d+)(?:\.(\d+))?$/.exec(text) ?? [];
  if (whole === undefined) throw new RangeError('must be a decimal such as 129.99, without a sign or a currency');
  const digits = minorDigits(currency);
  if (/[1-9]/.test(fraction.slice(digits))) {
    throw new RangeError(`has ${fraction.length} decimals; ${currency} has ${digits}`);
  }
  const amount = Number(whole + fraction.slice(0, digits).padEnd(digits, '0'));
  if (amount > LARGEST_AMOUNT) throw new RangeError(`is above the largest price, ${LARGEST_AMOUNT} in minor units`);
  return { amount, currency };
}
