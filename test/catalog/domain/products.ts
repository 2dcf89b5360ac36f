import { Catalog } from '../../../src/catalog/domain/catalog';
import { indexOf, readIndex, writeIndex } from '../../../src/catalog/domain/catalog-index';
import type { Product, Sku } from '../../../src/catalog/domain/product';
import { ProductLines } from '../../../src/catalog/domain/product-lines';

/** A product with what matters to a test; the rest is plain. */
export function product(id: string, members: Partial<Product> & { readonly amount?: number } = {}): Product {
  const { amount = 100, ...given } = members;
  return {
    id,
    name: id,
    description: '',
    category: 'things',
    image: null,
    active: true,
    skus: [sku(id, { amount })],
    ...given,
  };
}

export function sku(code: string, members: Partial<Sku> & { readonly amount?: number } = {}): Sku {
  const { amount = 100, ...given } = members;
  return { sku: code, options: [], price: { amount, currency: 'USD' }, image: null, active: true, ...given };
}

export function linesOf(products: readonly Product[]): ProductLines {
  return ProductLines.NONE.with(new Map(products.map((product) => [product.id, product])));
}

/** The products as readers have them: their index went through a file. */
export function catalogOf(products: readonly Product[]): Catalog {
  const lines = linesOf(products);
  const index = readIndex(writeIndex(indexOf(lines)));
  if (!index) throw new Error('The index is of another form than it was written in.');
  return new Catalog(lines, index);
}
