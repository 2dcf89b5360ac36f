import { Refusal } from '../../runtime/refusal';
import type { CatalogIndex, CategorySummary } from './catalog-index';
import { Listing, type ListRequest, type Page } from './listing';
import type { Product } from './product';
import type { ProductLines } from './product-lines';
import { Search } from './search';

/** One published version, in memory. */
export class Catalog {
  readonly categories: readonly CategorySummary[];
  private readonly listing: Listing;

  constructor(
    private readonly lines: ProductLines,
    index: CatalogIndex,
  ) {
    this.categories = index.categories;
    this.listing = new Listing(lines, index, new Search(index));
  }

  /** @throws Refusal `invalid_cursor` */
  page(request: ListRequest): Page {
    return this.listing.page(request);
  }

  /** @throws Refusal `product_not_found` */
  product(id: string): Product {
    const product = this.lines.find(id);
    if (!product) throw new Refusal('product_not_found', 'There is no such product.');
    return product;
  }
}
