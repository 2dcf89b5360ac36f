import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { firstUnseen, LINE } from '../../src/runtime/text';

const isLine = (text: string) => new RegExp(LINE, 'u').test(text);

describe('what is seen', () => {
  test.each([
    ['a name', 'Ada O’Neill-Łukasz'],
    ['Chinese', '王小明'],
    ['an ideographic blank between names', '山田　太郎'],
    ['right to left', 'نجيب محفوظ'],
    ['a Persian name with a non-joiner', 'علی\u200cرضا'],
    ['a Sinhala conjunct', 'ශ\u0dca\u200dරී'],
    ['a Bengali reph', 'র\u200d\u09cdযাচেল'],
    ['a Malayalam chillu as it was written before Unicode 5.1', 'അനില\u0d4d\u200d'],
    ['a Hindi half form', 'क\u094d\u200dष'],
    ['an emoji as a picture', '☕\ufe0f'],
    ['an emoji of several', '👩🏽\u200d⚕\ufe0f and 🏳\ufe0f\u200d🌈'],
    ['a keycap', '1\ufe0f\u20e3'],
    ['a flag', '🇬🇧'],
    ['a variant of a Japanese place', '葛\u{e0100}城市'],
    ['a Mongolian variant', 'ᠠ\u180b'],
    ['a letter of several marks', 'Việt Nam, e\u0301'],
  ])('%s is a line', (_, text) => {
    expect([isLine(text), firstUnseen(text)]).toEqual([true, undefined]);
  });
});

describe('what is not', () => {
  test.each([
    ['U+200B', 'zero-width space', 'Ada\u200b'],
    ['U+FEFF', 'byte order mark', '\ufeffAda'],
    ['U+2060', 'word joiner', 'Ada\u2060L'],
    ['U+00AD', 'soft hyphen', 'A\u00adda'],
    ['U+034F', 'grapheme joiner', 'A\u034fda'],
    ['U+3164', 'Hangul filler', '\u3164'],
    ['U+115F', 'Hangul lead filler', '\u115f'],
    ['U+1160', 'Hangul vowel filler', '\u1160'],
    ['U+FFA0', 'narrow Hangul filler', '\uffa0'],
    ['U+2800', 'empty Braille cell', '\u2800'],
    ['U+202E', 'override', 'A\u202ednomaiD'],
    ['U+2066', 'isolate', '\u2066A\u2069'],
    ['U+200F', 'right-to-left mark', 'A\u200f'],
    ['U+061C', 'Arabic letter mark', 'ا\u061c'],
    ['U+17B4', 'Khmer inherent vowel', 'ក\u17b4'],
    ['U+2063', 'invisible separator', 'A\u2063B'],
    ['U+E0041', 'tag', 'A\u{e0041}'],
    ['U+E0067', 'tags of a flag', '🏴\u{e0067}\u{e007f}'],
    ['U+FFF9', 'annotation', '\ufff9A\ufffa'],
    ['U+200D', 'joiner of letters that do not join', 'A\u200dB'],
    ['U+200C', 'non-joiner of letters that do not join', 'A\u200cB'],
    ['U+200C', 'non-joiner before nothing', 'علی\u200c'],
    ['U+200D', 'second joiner', 'ക\u0d4d\u200d\u200d'],
    ['U+FE0F', 'selector after a letter', 'A\ufe0f'],
    ['U+FE0F', 'selector after a digit', '1\ufe0f'],
    ['U+E0100', 'ideographic selector after a letter', 'A\u{e0100}'],
    ['U+000A', 'line break', 'A\nB'],
    ['U+0085', 'control of the second set', 'A\u0085'],
    ['U+2028', 'line separator', 'A\u2028'],
    ['U+D83D', 'half of a character', 'A\ud83d'],
    ['U+FFFE', 'no character', 'A\ufffe'],
  ])('%s: %s', (codePoint, _, text) => {
    expect([isLine(text), firstUnseen(text)]).toEqual([false, codePoint]);
  });

  test.each(['', ' ', '\u00a0', '　', ' \u2003 '])('blanks alone, as %j, are no line', (text) => {
    expect([isLine(text), firstUnseen(text)]).toEqual([false, undefined]);
  });
});

test.each(['ق\u200c', 'ක\u0dca\u200d', 'a', ' '])('a long text of %j takes no time', (part) => {
  const start = performance.now();
  isLine(`${part.repeat(30_000)}\n`);
  firstUnseen(`${part.repeat(30_000)}\n`);
  expect(performance.now() - start).toBeLessThan(500);
});

test('the API document tells clients the pattern', () => {
  const { components } = JSON.parse(readFileSync(path.resolve(__dirname, '../../assets/openapi.json'), 'utf8'));
  expect(components.schemas.Line).toMatchObject({ type: 'string', pattern: LINE });
});
