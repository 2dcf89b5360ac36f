/** Addresses of the pages. */
export const pathOf = {
  product: (id: string) => `/products/${encodeURIComponent(id)}`,
  order: (id: string) => `/orders/${encodeURIComponent(id)}`,
  products: (query: Readonly<Record<string, string | undefined>>) => {
    const set = Object.entries(query).filter((entry): entry is [string, string] => Boolean(entry[1]));
    return set.length > 0 ? `/products?${new URLSearchParams(set)}` : '/products';
  },
};
