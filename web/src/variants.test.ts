import { describe, expect, test } from '@jest/globals';
import type { Variant } from './api/client';
import { questionsOf, variantOf } from './variants';

/** `Sea-S` is the variant of glaze Sea and size S. */
const variant = (sku: string): Variant => {
  const [glaze, size] = sku.split('-');
  const options = [
    { name: 'Glaze', value: glaze },
    { name: 'Size', value: size },
  ];
  return { sku, price: { amount: 1, currency: 'EUR' }, image: null, options };
};

/** Answers as they are read: `>` before what is chosen, `!` before what does not go with it, `-` after what is sold out. */
function asked(skus: string[], chosen: string, soldOut: string[] = []): string[] {
  return questionsOf(skus.map(variant), variant(chosen), ({ sku }) => soldOut.includes(sku)).map(({ name, answers }) =>
    [
      name,
      ...answers.map((it) => `${it.chosen ? '>' : ''}${it.fits ? '' : '!'}${it.value}${it.soldOut ? '-' : ''}`),
    ].join(' '),
  );
}

/** The SKU after an answer was chosen. */
function after(skus: string[], chosen: string, value: string, soldOut: string[] = []): string | undefined {
  const questions = questionsOf(skus.map(variant), variant(chosen), ({ sku }) => soldOut.includes(sku));
  return questions.flatMap(({ answers }) => answers).find((it) => it.value === value)?.variant.sku;
}

const ALL = ['Sea-S', 'Sea-M', 'Clay-S', 'Clay-M'];
const SOME = ['Sea-S', 'Sea-L', 'Clay-M', 'Clay-L'];

test('the address names the variant; the first is shown where it names none of them', () => {
  const variants = ALL.map(variant);
  expect(variantOf(variants, 'Clay-S').sku).toBe('Clay-S');
  expect(variantOf(variants, 'Moss-S').sku).toBe('Sea-S');
  expect(variantOf(variants, null).sku).toBe('Sea-S');
});

describe('what there is to choose', () => {
  test('is nothing where there is one variant without options', () => {
    const only: Variant = { sku: 'mug', price: { amount: 1, currency: 'EUR' }, image: null, options: [] };
    expect(questionsOf([only], only, () => false)).toEqual([]);
  });

  test('is each value once, in the order of the variants', () => {
    expect(asked(ALL, 'Clay-S')).toEqual(['Glaze Sea >Clay', 'Size >S M']);
  });

  test('tells values that do not go with the others chosen', () => {
    expect(asked(SOME, 'Sea-S')).toEqual(['Glaze >Sea !Clay', 'Size >S L !M']);
    expect(asked(SOME, 'Clay-L')).toEqual(['Glaze Sea >Clay', 'Size !S >L M']);
  });
});

describe('sold out', () => {
  test('is an answer whose variant is', () => {
    expect(asked(ALL, 'Sea-S', ['Clay-S', 'Clay-M'])).toEqual(['Glaze >Sea Clay-', 'Size >S M']);
    expect(asked(ALL, 'Sea-S', ['Sea-S'])).toEqual(['Glaze >Sea- Clay', 'Size >S- M']);
  });

  test('is one that changes others only when nothing is left with any of them', () => {
    expect(asked(SOME, 'Sea-S', ['Clay-M'])).toEqual(['Glaze >Sea !Clay', 'Size >S L !M-']);
    expect(asked(SOME, 'Sea-S', ['Clay-M', 'Clay-L'])).toEqual(['Glaze >Sea !Clay-', 'Size >S L !M-']);
  });

  test('is not chosen in the place of an equal that is left, but before one that differs more', () => {
    expect(after(SOME, 'Sea-S', 'Clay', ['Clay-M'])).toBe('Clay-L');
    expect(after(SOME, 'Sea-L', 'Clay', ['Clay-L'])).toBe('Clay-L');
  });
});

describe('choosing a value', () => {
  test('leaves the others as they are where there is such a variant', () => {
    expect(after(ALL, 'Sea-M', 'Clay')).toBe('Clay-M');
    expect(after(SOME, 'Sea-L', 'Clay')).toBe('Clay-L');
  });

  test('that is chosen changes nothing', () => {
    expect(after(SOME, 'Clay-L', 'Clay')).toBe('Clay-L');
  });

  test('that does not go with the others changes as few of them as possible', () => {
    expect(after(SOME, 'Sea-S', 'Clay')).toBe('Clay-M');
    const three = ['A-1-x', 'B-2-y', 'B-2-x'].map((sku) => ({
      ...variant(sku),
      options: sku.split('-').map((value, place) => ({ name: `option ${place}`, value })),
    }));
    expect(questionsOf(three, three[0], () => false)[0].answers[1].variant.sku).toBe('B-2-x');
  });

  test('after value reaches every variant from every other', () => {
    const pairs = ['Sea-S', 'Clay-M', 'Moss-L'];
    for (const from of pairs) {
      const reached = new Set(
        questionsOf(pairs.map(variant), variant(from), () => true).flatMap(({ answers }) => answers),
      );
      expect(new Set([...reached].map((it) => it.variant.sku))).toEqual(new Set(pairs));
    }
  });
});
