/** Names that Storefront and its functions agree on. Literals only. */

/** JSON of the answer to `GET /config`. */
export const STORE_CONFIG_ENV = { CONFIG: 'STORE_CONFIG' } as const;

/** Where the image pipeline writes the summaries of photos. */
export const STORE_PHOTOS_ENV = { BUCKET: 'PHOTOS_BUCKET', SUMMARIES: 'PHOTOS_SUMMARY_PREFIX' } as const;
