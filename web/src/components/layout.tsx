import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Announcer } from '../announce';
import { useCart } from '../cart/cart';
import { pathOf } from '../paths';
import { navigate, useRoute } from '../router';
import { useShop } from '../shop';
import { BagIcon, SearchIcon } from './icons';
import { Notice } from './status';

/** What is around every page. */
export function Layout({ children }: { children: ComponentChildren }) {
  const { texts } = useShop();
  return (
    <>
      <a class="skip" href="#content">
        {texts.skipToContent}
      </a>
      <Header />
      <main id="content" tabIndex={-1}>
        <UnseenOrder />
        {children}
      </main>
      <Footer />
      <Announcer />
    </>
  );
}

function Header() {
  const { config, texts } = useShop();
  const { cart } = useCart();
  const count = cart?.itemCount ?? 0;
  return (
    <header class="site-header">
      <div class="bar">
        <a class="wordmark" href="/">
          {config.name}
        </a>
        <SearchForm />
        <nav class="tools" aria-label={texts.mainNavigation}>
          <a class="tool browse" href="/products">
            {texts.allProducts}
          </a>
          <LanguageSwitch />
          <a class="tool cart-link" href="/cart">
            <BagIcon />
            <span class="cart-word">{texts.cart}</span>
            {count > 0 && (
              <span>
                {' '}
                <span class="count">{count}</span> <span class="visually-hidden">{texts.itemWord(count)}</span>
              </span>
            )}
          </a>
        </nav>
      </div>
    </header>
  );
}

/** The way to an order whose page the visitor never saw, as when its answer was lost. */
function UnseenOrder() {
  const { texts } = useShop();
  const { ordered } = useCart();
  const { path } = useRoute();
  if (!ordered || path === pathOf.order(ordered)) return null;
  return (
    <div class="page unseen-order">
      <Notice kind="good">
        {texts.orderArrived} <a href={pathOf.order(ordered)}>{texts.toTheOrder}</a>
      </Notice>
    </div>
  );
}

function SearchForm() {
  const { texts } = useShop();
  const { path, query } = useRoute();
  const searched = path === '/products' ? (query.get('q') ?? '') : '';
  const [typed, setTyped] = useState(searched);
  useEffect(() => setTyped(searched), [searched]);
  return (
    <search class="search">
      <form
        action="/products"
        onSubmit={(event) => {
          event.preventDefault();
          navigate(pathOf.products({ q: typed.trim() }));
        }}
      >
        <label class="visually-hidden" for="q">
          {texts.searchProducts}
        </label>
        <input
          id="q"
          name="q"
          type="search"
          maxLength={200}
          placeholder={texts.searchProducts}
          value={typed}
          onInput={(event) => setTyped(event.currentTarget.value)}
        />
        <button type="submit" aria-label={texts.search}>
          <SearchIcon />
        </button>
      </form>
    </search>
  );
}

function LanguageSwitch() {
  const { language, languages, texts, setLanguage } = useShop();
  if (languages.length < 2) return null;
  return (
    <fieldset class="languages">
      <legend class="visually-hidden">{texts.language}</legend>
      {languages.map(({ tag, texts: own }) => (
        <button key={tag} type="button" lang={tag} aria-pressed={tag === language} onClick={() => setLanguage(tag)}>
          {own.name}
        </button>
      ))}
    </fieldset>
  );
}

function Footer() {
  const { config, texts } = useShop();
  const { contact } = config;
  return (
    <footer class="site-footer">
      <div class="bar">
        <p class="footer-name">{config.name}</p>
        {contact && (
          <address aria-label={texts.contactUs}>
            {contact.email && <a href={`mailto:${contact.email}`}>{contact.email}</a>}
            {contact.phone && <a href={`tel:${contact.phone.replaceAll(/[^+\d]/g, '')}`}>{contact.phone}</a>}
            {contact.address && <span>{contact.address}</span>}
          </address>
        )}
        <p>
          <a href="/licenses.txt">{texts.licences}</a>
        </p>
      </div>
    </footer>
  );
}
