import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { announce } from '../announce';
import type { ProductPage, ShopProblem, Sort } from '../api/client';
import { fetchProducts, type ProductQuery, useAvailability, useCategories, useProducts } from '../catalogue';
import { PageHeading } from '../components/page-heading';
import { ProductGrid } from '../components/product-card';
import { Failed, Loading, Notice } from '../components/status';
import { pathOf } from '../paths';
import { recall, remember } from '../resource';
import { navigate } from '../router';
import { type Shop, useShop } from '../shop';
import { skusToLookUp } from '../sold-out';

const SORTS: readonly Sort[] = ['relevance', 'name', 'price', '-price'];

export function ProductsPage({ query: sent }: { query: URLSearchParams }) {
  const query = readQuery(sent);
  const key = JSON.stringify(query);
  const products = useProducts(query);
  if (products.state === 'loading') return <Loading />;
  if (products.state === 'failed') return <Failed {...products} />;
  return <ProductList key={key} query={query} first={products.data} />;
}

function readQuery(sent: URLSearchParams): ProductQuery {
  const sort = sent.get('sort') as Sort | null;
  return {
    category: sent.get('category') || undefined,
    q: sent.get('q')?.slice(0, 200) || undefined,
    sort: sort && SORTS.includes(sort) ? sort : undefined,
  };
}

function ProductList({ query, first }: { query: ProductQuery; first: ProductPage }) {
  const shop = useShop();
  const { texts } = shop;
  const list = useMore(query, first, texts.shownOf);
  const available = useAvailability(skusToLookUp(list.page.items));
  const title = useTitle(shop, query);
  const { items, total, next } = list.page;
  return (
    <div class="page list-page">
      <div class="page-heading">
        <PageHeading title={title} />
        <p class="muted">{texts.products(total)}</p>
      </div>
      <CategoryFilter query={query} />
      <div class="list">
        {total > 0 && <SortChoice query={query} />}
        {total === 0 ? (
          <div class="empty">
            <h2>{texts.nothingFound}</h2>
            <p>{texts.nothingFoundHint}</p>
            <a class="button quiet" href="/products">
              {query.q ? texts.clearSearch : texts.browseAll}
            </a>
          </div>
        ) : (
          <ProductGrid products={items} available={available} />
        )}
        {total > 0 && (
          <div class="more">
            <p class="muted">{texts.shownOf(items.length, total)}</p>
            <progress max={total} value={items.length} aria-hidden="true" />
            {list.problem && <Notice kind="bad">{texts.problems[list.problem.code]}</Notice>}
            {next && (
              <button type="button" class="button" disabled={list.loading} onClick={list.loadMore}>
                {list.loading ? texts.loading : texts.loadMore}
              </button>
            )}
          </div>
        )}
      </div>
    </div>
  );
}

/** The pages loaded so far as one; they are still there when the visitor comes back to the list. */
function useMore(query: ProductQuery, first: ProductPage, words: (shown: number, total: number) => string) {
  const key = `list ${JSON.stringify(query)}`;
  const [page, setPage] = useState(() => recall<ProductPage>(key) ?? first);
  const [loading, setLoading] = useState(false);
  const [problem, setProblem] = useState<ShopProblem>();
  useEffect(() => remember(key, page), [key, page]);

  const loadMore = async () => {
    setLoading(true);
    setProblem(undefined);
    try {
      const more = await fetchProducts(query, page.next as string);
      const items = [...page.items, ...more.items];
      setPage({ ...more, items });
      announce(words(items.length, more.total));
    } catch (error) {
      setProblem(error as ShopProblem);
    } finally {
      setLoading(false);
    }
  };
  return { page, loading, problem, loadMore };
}

function useTitle({ texts, categoryName }: Shop, { category, q }: ProductQuery): string {
  const categories = useCategories();
  if (q) return texts.resultsFor(q);
  if (!category) return texts.allProducts;
  const found = categories.state === 'ready' ? categories.data.find((it) => it.id === category) : undefined;
  return found ? categoryName(found) : category;
}

function CategoryFilter({ query }: { query: ProductQuery }) {
  const { texts, categoryName } = useShop();
  const categories = useCategories();
  const { q, sort } = query;
  const list = useRef<HTMLUListElement>(null);
  const { state } = categories;
  // On a phone the categories are one long row; begin where the chosen one is.
  useLayoutEffect(() => {
    const row = list.current;
    const chosen = row?.querySelector<HTMLElement>('[aria-current]');
    if (row && chosen) row.scrollLeft = chosen.offsetLeft - (row.clientWidth - chosen.offsetWidth) / 2;
  }, [query.category, state]);
  const link = (category: string | undefined, name: string) => (
    <a href={pathOf.products({ category, q, sort })} aria-current={category === query.category ? 'true' : undefined}>
      {name}
    </a>
  );
  return (
    <nav class="filter" aria-label={texts.categories}>
      <ul ref={list}>
        <li>{link(undefined, texts.allCategories)}</li>
        {categories.state === 'ready' &&
          categories.data.map((it) => <li key={it.id}>{link(it.id, categoryName(it))}</li>)}
      </ul>
    </nav>
  );
}

function SortChoice({ query }: { query: ProductQuery }) {
  const { texts } = useShop();
  const names: Record<Sort, string> = {
    relevance: texts.sortRelevance,
    name: texts.sortName,
    price: texts.sortPriceUp,
    '-price': texts.sortPriceDown,
  };
  const offered = SORTS.filter((it) => it !== 'relevance' || query.q);
  return (
    <p class="sort">
      <label for="sort">{texts.sortBy}</label>
      <select
        id="sort"
        value={query.sort ?? offered[0]}
        onChange={(event) => {
          const { category, q } = query;
          navigate(pathOf.products({ category, q, sort: event.currentTarget.value }), { replace: true });
        }}
      >
        {offered.map((it) => (
          <option key={it} value={it}>
            {names[it]}
          </option>
        ))}
      </select>
    </p>
  );
}
