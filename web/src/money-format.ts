import type { Money } from './api/client';

/** How a language writes amounts, which are in the minor units of their currency: yen have none, dinars have three places. */
export function moneyFormat(language: string): (money: Money) => string {
  const formats = new Map<string, Intl.NumberFormat>();
  return ({ amount, currency }) => {
    const format =
      formats.get(currency) ??
      new Intl.NumberFormat(language, { style: 'currency', currency, currencyDisplay: 'narrowSymbol' });
    formats.set(currency, format);
    return format.format(amount / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2));
  };
}
