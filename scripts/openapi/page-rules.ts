import { SEEN } from '../../src/runtime/text';
import { list, resolve } from '../generator/json';
import type { ApiDocument } from './document';

/** What the pages need to know of the rules at run time, as their types are gone then. */
export function pageRules({ merged }: ApiDocument): string {
  const countries = list(resolve(merged, '#/components/schemas/CountryCode').enum);
  return `
/** Pattern, with the flag \`u\`, of a character that may stand in a line of text. */
export const SEEN =
  ${JSON.stringify(SEEN)};

/** ISO 3166-1 alpha-2. */
export const COUNTRY_CODES: readonly string[] = ${JSON.stringify(countries)};
`;
}
