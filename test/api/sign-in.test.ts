import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { routesModule } from '../../scripts/openapi/routes';
import { validatorTypes } from '../../scripts/openapi/validators';
import { documentOf as deployedDocument, type OpenApiDocument } from '../../src/api/domain/api-document';
import { httpHandler } from '../../src/runtime/http';
import type { TokenVerifier } from '../../src/runtime/sign-in';
import { ACCOUNTS, documentOf, operationsOf } from './fixture';

const document = documentOf({ accounts: ACCOUNTS });
const operations = operationsOf(document);
const context = { getRemainingTimeInMillis: () => 10_000 } as Context;

interface Sent {
  readonly authorizer?: object;
  readonly headers?: Record<string, string>;
  readonly query?: string;
  readonly body?: string | Buffer;
  readonly verifier?: TokenVerifier;
}

/** Sends a request to a function that answers with the request as its handler gets it. */
async function send(routeKey: string, { authorizer, headers = {}, query = '', body, verifier }: Sent = {}) {
  const reflect = async (request: { body?: Uint8Array }) => ({
    status: 200,
    body: { ...request, ...(request.body && { body: Buffer.from(request.body).toString('hex') }) },
  });
  const handlers = Object.fromEntries(Object.keys(operations).map((id) => [id, reflect]));
  const event = {
    routeKey,
    rawQueryString: query,
    headers,
    requestContext: { requestId: 'request-1', http: { sourceIp: '203.0.113.9' }, ...(authorizer && { authorizer }) },
    body: body?.toString(Buffer.isBuffer(body) ? 'base64' : 'utf8'),
    isBase64Encoded: Buffer.isBuffer(body),
  } as unknown as APIGatewayProxyEventV2;
  const answer = await httpHandler(operations, handlers as never, verifier)(event, context);
  return { status: answer.statusCode, headers: answer.headers, body: JSON.parse(answer.body as string) };
}

const jwt = (claims: object) => ({ jwt: { claims, scopes: null } });

describe('for guests', () => {
  test('everyone is a guest, whatever token is sent', async () => {
    const { body } = await send('GET /v1/terms', { headers: { authorization: 'Bearer x' } });
    expect(body.principal).toEqual({ kind: 'guest' });
  });
});

describe('for customers', () => {
  test('the gateway has verified who calls', async () => {
    const { body } = await send('GET /v1/me', { authorizer: jwt({ sub: 'c-1', email: 'ada@example.com' }) });
    expect(body.principal).toEqual({ kind: 'customer', id: 'c-1' });
  });

  test.each([
    ['no authorizer', undefined],
    ['no subject', jwt({ email: 'ada@example.com' })],
    ['an empty subject', jwt({ sub: '' })],
    ['a signature instead of a token', { iam: { userId: 'u' } }],
  ])('with %s the request is refused', async (_, authorizer) => {
    const { status, headers, body } = await send('GET /v1/me', { authorizer });
    expect([status, body.code]).toEqual([401, 'sign_in_required']);
    expect(headers?.['www-authenticate']).toBe('Bearer');
  });
});

describe('for staff', () => {
  test.each([
    ['the gateway writes them', '[packer service]', ['packer', 'service']],
    ['a list', ['owner'], ['owner']],
  ])('with a role, as %s', async (_, groups, roles) => {
    const { body } = await send('GET /v1/customers', { authorizer: jwt({ sub: 's-1', 'cognito:groups': groups }) });
    expect(body.principal).toEqual({ kind: 'staff', id: 's-1', roles });
  });

  test.each([['[packer]'], ['[services]'], ['service'], ['[]'], [undefined]])(
    'groups %s are not enough, whatever else is wrong with the request',
    async (groups) => {
      const authorizer = jwt({ sub: 's-1', 'cognito:groups': groups });
      const { status, body } = await send('GET /v1/customers', { authorizer, query: 'page=x' });
      expect([status, body.code]).toEqual([403, 'forbidden']);
    },
  );

  test('without a token the request is refused before it is read', async () => {
    const { status, body } = await send('GET /v1/customers', { query: 'page=x' });
    expect([status, body.code]).toEqual([401, 'sign_in_required']);
  });
});

describe('for guests and customers', () => {
  const verifier: TokenVerifier = { verify: async (token) => (token === 'good' ? { sub: 'c-1' } : undefined) };

  test('without a token, a guest', async () => {
    expect((await send('GET /v1/offers', { verifier })).body.principal).toEqual({ kind: 'guest' });
    expect((await send('GET /v1/offers')).body.principal).toEqual({ kind: 'guest' });
  });

  test('with a valid one, a customer', async () => {
    const headers = { authorization: 'Bearer good' };
    const { body } = await send('GET /v1/offers', { headers, verifier });
    expect(body.principal).toEqual({ kind: 'customer', id: 'c-1' });
  });

  test.each(['Bearer bad', 'Bearer ', 'Basic good', 'good', ''])('with %j never a guest', async (authorization) => {
    const { status, body } = await send('GET /v1/offers', { headers: { authorization }, verifier });
    expect([status, body.code]).toEqual([401, 'invalid_token']);
  });

  test('where nothing can verify a token, no token is valid', async () => {
    const { status, body } = await send('GET /v1/offers', { headers: { authorization: 'Bearer good' } });
    expect([status, body.code]).toEqual([401, 'invalid_token']);
  });

  test('a verified token without a subject is not valid', async () => {
    const nobody = { verify: async () => ({}) };
    const { body } = await send('GET /v1/offers', { headers: { authorization: 'Bearer good' }, verifier: nobody });
    expect(body.code).toBe('invalid_token');
  });

  test('a signed request, whose signature the gateway has checked, is a guest’s', async () => {
    const headers = { authorization: 'AWS4-HMAC-SHA256 Credential=a' };
    const { body } = await send('GET /v1/offers', { headers, authorizer: { iam: { userId: 'u' } }, verifier });
    expect(body.principal).toEqual({ kind: 'guest' });
  });
});

