import { useEffect, useState } from 'preact/hooks';
import { api, ask, type Category, type ProductPage, type Sort } from './api/client';
import { type Resource, useResource } from './resource';

export interface ProductQuery {
  readonly category?: string;
  readonly q?: string;
  readonly sort?: Sort;
  readonly limit?: number;
}

export function fetchProducts(query: ProductQuery, cursor?: string): Promise<ProductPage> {
  return ask(api.GET('/products', { params: { query: { ...query, cursor } } }));
}

/** The first products that answer a query. */
export function useProducts(query: ProductQuery | undefined): Resource<ProductPage> {
  return useResource(query && `products ${JSON.stringify(query)}`, () => fetchProducts(query as ProductQuery));
}

export function useCategories(): Resource<Category[]> {
  return useResource('categories', async () => (await ask(api.GET('/categories'))).items);
}

const MAX_SKUS = 100;

/** Stock by SKU. A page is useful without it, so a failure leaves it empty. */
export function useAvailability(skus: readonly string[]): ReadonlyMap<string, number> {
  const [available, setAvailable] = useState<ReadonlyMap<string, number>>(new Map());
  const key = skus.join(',');
  useEffect(() => {
    let wanted = true;
    const missing = skus.filter((sku) => !available.has(sku)).slice(-MAX_SKUS);
    if (missing.length === 0) return undefined;
    ask(api.GET('/availability', { params: { query: { sku: missing } } })).then(
      ({ items }) => {
        if (wanted) setAvailable(new Map([...available, ...items.map((it) => [it.sku, it.available] as const)]));
      },
      () => undefined,
    );
    return () => {
      wanted = false;
    };
    // `skus` is told apart by its key.
  }, [key]);
  return available;
}
