/** Addresses of the pages. */
export const pathOf = {
  /** @param sku which of its variants; left out where there is one only */
  product: (id: string, sku?: string) =>
    `/products/${encodeURIComponent(id)}${sku ? `?${new URLSearchParams({ sku })}` : ''}`,
  order: (id: string) => `/orders/${encodeURIComponent(id)}`,
  products: (query: Readonly<Record<string, string | undefined>>) => {
    const set = Object.entries(query).filter((entry): entry is [string, string] => Boolean(entry[1]));
    return set.length > 0 ? `/products?${new URLSearchParams(set)}` : '/products';
  },
};
