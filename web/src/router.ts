import { useEffect, useState } from 'preact/hooks';

export interface Route {
  readonly path: string;
  readonly query: URLSearchParams;
}

interface EntryState {
  readonly scrollY?: number;
  /** What the page that navigated wants to tell the next one. */
  readonly note?: string;
}

let current = read();
const listeners = new Set<(route: Route) => void>();

function read(): Route {
  return { path: location.pathname, query: new URLSearchParams(location.search) };
}

/** The address of the page, drawn anew when it changes. */
export function useRoute(): Route {
  const [route, setRoute] = useState(current);
  useEffect(() => {
    listeners.add(setRoute);
    setRoute(current);
    return () => {
      listeners.delete(setRoute);
    };
  }, []);
  return route;
}

export function navigate(to: string, options: { replace?: boolean; note?: string } = {}): void {
  const state: EntryState = { note: options.note };
  if (options.replace) {
    history.replaceState(state, '', to);
  } else {
    rememberScroll();
    history.pushState(state, '', to);
  }
  change();
  if (!options.replace) scrollTo(0, 0);
}

/** What the page before left for this one. */
export function noteOfEntry(): string | undefined {
  return (history.state as EntryState | null)?.note;
}

/** Where this page was scrolled to when it was left. */
export function scrollOfEntry(): number {
  return (history.state as EntryState | null)?.scrollY ?? 0;
}

/** Makes plain links move between pages without loading a document, and keeps the place on pages gone back to. */
export function startRouter(): void {
  history.scrollRestoration = 'manual';
  addEventListener('popstate', change);
  addEventListener('pagehide', rememberScroll);
  let timer: ReturnType<typeof setTimeout> | undefined;
  addEventListener(
    'scroll',
    () => {
      clearTimeout(timer);
      timer = setTimeout(rememberScroll, 100);
    },
    { passive: true },
  );
  document.addEventListener('click', followLink);
}

function followLink(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0) return;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = (event.target as Element).closest('a');
  if (!link || link.target || link.hasAttribute('download') || link.origin !== location.origin) return;
  if (link.hash && link.pathname === location.pathname) return;
  // Files at the top have an ending; ids of products may hold dots as well, but are deeper.
  if (/^\/[^/]+\.[a-z]+$/.test(link.pathname)) return;
  event.preventDefault();
  navigate(link.pathname + link.search);
}

function rememberScroll(): void {
  history.replaceState({ ...(history.state as EntryState | null), scrollY }, '');
}

function change(): void {
  current = read();
  for (const listener of listeners) listener(current);
}
