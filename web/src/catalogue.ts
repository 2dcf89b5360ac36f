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

const SKUS_PER_REQUEST = 100;

/** Stock by SKU; null while it is being counted. A page is useful without it, so a failure leaves it empty. */
export function useAvailability(skus: readonly string[]): ReadonlyMap<string, number | null> {
  const [available, setAvailable] = useState<ReadonlyMap<string, number | null>>(new Map());
  const key = skus.join(',');
  useEffect(() => {
    let wanted = true;
    const missing = [...new Set(skus)].filter((sku) => !available.has(sku));
    for (let start = 0; start < missing.length; start += SKUS_PER_REQUEST) {
      fetchAvailability(missing.slice(start, start + SKUS_PER_REQUEST)).then(
        (found) => {
          if (wanted) setAvailable((known) => new Map([...known, ...found]));
        },
        () => undefined,
      );
    }
    return () => {
      wanted = false;
    };
    // `skus` is told apart by its key.
  }, [key]);
  return available;
}

async function fetchAvailability(sku: string[]): Promise<[string, number | null][]> {
  const { items } = await ask(api.GET('/availability', { params: { query: { sku } } }));
  return items.map((it) => [it.sku, it.available]);
}
