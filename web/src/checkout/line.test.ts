import { describe, expect, test } from '@jest/globals';
import { countries } from './countries';
import { line } from './line';

describe('a line', () => {
  test.each([
    ['  Ada Lovelace ', 'Ada Lovelace'],
    ['Ada\u200bLove\u00adlace\ufeff', 'AdaLovelace'],
    ['12\tSt James\r\nSquare', '12 St James Square'],
    ['\u202eAda\u202c', 'Ada'],
    ['\u3164', ''],
    ['علی\u200cرضا', 'علی\u200cرضا'],
    ['ශ\u0dca\u200dරී', 'ශ\u0dca\u200dරී'],
    ['a\u200db', 'ab'],
    ['', ''],
  ])('%j is sent as %j', (typed, sent) => {
    expect(line(typed)).toBe(sent);
  });
});

test('every country has a name in every language of the pages', () => {
  for (const language of ['en', 'zh']) {
    const all = countries(language);
    expect(all).toHaveLength(249);
    expect(all.filter(({ code, name }) => name === code)).toEqual([]);
  }
  expect(countries('zh').find(({ code }) => code === 'GB')?.name).toBe('英国');
});
