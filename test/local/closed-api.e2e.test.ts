/** An API that answers at the address of its site only, on the local cloud, and how its secret is changed. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { App, CfnOutput, Stack } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { LocalCloud } from '../../local/src';
import { ServiceApi, Storefront } from '../../src';

jest.setTimeout(120_000);

const ECHO = 'exports.handler = async ({ headers }) => ({ statusCode: 200, body: headers["x-origin-secret"] })';

const folder = mkdtempSync(join(tmpdir(), 'closed-api-'));
let cloud: LocalCloud;
let outputs: Record<string, string>;
/** Of the distribution with a web ACL, of one without beside it, and of the API itself. */
let [guarded, beside, direct]: string[] = [];

function synthesize(originSecrets: string[]): string {
  const outdir = join(folder, originSecrets.join('-'));
  const app = new App({ outdir });
  const stack = new Stack(app, 'Closed');
  const api = new ServiceApi(stack, 'Api', { originSecrets });
  new Storefront(stack, 'Beside', { api: new ServiceApi(stack, 'OtherApi') });
  const { configFunction } = new Storefront(stack, 'Shop', {
    api,
    shopName: 'Guarded',
    webAclArn: 'arn:aws:wafv2:us-east-1:000000000000:global/webacl/shop/1',
  });
  const echo = new lambda.Function(stack, 'Echo', {
    runtime: lambda.Runtime.NODEJS_LATEST,
    handler: 'index.handler',
    code: lambda.Code.fromInline(ECHO),
  });
  api.addRoutes([{ method: 'GET', path: '/echo', operationId: 'echo' }], echo);
  new CfnOutput(stack, 'Config', { value: configFunction.functionName });
  app.synth();
  return outdir;
}

async function deploy(...originSecrets: string[]): Promise<void> {
  ({ outputs } = await cloud.deploy(synthesize(originSecrets)));
}

async function openDoors(): Promise<void> {
  const { sites, apis } = await cloud.openFrontDoors();
  const named = (doors: Record<string, string>, name: string) =>
    Object.entries(doors).find(([id]) => id.startsWith(name))?.[1] ?? '';
  [guarded, beside, direct] = [named(sites, 'Shop'), named(sites, 'Beside'), named(apis, 'ApiHttpApi')];
}

async function get(url: string, headers: Record<string, string> = {}) {
  const answer = await fetch(url, { headers });
  return { status: answer.status, type: answer.headers.get('content-type'), text: await answer.text() };
}

/** The secret that the distribution sends now. */
const sent = async () => (await get(`${guarded}/v1/echo`)).text;

beforeAll(async () => {
  cloud = await LocalCloud.start();
  await deploy('1');
  await openDoors();
});

afterAll(async () => {
  await cloud?.stop();
  rmSync(folder, { recursive: true, force: true });
});

test.each(['/v1/config', '/v1/openapi.json', '/v1/nothing', '/'])(
  '%s of the API itself is refused with a problem',
  async (path) => {
    const { status, type, text } = await get(`${direct}${path}`);
    expect([status, type]).toEqual([403, 'application/problem+json']);
    expect(JSON.parse(text)).toMatchObject({ status: 403, code: 'direct_access' });
  },
);

test('a secret that is guessed is as good as none, and a visitor’s own is not handed on', async () => {
  const headers = { 'x-origin-secret': 'guessed' };
  expect((await get(`${direct}/v1/config`, headers)).status).toBe(403);
  expect((await get(`${guarded}/v1/echo`, headers)).text).toMatch(/^[A-Za-z0-9]{64}$/);
});

test('at the address of the site it answers, and so does an API that is not closed', async () => {
  expect(JSON.parse((await get(`${guarded}/v1/config`)).text)).toMatchObject({ name: 'Guarded' });
  expect((await get(`${guarded}/v1/openapi.json`)).status).toBe(200);
  expect(JSON.parse((await get(`${guarded}/v1/nothing`)).text)).toMatchObject({ code: 'route_not_found' });
  expect((await get(`${beside}/v1/config`)).status).toBe(200);
});

test('the secret is in no template', async () => {
  const secret = await sent();
  const template = readFileSync(join(folder, '1', 'Closed.template.json'), 'utf8');
  expect(template).toContain('{{resolve:secretsmanager:');
  expect(template).not.toContain(secret);
});

test('another takes its place in three deployments, in none of which a visitor is refused', async () => {
  const first = await sent();
  const answers = new Set<number>();
  let isOver = false;
  const visitor = (async () => {
    for (let visit = 0; !isOver; visit++) {
      answers.add((await get(`${guarded}/v1/nothing/${visit}`)).status);
    }
  })();
  await deploy('1', '2');
  expect(await sent()).toBe(first);
  await deploy('2', '1');
  const second = await sent();
  expect(second).not.toBe(first);
  const old = () => get(`${direct}/v1/config`, { 'x-origin-secret': first });
  expect((await old()).status).toBe(200);
  await deploy('2');
  isOver = true;
  await visitor;
  // A function of the emulator that is updated drops what it is doing; Lambda's goes on.
  expect([...answers].filter((status) => status !== 500)).toEqual([404]);
  expect(await sent()).toBe(second);
  expect((await old()).status).toBe(403);
  const { Environment } = await new LambdaClient(cloud.clientConfig).send(
    new GetFunctionConfigurationCommand({ FunctionName: outputs.Config }),
  );
  expect(Environment?.Variables?.ORIGIN_SECRETS).toBe(second);
});
