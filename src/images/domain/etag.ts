/** Stores write ETags in quotes, which are no part of them. */
export function bare(etag: string): string {
  return etag.replaceAll('"', '');
}
