import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { scrollOfEntry } from '../router';
import { useShop } from '../shop';

let firstPage = true;

/**
 * The heading of a page, drawn when its content is there: names the document, takes the focus so that keyboard and
 * screen reader begin here, and goes back to where the page was left.
 */
export function PageHeading({ title, children }: { title: string; children?: ComponentChildren }) {
  const { config } = useShop();
  const ref = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = title === config.name ? title : `${title} · ${config.name}`;
  }, [title, config.name]);
  useLayoutEffect(() => {
    if (!firstPage) ref.current?.focus({ preventScroll: true });
    firstPage = false;
    scrollTo(0, scrollOfEntry());
  }, []);
  return (
    <h1 ref={ref} tabIndex={-1}>
      {children ?? title}
    </h1>
  );
}
