import type { APIGatewayProxyEventV2, APIGatewayProxyEventV2WithJWTAuthorizer } from 'aws-lambda';
import type { OperationDescription } from './operation';
import { type Claims, customerOf, GUEST, type Principal, type Staff, staffOf } from './principal';
import { Refusal } from './refusal';

/** Verifies the tokens of operations that guests may call too, which no authorizer of the gateway can stand before. */
export interface TokenVerifier {
  /** The claims of a customer's access token; undefined when it is not valid, or no longer. */
  verify(token: string): Promise<Claims | undefined>;
}

/**
 * Who sends the request. Operations for customers and staff trust the gateway's JWT authorizer; where the others are
 * reached without one, a token is verified here.
 *
 * @throws Refusal `sign_in_required`, `forbidden` or `invalid_token`
 */
export async function principalOf(
  { signIn, roles }: OperationDescription,
  event: APIGatewayProxyEventV2,
  verifier?: TokenVerifier,
): Promise<Principal> {
  switch (signIn) {
    case 'none':
      return GUEST;
    case 'optional':
      return guestOrCustomer(event, verifier);
    case 'customer':
      return customerOf(claimsOf(event)) ?? signInRequired();
    case 'staff':
      return withRole(staffOf(claimsOf(event)) ?? signInRequired(), roles);
  }
}

async function guestOrCustomer(event: APIGatewayProxyEventV2, verifier?: TokenVerifier): Promise<Principal> {
  const { authorization } = event.headers;
  // A signature that the gateway has checked already says which service calls, not which customer.
  if (authorization === undefined || authorizerOf(event)?.iam) return GUEST;
  const token = /^Bearer +([A-Za-z0-9._~+/=-]+)$/i.exec(authorization)?.[1];
  const claims = token && (await verifier?.verify(token));
  const customer = claims && customerOf(claims);
  if (!customer) throw new Refusal('invalid_token', 'The token is not valid, or no longer. Sign in again.');
  return customer;
}

function withRole(staff: Staff, roles: readonly string[]): Staff {
  if (staff.roles.some((role) => roles.includes(role))) return staff;
  throw new Refusal('forbidden', `Only staff with one of these roles may do that: ${roles.join(', ')}.`);
}

function claimsOf(event: APIGatewayProxyEventV2): Claims {
  return authorizerOf(event)?.jwt?.claims ?? {};
}

function authorizerOf({ requestContext }: APIGatewayProxyEventV2) {
  return (requestContext as APIGatewayProxyEventV2['requestContext'] & { readonly authorizer?: Authorizer }).authorizer;
}

/** What the gateway's authorizers tell a function: at most one of the two. */
interface Authorizer {
  readonly jwt?: Pick<APIGatewayProxyEventV2WithJWTAuthorizer['requestContext']['authorizer']['jwt'], 'claims'>;
  readonly iam?: unknown;
}

function signInRequired(): never {
  throw new Refusal('sign_in_required', 'Sign in first.');
}
