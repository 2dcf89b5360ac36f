import { type ComponentChildren, createContext } from 'preact';
import { useContext, useEffect, useMemo, useState } from 'preact/hooks';
import type { Category, Money, Option, StoreConfig } from './api/client';
import { en, type Texts } from './i18n/en';
import { zh } from './i18n/zh';
import { moneyFormat } from './money-format';

const TEXTS: Readonly<Record<string, Texts>> = { en, zh };
const LANGUAGE_KEY = 'shop.language';

export interface Shop {
  readonly config: StoreConfig;
  readonly language: string;
  readonly languages: readonly { readonly tag: string; readonly texts: Texts }[];
  readonly texts: Texts;
  readonly setLanguage: (language: string) => void;
  readonly money: (amount: Money) => string;
  readonly dateTime: (iso: string) => string;
  /** Catalogues often write categories in small letters, as keys. */
  readonly categoryName: (category: Category) => string;
  /** A text in the visitor's language where the catalogue has it. */
  readonly localise: (item: Localisable, field: 'name' | 'description') => string;
  /** The same for what tells a variant from the others. */
  readonly optionsOf: (item: Varied) => readonly Option[];
  /** The options in words, such as "Size: M"; empty where there are none. */
  readonly optionWords: (item: Varied) => string;
  /** A name, and which variant of it. */
  readonly fullName: (name: string, item: Varied) => string;
}

interface Varied {
  readonly options: readonly Option[];
  readonly translations?: Readonly<Record<string, { readonly options?: readonly Option[] }>>;
}

interface Localisable {
  readonly name: string;
  readonly description?: string;
  readonly translations?: Readonly<Record<string, { readonly name?: string; readonly description?: string }>>;
}

const ShopContext = createContext<Shop | undefined>(undefined);

/** The shop's settings, and everything that depends on the visitor's language. */
export function useShop(): Shop {
  const shop = useContext(ShopContext);
  if (!shop) throw new Error('useShop is called outside ShopProvider.');
  return shop;
}

export function ShopProvider({ config, children }: { config: StoreConfig; children: ComponentChildren }) {
  const [language, setLanguage] = useState(() => preferredLanguage(config.languages, config.defaultLanguage));
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  const shop = useMemo(
    () =>
      makeShop(config, language, (next) => {
        localStorage.setItem(LANGUAGE_KEY, next);
        setLanguage(next);
      }),
    [config, language],
  );
  return <ShopContext.Provider value={shop}>{children}</ShopContext.Provider>;
}

/** What the visitor chose before, else what the browser asks for, else the shop's default. */
export function preferredLanguage(offered: readonly string[], fallback: string): string {
  const wanted = [localStorage.getItem(LANGUAGE_KEY) ?? '', ...navigator.languages];
  for (const tag of wanted) {
    const found = offered.find((it) => it === tag) ?? offered.find((it) => it === tag.split('-')[0]);
    if (found) return found;
  }
  return fallback;
}

export function textsOf(language: string): Texts {
  return TEXTS[language] ?? TEXTS[language.split('-')[0]] ?? en;
}

function makeShop(config: StoreConfig, language: string, setLanguage: (language: string) => void): Shop {
  const locale = regional(language);
  const dateTime = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeStyle: 'short' });
  const localise: Shop['localise'] = (item, field) => item.translations?.[language]?.[field] ?? item[field] ?? '';
  const texts = textsOf(language);
  const optionsOf: Shop['optionsOf'] = (item) => item.translations?.[language]?.options ?? item.options;
  const optionWords: Shop['optionWords'] = (item) =>
    optionsOf(item)
      .map(({ name, value }) => texts.option(name, value))
      .join(texts.comma);
  return {
    config,
    language,
    languages: config.languages.map((tag) => ({ tag, texts: textsOf(tag) })),
    texts,
    setLanguage,
    money: moneyFormat(locale),
    dateTime: (iso) => dateTime.format(new Date(iso)),
    localise,
    optionsOf,
    optionWords,
    fullName: (name, item) => [name, optionWords(item)].filter(Boolean).join(texts.comma),
    categoryName: (category) => {
      const name = localise(category, 'name');
      return name.charAt(0).toLocaleUpperCase(locale) + name.slice(1);
    },
  };
}

/** The visitor's own variety of the language, since dates and money differ: `en-GB` for `en`. */
function regional(language: string): string {
  return navigator.languages.find((it) => it.split('-')[0] === language) ?? language;
}
