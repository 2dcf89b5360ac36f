import type { CheckoutRequest, Money, ShopProblem } from '../api/client';
import type { Texts } from '../i18n/en';
import { line } from './line';

/** The fields by name; a name is the field's place in the request, as the service's error pointers say it. */
export const FIELDS = [
  'contact/name',
  'contact/email',
  'contact/phone',
  'address/line1',
  'address/line2',
  'address/city',
  'address/postalCode',
  'address/region',
  'address/country',
] as const;

export type FieldName = (typeof FIELDS)[number];
export type Faults = Partial<Record<FieldName, string>>;

export const EMAIL = '[^@\\s]+@[^@\\s]+\\.[^@\\s]+';
export const PHONE = '\\+?[0-9][0-9 ()./\\-]{3,28}[0-9]';

/** What the browser finds wrong with the fields. */
export function faultsOf(form: HTMLFormElement, texts: Texts): Faults {
  const faults: Faults = {};
  for (const name of FIELDS) {
    const field = form.elements.namedItem(name) as HTMLInputElement;
    const missing = field.required && line(field.value) === '';
    if (missing) faults[name] = texts.faultMissing;
    else if (!field.validity.valid) faults[name] = wordsFor(name, texts);
  }
  return faults;
}

/** What the service found wrong with the fields. */
export function faultsFrom({ document }: ShopProblem, texts: Texts): Faults {
  const faults: Faults = {};
  for (const { pointer } of document.errors ?? []) {
    const name = FIELDS.find((it) => pointer === `/body/${it}`);
    if (name) faults[name] = wordsFor(name, texts);
  }
  return faults;
}

function wordsFor(name: FieldName, texts: Texts): string {
  if (name === 'contact/email') return texts.faultEmail;
  return name === 'contact/phone' ? texts.faultPhone : texts.faultOther;
}

/** The request that the form describes. Fields left empty are left out. */
export function requestOf(form: HTMLFormElement, language: string, expectedTotal: Money): CheckoutRequest {
  const values = new FormData(form);
  const group = (prefix: string) =>
    Object.fromEntries(
      FIELDS.filter((it) => it.startsWith(prefix))
        .map((it) => [it.slice(prefix.length), line(String(values.get(it) ?? ''))] as const)
        .filter(([, value]) => value !== ''),
    );
  return {
    contact: group('contact/') as unknown as CheckoutRequest['contact'],
    address: group('address/') as unknown as CheckoutRequest['address'],
    payment: { method: 'cash_on_delivery' },
    language,
    expectedTotal,
  };
}
