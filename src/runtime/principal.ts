/** Who sends a request. */
export type Principal = Guest | Customer | Staff;

export interface Guest {
  readonly kind: 'guest';
}

export interface Customer {
  readonly kind: 'customer';
  /** The token's subject: never another customer's, also after the account is gone. */
  readonly id: string;
}

export interface Staff {
  readonly kind: 'staff';
  readonly id: string;
  readonly roles: readonly string[];
}

export const GUEST: Guest = { kind: 'guest' };

/** What a token says of its holder, once it was verified. */
export type Claims = Readonly<Record<string, unknown>>;

/** Amazon Cognito's name for the groups of a user. */
const ROLES_CLAIM = 'cognito:groups';

/** Nobody, when the claims have no subject. */
export function customerOf({ sub }: Claims): Customer | undefined {
  return isId(sub) ? { kind: 'customer', id: sub } : undefined;
}

/** Nobody, when the claims have no subject. */
export function staffOf({ sub, [ROLES_CLAIM]: roles }: Claims): Staff | undefined {
  return isId(sub) ? { kind: 'staff', id: sub, roles: listOf(roles) } : undefined;
}

function isId(sub: unknown): sub is string {
  return typeof sub === 'string' && sub !== '';
}

/** API Gateway hands a list on as the text `[editor packer]`. A group's name has no blank in it. */
function listOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.filter((it) => typeof it === 'string');
  const inside = typeof value === 'string' ? /^\[(.*)\]$/.exec(value)?.[1] : undefined;
  return inside?.split(/\s+/).filter(Boolean) ?? [];
}
