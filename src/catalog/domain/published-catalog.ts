import { Problem } from '../../runtime/problem';
import { CATALOG_KEYS } from '../contract';
import { Listing, type ListRequest, type Page } from './listing';
import type { Objects } from './objects';
import type { Product } from './product';
import { SearchIndex } from './search-index';
import { type Pointer, parsePointer, readSnapshot, type Snapshot } from './snapshot';

/** How long readers may show the version before the current one. */
const RECHECK_AFTER_MS = 2000;

export interface CategorySummary {
  readonly id: string;
  readonly name: string;
  readonly productCount: number;
  readonly image: string | null;
  readonly translations?: Readonly<Record<string, { name: string }>>;
}

/** One published version, in memory. */
export class Catalog {
  readonly categories: readonly CategorySummary[];
  private readonly byId: ReadonlyMap<string, Product>;
  private readonly listing: Listing;
  private index?: SearchIndex;

  constructor({ products }: Snapshot) {
    this.byId = new Map(products.map((product) => [product.id, product]));
    this.categories = categoriesOf(products);
    this.listing = new Listing(products, (query) => {
      // Made by the first search: most environments answer lists and single products long before one.
      this.index ??= new SearchIndex(products);
      return this.index.search(query);
    });
  }

  /** @throws Problem 400 `invalid_cursor` */
  page(request: ListRequest): Page {
    return this.listing.page(request);
  }

  /** @throws Problem 404 `product_not_found` */
  product(id: string): Product {
    const product = this.byId.get(id);
    if (!product) throw new Problem(404, 'product_not_found', 'There is no such product.');
    return product;
  }
}

/** The current version, kept in memory as long as it is the current one. */
export class PublishedCatalog {
  private loaded?: { readonly pointer: Pointer; readonly etag: string; readonly catalog: Catalog };
  private checkedAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly objects: Objects,
    private readonly now: () => number,
  ) {}

  /** @throws Problem 503 `catalogue_unpublished` */
  async current(): Promise<Catalog> {
    const now = this.now();
    if (!this.loaded || now - this.checkedAt >= RECHECK_AFTER_MS) {
      this.loaded = await this.load();
      this.checkedAt = now;
    }
    return this.loaded.catalog;
  }

  private async load() {
    const found = this.loaded
      ? await this.objects.getIfChanged(CATALOG_KEYS.POINTER, this.loaded.etag)
      : await this.objects.get(CATALOG_KEYS.POINTER);
    if (found === 'unchanged' && this.loaded) return this.loaded;
    if (!found || found === 'unchanged') {
      throw new Problem(
        503,
        'catalogue_unpublished',
        'No catalogue has been published yet.',
        {},
        { 'retry-after': '5' },
      );
    }
    const pointer = parsePointer(found.body);
    return { pointer, etag: found.etag, catalog: new Catalog(await readSnapshot(this.objects, pointer)) };
  }
}

/** A category is what products say it is; its translations and photo are those of its first product that has them. */
function categoriesOf(products: readonly Product[]): CategorySummary[] {
  const groups = new Map<string, Product[]>();
  for (const product of products) {
    const group = groups.get(product.category);
    if (group) group.push(product);
    else groups.set(product.category, [product]);
  }
  return [...groups]
    .map(([id, group]) => {
      const translations = categoryNames(group);
      return {
        id,
        name: id,
        productCount: group.length,
        image: group.find(({ image }) => image !== null)?.image ?? null,
        ...(Object.keys(translations).length > 0 ? { translations } : {}),
      };
    })
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}

function categoryNames(products: readonly Product[]): Record<string, { name: string }> {
  const names: Record<string, { name: string }> = {};
  for (const { translations = {} } of products) {
    for (const [language, { category }] of Object.entries(translations)) {
      if (category) names[language] ??= { name: category };
    }
  }
  return names;
}
