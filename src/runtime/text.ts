/** Characters that show nothing, half a character, and what stands for none. */
const UNSEEN =
  '\\p{Cc}\\p{Cs}\\p{Zl}\\p{Zp}\\p{Noncharacter_Code_Point}\\p{Default_Ignorable_Code_Point}\\u2800\\ufff9-\\ufffc';

/** Scripts in which joiners decide the form of letters. */
const JOINING = [
  'Arab Syrc Mong', // whose letters are joined
  'Deva Beng Guru Gujr Orya Taml Telu Knda Mlym Sinh Khmr', // whose consonants form conjuncts
]
  .flatMap((scripts) => scripts.split(' '))
  .map((script) => `\\p{scx=${script}}`)
  .join('');

/** Where characters that show nothing by themselves change what is seen. */
const MEANT = [
  `(?<=[\\p{L}\\p{M}])(?<=[${JOINING}])(?:\\u200c(?=[\\p{L}\\p{M}])|\\u200d)`,
  '(?<=[\\p{Extended_Pictographic}\\p{Emoji_Modifier}\\ufe0f])\\u200d(?=\\p{Extended_Pictographic})',
  '(?<=\\p{Extended_Pictographic})[\\ufe0e\\ufe0f]',
  '(?<=[#*0-9])\\ufe0f(?=\\u20e3)',
  '(?<=\\p{Script=Han})[\\ufe00-\\ufe02\\u{e0100}-\\u{e01ef}]',
  '(?<=\\p{Script=Mongolian})[\\u180b-\\u180f]',
].join('|');

/** Pattern of one character that can be seen, or changes what is. Each position fits one alternative at most. */
export const SEEN = `[^${UNSEEN}]|${MEANT}`;

/** Pattern of a line of text: nothing in it is hidden, and there is more to it than blanks. */
export const LINE = `^(?!\\p{Zs}*$)(?:${SEEN})*$`;

const START_OF_SEEN = new RegExp(`(?:${SEEN})*`, 'uy');

/** The first character of a text that hides, by its code point, such as `U+200B`; undefined where none does. */
export function firstUnseen(text: string): string | undefined {
  START_OF_SEEN.lastIndex = 0;
  START_OF_SEEN.test(text);
  const hidden = text.codePointAt(START_OF_SEEN.lastIndex);
  return hidden === undefined ? undefined : `U+${hidden.toString(16).toUpperCase().padStart(4, '0')}`;
}
