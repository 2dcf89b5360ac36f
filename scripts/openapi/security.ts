import { type Json, type JsonObject, list, object } from '../generator/json';

/** Who may call an operation, as in `src/runtime/operation.ts` and in the enum of `src/api/sign-in.ts`. */
export interface Security {
  readonly signIn: 'none' | 'optional' | 'customer' | 'staff';
  /** Staff with any of them may call it. */
  readonly roles: readonly string[];
}

/** OpenAPI's alternatives, each with the schemes it needs, as one word: `{}` stands for a call without any. */
const SIGN_INS: Readonly<Record<string, Security['signIn']>> = {
  '': 'none',
  '{}': 'none',
  customer: 'customer',
  staff: 'staff',
  'customer {}': 'optional',
};

/**
 * The meaning of an operation's `security`, or of the document's where it has none, and of its `x-roles`.
 * What is wrong with them is added to `faults`.
 */
export function readSecurity(document: JsonObject, where: string, operation: JsonObject, faults: string[]): Security {
  const alternatives = list(operation.security ?? document.security).map(object);
  const words = alternatives.map((it) => Object.keys(it).join(' and ') || '{}').sort(emptyLast);
  const signIn = SIGN_INS[words.join(' ')];
  if (!signIn) {
    faults.push(`${where}: security must be none, customer, staff, or customer beside {}; it is ${words.join(' or ')}`);
  }
  for (const scheme of new Set(alternatives.flatMap((it) => Object.keys(it)))) {
    const schemes = object(object(document.components).securitySchemes);
    if (!(scheme in schemes)) faults.push(`${where}: there is no security scheme ${scheme}`);
  }
  return { signIn: signIn ?? 'none', roles: readRoles(where, signIn, operation['x-roles'], faults) };
}

/** What an operation answers whom it does not let in. */
export function refusalsOf({ signIn }: Security): [number, string][] {
  switch (signIn) {
    case 'none':
      return [];
    case 'optional':
      return [[401, 'invalid_token']];
    case 'customer':
      return [[401, 'sign_in_required']];
    case 'staff':
      return [
        [401, 'sign_in_required'],
        [403, 'forbidden'],
      ];
  }
}

function readRoles(where: string, signIn: string | undefined, roles: Json | undefined, faults: string[]): string[] {
  const named = list(roles).filter((it) => typeof it === 'string');
  if (signIn === 'staff' && named.length === 0) faults.push(`${where} lacks x-roles: which staff may call it`);
  if (signIn !== 'staff' && roles !== undefined) faults.push(`${where} has x-roles, but is not for staff`);
  return named;
}

function emptyLast(a: string, b: string): number {
  return Number(a === '{}') - Number(b === '{}');
}
