const KILOBYTE = 1024;

/** Bytes of an item by DynamoDB's rules for what is stored and paid for; what is undefined is not stored. */
export function itemSize(item: Readonly<Record<string, unknown>>): number {
  return Object.entries(item).reduce(
    (bytes, [name, value]) => (value === undefined ? bytes : bytes + Buffer.byteLength(name) + sizeOf(value)),
    0,
  );
}

/** Write units of an item of so many bytes; one in a transaction counts twice. */
export function writeUnits(bytes: number, transactional = false): number {
  return Math.max(1, Math.ceil(bytes / KILOBYTE)) * (transactional ? 2 : 1);
}

function sizeOf(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (typeof value === 'number' || typeof value === 'bigint') return sizeOfNumber(String(value));
  if (typeof value !== 'object' || value === null) return 1;
  if (ArrayBuffer.isView(value)) return value.byteLength;
  if (value instanceof Set) return [...value].reduce((bytes, entry) => bytes + sizeOf(entry), 0);
  if (Array.isArray(value)) return value.reduce((bytes, entry) => bytes + 1 + sizeOf(entry), 3);
  const map = value instanceof Map ? Object.fromEntries(value) : (value as Record<string, unknown>);
  return 3 + Object.values(map).filter((entry) => entry !== undefined).length + itemSize(map);
}

/** About a byte for two significant digits, and one more; another for a minus. */
function sizeOfNumber(digits: string): number {
  return Math.ceil(digits.replace(/^-|\.|0+$/g, '').length / 2) + (digits < '0' ? 2 : 1);
}
