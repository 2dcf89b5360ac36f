/** How texts become the terms of an inverted index, and queries the terms to look for. */

/** Scripts that put no spaces between words. */
const UNSPACED = '\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}';
const RUNS = new RegExp(`([${UNSPACED}]+)|(?:(?![${UNSPACED}])[\\p{L}\\p{N}])+`, 'gu');

interface Run {
  readonly text: string;
  readonly spaced: boolean;
}

/** One word of a query: terms of which at least `needed` must be found. */
export interface QueryWord {
  readonly terms: readonly string[];
  readonly needed: number;
}

/** Lower case, without accents, width or apostrophes. */
export function fold(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/[\p{M}'’]/gu, '')
    .toLowerCase();
}

/** The terms under which a text is found. */
export function termsOf(text: string): string[] {
  return runs(text).flatMap((run) => (run.spaced ? forms(run.text) : [...grams(run.text), lastCharacter(run.text)]));
}

/**
 * The words of a query. Of a run of Chinese only half the pairs need to be found: those across two words, such as
 * 色背 of 红色背包, often stand in no text.
 */
export function queryWords(query: string): QueryWord[] {
  return runs(query).map(({ text, spaced }) => {
    if (spaced) return { terms: forms(text), needed: 1 };
    const terms = [...new Set(grams(text))];
    return { terms, needed: Math.ceil(terms.length / 2) };
  });
}

function runs(text: string): Run[] {
  return Array.from(fold(text).matchAll(RUNS), ([run, unspaced]) => ({ text: run, spaced: unspaced === undefined }));
}

/** A word as it stands, and its English singular. */
function forms(word: string): string[] {
  const singular = singularOf(word);
  return singular === word ? [word] : [word, singular];
}

function singularOf(word: string): string {
  if (word.length < 4 || !/[^su]s$/.test(word)) return word;
  if (/[^aeiou]ies$/.test(word)) return `${word.slice(0, -3)}y`;
  if (/(s|x|z|ch|sh)es$/.test(word)) return word.slice(0, -2);
  return word.slice(0, -1);
}

/** Pairs of neighbouring characters; of a single character, itself. */
function grams(run: string): string[] {
  const characters = [...run];
  if (characters.length === 1) return characters;
  return characters.slice(1).map((character, index) => characters[index] + character);
}

/** So that a query of one character finds it at the end of a run too, where no pair begins with it. */
function lastCharacter(run: string): string {
  return [...run].at(-1) ?? '';
}
