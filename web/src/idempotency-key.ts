/** 128 random bits. `crypto.randomUUID` is missing where a page is not served by HTTPS. */
export function newKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((it) => it.toString(16).padStart(2, '0')).join('');
}
