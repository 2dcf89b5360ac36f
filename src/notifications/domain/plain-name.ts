const MOST_CHARACTERS = 40;
const MOST_WORDS = 4;

/** Words of letters, joined by a hyphen, an apostrophe or a middle dot; initials and `Dr.` end in a full stop. */
const WORD = /^(?:\p{L}[\p{L}\p{M}]*(?:['’ʼ‐\-·・]\p{L}[\p{L}\p{M}]*)*|(?:\p{L}\.)+|\p{L}{2,4}\.)$/u;

const IGNORABLE = /\p{Default_Ignorable_Code_Point}/u;

/** Writings that a name may be in. Where words are not parted by blanks, a sentence is one word: such names are short. */
const WRITINGS = [
  /^(?:\p{Script=Latin}|\p{M})+$/u,
  /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}ー]{1,8}$/u,
  /^[\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]{1,24}$/u,
  /^[^\p{Script=Latin}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]+$/u,
];

/**
 * What a stranger gave as the name of a person or a town, if it reads like one: a few words of letters in one writing.
 * Undefined for links, addresses, numbers, sentences and whatever else may be an advertisement, and for some names.
 */
export function plainName(text = ''): string | undefined {
  const name = text.normalize('NFC').trim();
  const words = name.split(/ +/);
  const letters = name.replace(/[^\p{L}\p{M}]|ʼ/gu, '');
  const isPlain =
    [...name].length <= MOST_CHARACTERS &&
    words.length <= MOST_WORDS &&
    words.every((word) => WORD.test(word)) &&
    !IGNORABLE.test(name) &&
    WRITINGS.some((writing) => writing.test(letters));
  return isPlain ? name : undefined;
}
