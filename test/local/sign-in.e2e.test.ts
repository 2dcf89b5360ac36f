/** Who may call what, on the local cloud: two JWT authorizers in one API, and a function that tells who called. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { HttpJwtAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { build } from 'esbuild';
import { LocalCloud } from '../../local/src';
import { validatorModule } from '../../scripts/openapi/validators';
import { ServiceApi, type ServiceRoute, type SignIn } from '../../src';
import { ACCOUNTS, documentOf } from '../api/fixture';
import { TokenIssuer } from './token-issuer';

jest.setTimeout(120_000);

const root = path.resolve(__dirname, '../..');
const document = documentOf({ accounts: ACCOUNTS });

let cloud: LocalCloud;
let folder: string;
let api: string;
let customers: TokenIssuer;
let staff: TokenIssuer;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'sign-in-'));
  [customers, staff] = await Promise.all([TokenIssuer.start(), TokenIssuer.start()]);
  await bundle(path.join(folder, 'function'));
  synthesize(path.join(folder, 'assembly'));
  cloud = await LocalCloud.start();
  await cloud.deploy(path.join(folder, 'assembly'));
  api = Object.values((await cloud.openFrontDoors()).apis)[0];
});

afterAll(async () => {
  await cloud?.stop();
  await Promise.all([customers, staff].map((it) => it?.stop()));
  rmSync(folder, { recursive: true, force: true });
});

/** A function that answers each operation with the request as its handler gets it. */
async function bundle(target: string): Promise<void> {
  const module = path.join(folder, 'operations.js');
  writeFileSync(module, await validatorModule(root, document, document.operations));
  const contents = `
    import { operations } from ${JSON.stringify(module)};
    import { httpHandler } from ${JSON.stringify(path.join(root, 'src/runtime/http'))};
    const reflect = async ({ principal, body }) => ({
      status: 200,
      body: { principal, bytes: body && Buffer.from(body).toString('hex') },
    });
    const handlers = Object.fromEntries(Object.keys(operations).map((id) => [id, reflect]));
    export const handler = httpHandler(operations, handlers);
  `;
  await build({
    absWorkingDir: root,
    stdin: { contents, resolveDir: root, loader: 'ts' },
    outfile: path.join(target, 'index.js'),
    bundle: true,
    platform: 'node',
    external: ['@aws-sdk/*'],
  });
}

function synthesize(outdir: string): void {
  const app = new App({ outdir });
  const stack = new Stack(app, 'Accounts');
  const jwt = (name: string, { url }: TokenIssuer) => new HttpJwtAuthorizer(name, url, { jwtAudience: ['shop'] });
  const serviceApi = new ServiceApi(stack, 'Api', {
    customerAuthorizer: jwt('Customers', customers),
    staffAuthorizer: jwt('Staff', staff),
  });
  const handler = new lambda.Function(stack, 'Function', {
    runtime: lambda.Runtime.NODEJS_LATEST,
    handler: 'index.handler',
    code: lambda.Code.fromAsset(path.join(folder, 'function')),
  });
  const routes = document.operations.map(
    ({ method, path: route, operationId, security }): ServiceRoute => ({
      method,
      path: route,
      operationId,
      signIn: security.signIn as SignIn,
      roles: [...security.roles],
    }),
  );
  serviceApi.addRoutes(routes, handler);
  app.synth();
}

async function get(route: string, token?: string) {
  const headers: Record<string, string> = token ? { authorization: `Bearer ${token}` } : {};
  const answer = await fetch(`${api}/v1${route}`, { headers });
  const body = (await answer.json()) as { principal?: unknown; code?: string };
  return { status: answer.status, principal: body.principal, code: body.code };
}

test('guests reach what is for guests, whatever token they have', async () => {
  expect(await get('/terms')).toMatchObject({ status: 200, principal: { kind: 'guest' } });
  expect(await get('/terms', 'nonsense')).toMatchObject({ status: 200, principal: { kind: 'guest' } });
});

test('customers are known by their token', async () => {
  expect(await get('/me', customers.sign({ sub: 'c-1' }))).toMatchObject({
    status: 200,
    principal: { kind: 'customer', id: 'c-1' },
  });
});

test.each<[string, () => string | undefined]>([
  ['no token', () => undefined],
  ['no token of ours', () => 'nonsense'],
  ['a token of staff', () => staff.sign({ sub: 's-1', 'cognito:groups': ['owner'] })],
  ['a token that is over', () => customers.sign({ sub: 'c-1', exp: 1 })],
  ['a token for another app', () => customers.sign({ sub: 'c-1', aud: 'other' })],
  ['a token of nobody', () => customers.sign({})],
])('with %s nobody is a customer', async (_, token) => {
  expect((await get('/me', token())).status).toBe(401);
});

test('staff need one of the roles, and a customer cannot claim one', async () => {
  const roles = (...groups: string[]) => ({ sub: 's-1', 'cognito:groups': groups });
  expect(await get('/customers', staff.sign(roles('packer', 'owner')))).toMatchObject({
    status: 200,
    principal: { kind: 'staff', id: 's-1', roles: ['packer', 'owner'] },
  });
  expect(await get('/customers', staff.sign(roles('packer')))).toMatchObject({ status: 403, code: 'forbidden' });
  expect((await get('/customers', customers.sign(roles('owner')))).status).toBe(401);
  expect((await get('/customers')).status).toBe(401);
});

test('where guests and customers may call, a token that nothing verifies is refused', async () => {
  expect(await get('/offers')).toMatchObject({ status: 200, principal: { kind: 'guest' } });
  const signedIn = await get('/offers', customers.sign({ sub: 'c-1' }));
  expect(signedIn).toMatchObject({ status: 401, code: 'invalid_token' });
});

test.each([
  ['application/json', Buffer.from('{ "amount" : 1.00 }\n')],
  ['application/json; charset=utf-8', Buffer.from('{"name":"漢"')],
  ['application/x-www-form-urlencoded', Buffer.from('a=1&b=%20+')],
  ['application/octet-stream', Buffer.from([0, 255, 254, 10])],
])('a callback of %s arrives as the bytes that were signed', async (type, bytes) => {
  const answer = await fetch(`${api}/v1/callbacks`, {
    method: 'POST',
    headers: { 'content-type': type, signature: 's' },
    body: new Uint8Array(bytes),
  });
  expect(await answer.json()).toMatchObject({ principal: { kind: 'guest' }, bytes: bytes.toString('hex') });
});
