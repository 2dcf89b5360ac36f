/**
 * The key of the original that a message is about: S3's event by way of EventBridge, or just `{"key": "..."}`.
 *
 * @throws when it is neither
 */
export function keyOf(message: string): string {
  const { key, detail } = JSON.parse(message);
  const found = key ?? detail?.object?.key;
  if (typeof found !== 'string' || found === '') throw new TypeError('The message names no object.');
  return found;
}