describe('a raw body', () => {
  const post = (body: string | Buffer | undefined, headers = {}) =>
    send('POST /v1/callbacks', { body, headers: { signature: 's', ...headers } });

  test.each([
    ['JSON with its blanks', '{ "a" : 1 }\n', 'application/json'],
    ['what is no JSON', '{', 'application/json'],
    ['a form', 'a=1', 'application/x-www-form-urlencoded'],
    ['text beyond ASCII', 'é漢', undefined],
    ['bytes that are no text', Buffer.from([0xff, 0x00, 0xfe]), 'application/octet-stream'],
  ])('is the exact bytes of %s', async (_, body, type) => {
    const { status, body: request } = await post(body, type && { 'content-type': type });
    expect([status, request.body]).toEqual([200, Buffer.from(body as string).toString('hex')]);
    expect(request.header).toEqual({ signature: 's' });
  });

  test('has a largest size, and may be required', async () => {
    expect((await post('x'.repeat(101))).body.code).toBe('payload_too_large');
    expect((await post(undefined)).body).toMatchObject({ code: 'invalid_request', errors: [{ pointer: '/body' }] });
  });
});

describe('what is generated', () => {
  test('routes tell the API who may call them', () => {
    const text = routesModule(document, 'accounts');
    expect(text).toContain("import { SignIn } from '../api';");
    expect(text).toContain("operationId: 'getMe', signIn: SignIn.CUSTOMER }");
    expect(text).toContain("operationId: 'getOffers', signIn: SignIn.OPTIONAL }");
    expect(text).toContain("operationId: 'getTerms' }");
    expect(text).toContain("operationId: 'listCustomers', signIn: SignIn.STAFF, roles: ['service', 'owner'] }");
  });

  test('types tell handlers', () => {
    const text = validatorTypes(document.operations);
    expect(text).toContain("getMe: Operation<Operations['getMe'], { signIn: 'customer' }>;");
    expect(text).toContain("getTerms: Operation<Operations['getTerms']>;");
    expect(text).toContain("takeCallback: Operation<Operations['takeCallback'], { rawBody: true }>;");
  });

  test('the fragment’s security is written to each of its operations, and the schemes stay', () => {
    const { paths, components } = document.merged as never as Record<string, Record<string, Record<string, unknown>>>;
    expect(paths['/me'].get).toMatchObject({ security: [{ customer: [] }] });
    expect(paths['/terms'].get).toMatchObject({ security: [] });
    expect(Object.keys(components.securitySchemes)).toEqual(['customer', 'staff']);
  });

  test('a deployed document has the schemes of what is deployed', () => {
    const merged = document.merged as unknown as OpenApiDocument;
    const schemes = (...ids: string[]) =>
      Object.keys(deployedDocument(merged, new Set(ids), 'Accounts').components?.securitySchemes ?? {});
    expect(schemes('getTerms')).toEqual([]);
    expect(schemes('getTerms', 'getMe')).toEqual(['customer']);
    expect(schemes('listCustomers')).toEqual(['staff']);
  });

  const wrong = (change: (text: string) => string) => () => documentOf({ accounts: change(ACCOUNTS) });

  test.each([
    ['[{ staff: [] }]', '[{ staff: [] }, {}]', 'security must be none, customer, staff, or customer beside {}'],
    ['[{ staff: [] }]', '[{ staff: [], customer: [] }]', 'it is staff and customer'],
    ['[{ staff: [] }]', '[{ robot: [] }]', 'there is no security scheme robot'],
    ['      x-roles: [service, owner]\n', '', 'GET /customers lacks x-roles'],
    ['security: [{ staff: [] }]', 'security: []', 'GET /customers has x-roles, but is not for staff'],
    ["        '403': ", "        '404': ", 'response 403 does not list forbidden'],
    ["'401': { $ref: '../api/openapi.yaml#/components/responses/InvalidToken' }", '', 'does not list invalid_token'],
    ["'401': { $ref: '../api/openapi.yaml#/components/responses/SignInRequired' }", '', 'not list sign_in_required'],
  ])('%j changed to %j is refused', (from, to, message) => {
    expect(ACCOUNTS).toContain(from);
    expect(wrong((text) => text.replace(from, to))).toThrow(message);
  });
});
