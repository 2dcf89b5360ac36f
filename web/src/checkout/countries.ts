import { COUNTRY_CODES } from '../api/rules.generated';

export interface Country {
  readonly code: string;
  readonly name: string;
}

/** All countries, named and sorted as the language does. */
export function countries(language: string): Country[] {
  const names = new Intl.DisplayNames(language, { type: 'region' });
  const { compare } = new Intl.Collator(language);
  return COUNTRY_CODES.map((code) => ({ code, name: names.of(code) ?? code })).sort((a, b) => compare(a.name, b.name));
}

export function countryName(language: string, code: string): string {
  return new Intl.DisplayNames(language, { type: 'region' }).of(code) ?? code;
}

/** The country of the browser's own language setting, when that names one. */
export function likelyCountry(): string | undefined {
  return navigator.languages.map((it) => new Intl.Locale(it).region).find((it) => it && COUNTRY_CODES.includes(it));
}
