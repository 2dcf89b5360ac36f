import { SEEN } from '../api/rules.generated';

const CHARACTERS = new RegExp(SEEN, 'gu');

/**
 * A line of text as the service takes it. What cannot be seen comes with copied text and is left out: nobody could find
 * it to delete it.
 */
export function line(text: string): string {
  const seen = text.replaceAll(/\p{Cc}+/gu, ' ').match(CHARACTERS) ?? [];
  return seen.join('').trim();
}
