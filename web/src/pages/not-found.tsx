import { PageHeading } from '../components/page-heading';
import { useShop } from '../shop';

export function NotFoundPage({ why }: { why?: string }) {
  const { texts } = useShop();
  return (
    <div class="page narrow">
      <PageHeading title={texts.notFound} />
      <p>{why ?? texts.notFoundHint}</p>
      <p class="actions">
        <a class="button" href="/">
          {texts.toHome}
        </a>
        <a class="button quiet" href="/products">
          {texts.browseAll}
        </a>
      </p>
    </div>
  );
}
