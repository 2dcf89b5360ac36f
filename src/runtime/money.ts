/** An amount in the minor units of its currency. */
export interface Money {
  readonly amount: number;
  /** ISO 4217. */
  readonly currency: string;
}

/** Decimals of a currency, such as 2 for USD and 0 for JPY. */
export function minorDigits(currency: string): number {
  return new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
}

/** As people of a language write it, such as `$1,299.00`. Digits are moved, never calculated with. */
export function formatMoney({ amount, currency }: Money, language: string): string {
  const digits = minorDigits(currency);
  const text = String(amount).padStart(digits + 1, '0');
  const whole = text.slice(0, text.length - digits);
  const decimal = digits === 0 ? whole : `${whole}.${text.slice(-digits)}`;
  // A decimal string is formatted exactly (ES2023); TypeScript's library for older targets knows numbers only.
  return new Intl.NumberFormat(language, { style: 'currency', currency }).format(decimal as unknown as number);
}
