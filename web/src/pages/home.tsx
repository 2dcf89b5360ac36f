import type { Category } from '../api/client';
import { useCategories, useProducts } from '../catalogue';
import { ArrowIcon } from '../components/icons';
import { PageHeading } from '../components/page-heading';
import { Photo } from '../components/photo';
import { ProductGrid } from '../components/product-card';
import { Failed, Loading } from '../components/status';
import { pathOf } from '../paths';
import { useShop } from '../shop';

const SHELVES = 3;
const PRODUCTS_PER_SHELF = 4;

export function HomePage() {
  const { config, texts } = useShop();
  const categories = useCategories();
  if (categories.state === 'loading') return <Loading />;
  if (categories.state === 'failed') return <Failed {...categories} />;
  const largest = [...categories.data].sort((a, b) => b.productCount - a.productCount).slice(0, SHELVES);
  return (
    <div class="page home">
      <section class="hero">
        <div class="hero-words">
          <PageHeading title={config.name} />
          <p class="hero-lead">{texts.homeLead}</p>
          <a class="button large" href="/products">
            {texts.browseAll} <ArrowIcon />
          </a>
        </div>
        <div class="hero-art" aria-hidden="true">
          {largest.map(({ id, image }) => (
            <Photo key={id} image={image ?? null} seed={`${config.name} ${id}`} alt="" sizes="18rem" side={280} eager />
          ))}
        </div>
      </section>
      <section aria-labelledby="categories">
        <h2 id="categories">{texts.categories}</h2>
        <ul class="categories">
          {categories.data.map((category) => (
            <li key={category.id}>
              <CategoryTile category={category} />
            </li>
          ))}
        </ul>
      </section>
      {largest.map((category) => (
        <Shelf key={category.id} category={category} />
      ))}
    </div>
  );
}

function CategoryTile({ category }: { category: Category }) {
  const { texts, categoryName } = useShop();
  return (
    <a class="category" href={pathOf.products({ category: category.id })}>
      <Photo
        image={category.image ?? null}
        seed={category.id}
        alt=""
        sizes="(min-width: 36rem) 12rem, 33vw"
        side={160}
      />
      <span class="category-name">{categoryName(category)}</span>
      <span class="muted">{texts.products(category.productCount)}</span>
    </a>
  );
}

function Shelf({ category }: { category: Category }) {
  const { texts, categoryName } = useShop();
  const products = useProducts({ category: category.id, limit: PRODUCTS_PER_SHELF });
  if (products.state !== 'ready') return null;
  const name = categoryName(category);
  return (
    <section class="shelf-section" aria-labelledby={`shelf-${category.id}`}>
      <div class="section-heading">
        <h2 id={`shelf-${category.id}`}>{name}</h2>
        <a href={pathOf.products({ category: category.id })} aria-label={texts.seeAllOf(name)}>
          {texts.seeAll}
        </a>
      </div>
      <ProductGrid products={products.data.items} shelf />
    </section>
  );
}
