import { createHash, randomBytes } from 'node:crypto';

/** Crockford's base 32: no I, L, O or U, which are misread or misheard. */
const DIGITS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** 128 random bits. Whoever knows the id may change and order the cart, so it is never stored. */
export function newCartId(): string {
  return randomBytes(16).toString('base64url');
}

/**
 * Id of the order that a cart becomes, by which the cart is stored as well. It does not lead back to the cart:
 * who knows an order's id may look at the order and do nothing else.
 */
export function orderIdOf(cartId: string): string {
  return hash(`order:${cartId}`).toString('base64url').slice(0, 22);
}

/** A number for people to read out: `SO-` and 40 bits. Not unique for certain, and no key to anything. */
export function orderNumberOf(orderId: string): string {
  const bits = hash(`number:${orderId}`).readUIntBE(0, 5);
  const digits = Array.from({ length: 8 }, (_, index) => DIGITS[Math.floor(bits / 32 ** (7 - index)) % 32]);
  return `SO-${digits.join('')}`;
}

/** Equal for requests that mean the same, however their members are ordered. */
export function fingerprintOf(key: string, body: unknown): { key: string; body: string } {
  return { key: hash(key).toString('base64url'), body: hash(canonicalJson(body)).toString('base64url') };
}

function hash(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, member) =>
    member !== null && typeof member === 'object' && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}
