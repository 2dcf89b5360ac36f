import type { Product } from '../../../src/catalog/domain/product';

/** A product with what matters to a test; the rest is plain. */
export function product(id: string, members: Partial<Product> & { readonly amount?: number } = {}): Product {
  const { amount = 100, ...given } = members;
  return {
    id,
    sku: id,
    name: id,
    description: '',
    category: 'things',
    price: { amount, currency: 'USD' },
    image: null,
    active: true,
    ...given,
  };
}
