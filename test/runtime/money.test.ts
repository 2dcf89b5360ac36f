import { allocate, equal, formatMoney, minorDigits, sum, times } from '../../src/runtime/money';

const usd = (amount: number) => ({ amount, currency: 'USD' });
const amounts = (parts: readonly { amount: number }[]) => parts.map(({ amount }) => amount);

describe('sharing out', () => {
  test.each([
    ['a third each, the later part first', 1000, [1, 1, 1], [333, 333, 334]],
    ['by the largest remainder', 299, [4300, 1400, 2300], [161, 52, 86]],
    ['what is taken off as what is added', -299, [4300, 1400, 2300], [-161, -52, -86]],
    ['nothing to a part without weight', 5, [0, 1, 0], [0, 5, 0]],
    ['nothing', 0, [0, 0], [0, 0]],
    ['less than there are parts', 2, [1, 1, 1, 1], [0, 0, 1, 1]],
  ])('gives %s', (_, amount, weights, parts) => {
    expect(amounts(allocate(usd(amount), weights))).toEqual(parts);
  });

  test('adds up, and is nowhere off by a unit or more, whatever the weights', () => {
    let seed = 7;
    const random = (below: number) => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed % below;
    };
    for (let round = 0; round < 2000; round++) {
      const weights = Array.from({ length: 1 + random(98) }, () => random(10) * random(1_000_000));
      const whole = weights.reduce((total, weight) => total + weight, 0);
      if (whole === 0) continue;
      const amount = random(2_000_000_000) - 1_000_000_000;
      const parts = amounts(allocate(usd(amount), weights));
      expect(parts.reduce((total, part) => total + part, 0)).toBe(amount);
      const off = parts.map((part, place) => Math.abs(part - (amount * weights[place]) / whole));
      expect(off.filter((distance) => !(distance < 1))).toEqual([]);
    }
  });

  test('stays exact where floating point does not', () => {
    const huge = Number.MAX_SAFE_INTEGER;
    const [first, second] = amounts(allocate(usd(huge), [huge, huge]));
    expect(BigInt(first) + BigInt(second)).toBe(BigInt(huge));
  });

  test('is refused where there is nothing to share it over', () => {
    expect(() => allocate(usd(1), [0, 0])).toThrow('cannot be shared out over nothing');
    expect(() => allocate(usd(1), [])).toThrow('cannot be shared out over nothing');
  });
});

describe('arithmetic', () => {
  test('is exact or refused', () => {
    expect(times(usd(9_000_000_000), 9999)).toEqual(usd(89_991_000_000_000));
    expect(() => times(usd(Number.MAX_SAFE_INTEGER), 2)).toThrow(RangeError);
    expect(() => sum([usd(Number.MAX_SAFE_INTEGER), usd(1)], 'USD')).toThrow(RangeError);
  });

  test('never mixes currencies', () => {
    expect(() => sum([usd(1), { amount: 1, currency: 'EUR' }], 'USD')).toThrow('EUR');
    expect(equal(usd(1), { amount: 1, currency: 'EUR' })).toBe(false);
  });
});

test.each([
  ['USD', 129_900, 'en', '$1,299.00'],
  ['JPY', 1299, 'en', '¥1,299'],
  ['KWD', 1299, 'en', 'KWD\u00a01.299'],
  ['USD', -5, 'en', '-$0.05'],
])('%s of %d is written as people write it', (currency, amount, language, text) => {
  expect(formatMoney({ amount, currency }, language)).toBe(text);
});

test('currencies have the decimals of ISO 4217', () => {
  expect(['USD', 'JPY', 'KWD'].map(minorDigits)).toEqual([2, 0, 3]);
});
