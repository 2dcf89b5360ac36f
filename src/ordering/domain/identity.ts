import { createHash, randomBytes } from 'node:crypto';

/** Crockford's base 32: no I, L, O or U, which are misread or misheard. */
const DIGITS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** Digits of an order's number before the check character: 65 bits. */
const NUMBER_DIGITS = 13;

/** 128 random bits. Whoever knows the id may change and order the cart, so it is never stored. */
export function newCartId(): string {
  return randomBytes(16).toString('base64url');
}

/** What a cart is stored under. It leads neither to the cart nor to its order. */
export function cartKeyOf(cartId: string): string {
  return hash(`cart:${cartId}`);
}

/**
 * Id of the order that a cart becomes. It does not lead back to the cart: who knows an order's id may look at the order
 * and do nothing else.
 */
export function orderIdOf(cartId: string): string {
  return hash(`order:${cartId}`);
}

/**
 * A number for people to read out: `SO-`, the first 65 bits of the order's id, and a check character. It is the order's
 * key, so no two orders have the same; the 67 bits that it leaves out keep the id a secret.
 */
export function orderNumberOf(orderId: string): string {
  const bits = BigInt(`0x${Buffer.from(orderId, 'base64url').toString('hex')}`) >> BigInt(128 - 5 * NUMBER_DIGITS);
  const digits = Array.from({ length: NUMBER_DIGITS }, (_, place) => {
    const shift = BigInt(5 * (NUMBER_DIGITS - 1 - place));
    return DIGITS[Number((bits >> shift) & 31n)];
  }).join('');
  const all = digits + checkCharacter(digits);
  return `SO-${all.slice(0, 5)}-${all.slice(5, 10)}-${all.slice(10)}`;
}

/**
 * Luhn's algorithm for an alphabet of 32: one wrong character is always told, and two neighbours exchanged are, but for
 * 0 and Z.
 */
export function checkCharacter(digits: string): string {
  const sum = [...digits].reverse().reduce((total, digit, place) => {
    const addend = DIGITS.indexOf(digit) * (place % 2 === 0 ? 2 : 1);
    return total + Math.floor(addend / DIGITS.length) + (addend % DIGITS.length);
  }, 0);
  return DIGITS[(DIGITS.length - (sum % DIGITS.length)) % DIGITS.length];
}

/** Names one change of a cart, so that it is recognised when its reply was lost. */
export function newWriteToken(): string {
  return randomBytes(8).toString('base64url');
}

/** The same for the same request with the same key. */
export function writeTokenOf(idempotencyKey: string, request: unknown): string {
  return hash(`write:${idempotencyKey}\n${canonicalJson(request)}`).slice(0, 11);
}

/** What guests' orders are listed by. Letter case counts nowhere that mail is delivered today. */
export function mailHashOf(address: string): string {
  return hash(`mail:${address.toLowerCase()}`);
}

/** Equal for requests that mean the same, however their members are ordered. */
export function fingerprintOf(key: string, body: unknown): { key: string; body: string } {
  return { key: hash(`key:${key}`), body: hash(`body:${canonicalJson(body)}`) };
}

/** 132 bits in 22 characters. */
function hash(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 22);
}

function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, member) =>
    member !== null && typeof member === 'object' && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}
