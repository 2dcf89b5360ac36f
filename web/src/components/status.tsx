import type { ComponentChildren } from 'preact';
import type { ShopProblem } from '../api/client';
import { problemWords } from '../i18n/problem-words';
import { useShop } from '../shop';
import { PageHeading } from './page-heading';

/** What a page shows until its content is there; it appears only when that takes noticeably long. */
export function Loading() {
  const { texts } = useShop();
  return (
    <p class="loading" role="status">
      {texts.loading}
    </p>
  );
}

/** A page that could not be loaded. */
export function Failed({ problem, retry }: { problem: ShopProblem; retry: () => void }) {
  const { texts } = useShop();
  return (
    <div class="page narrow">
      <PageHeading title={texts.problemTitle} />
      <p role="alert">{problemWords(texts, problem)}</p>
      <p class="actions">
        <button type="button" class="button" onClick={retry}>
          {texts.tryAgain}
        </button>
        <a class="button quiet" href="/">
          {texts.toHome}
        </a>
      </p>
    </div>
  );
}

/** Something the customer has to know before going on. */
export function Notice({
  kind,
  title,
  children,
}: {
  kind: 'bad' | 'good';
  title?: string;
  children: ComponentChildren;
}) {
  return (
    <div class={`notice ${kind}`} role={kind === 'bad' ? 'alert' : undefined}>
      {title && <strong>{title}</strong>}
      <div>{children}</div>
    </div>
  );
}
