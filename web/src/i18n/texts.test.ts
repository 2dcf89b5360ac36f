import { describe, expect, test } from '@jest/globals';
import { en } from './en';
import { zh } from './zh';

/** All texts by their path; those that take values with some filled in. */
function textsOf(language: object, path = ''): [string, unknown][] {
  return Object.entries(language).flatMap(([name, text]) => {
    const here = `${path}/${name}`;
    if (typeof text === 'object') return textsOf(text, here);
    return [[here, typeof text === 'function' ? text(...VALUES.slice(0, text.length)) : text]];
  });
}

/** A value of its own for each argument, a number in those places where a text counts something. */
const VALUES = [7, 70];

describe.each(Object.entries({ en, zh }))('%s', (_, language) => {
  const texts = textsOf(language);

  test('has every text that English has, and no other', () => {
    expect(texts.map(([path]) => path).sort()).toEqual(
      textsOf(en)
        .map(([path]) => path)
        .sort(),
    );
  });

  test('leaves none empty', () => {
    expect(texts.filter(([, text]) => typeof text !== 'string' || text.trim() === '')).toEqual([]);
  });

  test('says every value that English says', () => {
    const said = new Map(textsOf(en));
    const left = texts.filter(([path, text]) =>
      VALUES.some((value) => valueIn(said.get(path), value) && !valueIn(text, value)),
    );
    expect(left).toEqual([]);
  });
});

function valueIn(text: unknown, value: number): boolean {
  return new RegExp(`(^|\\D)${value}(\\D|$)`).test(String(text));
}

test('English counts one and many', () => {
  expect([en.items(1), en.items(2), en.products(1), en.products(1200)]).toEqual([
    '1 item',
    '2 items',
    '1 product',
    '1,200 products',
  ]);
});
