/** Who is served: the rule by itself, case by case, and every listener of a cloud held to it. */
import { execFile, execFileSync } from 'node:child_process';
import { type IncomingMessage, type RequestOptions, request } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { LocalCloud } from '../src';
import { emulatorPython, PYTHON_DIR } from '../src/python-env';
import { assembly, httpApi, inlineFunction } from './assemblies';

jest.setTimeout(60_000);

const SECRET = 'secret-of-this-start';
const ALLOWED = 'http://localhost:5173';

/** Three listeners of a cloud: its endpoint on 4566, the front door of a site on 4601, the console on 4602. */
const RULE = `
import json, sys
sys.path.insert(0, sys.argv[1])
from gate import Gate, Listener, Request
gate = Gate(4566, ${JSON.stringify(SECRET)}, [${JSON.stringify(ALLOWED)}])
gate.admit_pages([4601, 4602])
listeners = {"endpoint": gate.endpoint, "site": Listener(4601, pages_of_cloud=True), "console": Listener(4602)}
token = gate.token("/_ministack/lambda-code/0/region/name")
def judge(case):
    query = case.get("query", "").replace("TOKEN", token)
    return gate.refusal(listeners[case["at"]], Request(case.get("method", "GET"), case.get("path", "/"), case["headers"], query))
print(json.dumps([judge(case) for case in json.load(sys.stdin)]))
`;

interface Judged {
  readonly at: 'endpoint' | 'site' | 'console';
  readonly headers: Record<string, string>;
  readonly method?: string;
  readonly path?: string;
  readonly query?: string;
}

const NAVIGATION = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
const AT_ENDPOINT = { host: '127.0.0.1:4566' };
const AT_SITE = { host: '127.0.0.1:4601' };
const AT_CONSOLE = { host: '127.0.0.1:4602' };
const RESET: Judged = { at: 'endpoint', method: 'POST', path: '/_ministack/reset', headers: AT_ENDPOINT };
const CODE: Judged = { at: 'endpoint', path: '/_ministack/lambda-code/0/region/name', headers: AT_ENDPOINT };

const SERVED: [string, Judged][] = [
  ['the address', { at: 'endpoint', headers: AT_ENDPOINT }],
  ['localhost', { at: 'endpoint', headers: { host: 'localhost:4566' } }],
  ['a name in capitals', { at: 'endpoint', headers: { host: 'LocalHost:4566' } }],
  ['IPv6', { at: 'endpoint', headers: { host: '[::1]:4566' } }],
  ['a bucket as a name below localhost', { at: 'endpoint', headers: { host: 'my.bucket_1.localhost:4566' } }],
  ['an API as a name below localhost', { at: 'endpoint', headers: { host: 'a1.execute-api.localhost:4566' } }],
  ['its own page', { at: 'console', headers: { ...AT_CONSOLE, origin: 'http://127.0.0.1:4602' } }],
  ['its own page by name', { at: 'console', headers: { host: 'localhost:4602', origin: 'http://localhost:4602' } }],
  ['its own page without origin', { at: 'console', headers: { ...AT_CONSOLE, 'sec-fetch-site': 'same-origin' } }],
  ['an address typed in', { at: 'console', headers: { ...AT_CONSOLE, 'sec-fetch-site': 'none' } }],
  ['a link that leads here', { at: 'site', headers: { ...AT_SITE, ...NAVIGATION } }],
  ["the site's page at the endpoint", { at: 'endpoint', headers: { ...AT_ENDPOINT, origin: 'http://localhost:4601' } }],
  ["the console's page at the site", { at: 'site', headers: { ...AT_SITE, origin: 'http://127.0.0.1:4602' } }],
  [
    'a page by its virtual host at the endpoint',
    { at: 'endpoint', headers: { ...AT_ENDPOINT, origin: 'http://d1.cloudfront.localhost:4566' } },
  ],
  [
    "a picture in the site's page",
    { at: 'endpoint', headers: { ...AT_ENDPOINT, 'sec-fetch-site': 'same-site', referer: 'http://127.0.0.1:4601/' } },
  ],
  ['an origin that was allowed', { at: 'site', headers: { ...AT_SITE, origin: ALLOWED } }],
  ['a program', { ...RESET, path: '/', headers: { ...AT_ENDPOINT, 'user-agent': 'aws-cli' } }],
  ['who asks how it is', { at: 'endpoint', path: '/_ministack/health', headers: AT_ENDPOINT }],
  [
    'the answer of a custom resource',
    { at: 'endpoint', method: 'PUT', path: '/_ministack/cfn-response/uuid', headers: AT_ENDPOINT },
  ],
  ['who steers with the secret', { ...RESET, headers: { ...AT_ENDPOINT, 'x-local-cloud-secret': SECRET } }],
  [
    'any page with the secret',
    { at: 'site', headers: { ...AT_SITE, origin: 'https://other.example', 'x-local-cloud-secret': SECRET } },
  ],
  ["who was given the address of a function's code", { ...CODE, query: 'a=b&x-local-cloud-token=TOKEN' }],
];

const FOREIGN = /does not serve the page https:\/\/other\.example/;

const REFUSED: [string, Judged, RegExp][] = [
  [
    'a name that was pointed here',
    { at: 'endpoint', headers: { host: 'other.example:4566' } },
    /"other\.example:4566"/,
  ],
  [
    'that name at a site',
    { at: 'site', headers: { host: 'other.example:4601' } },
    /use 127\.0\.0\.1:4601 or localhost/,
  ],
  [
    'an address in a name',
    { at: 'site', headers: { host: '127.0.0.1.other.example:4601' } },
    /no name of this listener/,
  ],
  ['localhost in a name', { at: 'endpoint', headers: { host: 'localhost.other.example:4566' } }, /no name of this/],
  ['localhost as part of a label', { at: 'endpoint', headers: { host: 'notlocalhost:4566' } }, /no name of this/],
  ['localhost with a dot at its end', { at: 'site', headers: { host: 'localhost.:4601' } }, /no name of this/],
  ['a name below localhost at a site', { at: 'site', headers: { host: 'a.localhost:4601' } }, /no name of this/],
  ['an empty label', { at: 'endpoint', headers: { host: '.localhost:4566' } }, /no name of this/],
  ['the address of every network', { at: 'endpoint', headers: { host: '0.0.0.0:4566' } }, /no name of this/],
  ['another IPv6 address', { at: 'endpoint', headers: { host: '[::ffff:127.0.0.1]:4566' } }, /no name of this/],
  ['another port', { at: 'endpoint', headers: { host: '127.0.0.1:4601' } }, /no name of this/],
  ['no port', { at: 'endpoint', headers: { host: '127.0.0.1' } }, /use 127\.0\.0\.1:4566/],
  ['no port of IPv6', { at: 'endpoint', headers: { host: '[::1]' } }, /no name of this/],
  ['no Host', { at: 'endpoint', headers: {} }, /Host is ""/],
  ['two Hosts', { at: 'endpoint', headers: { host: '127.0.0.1:4566, other.example' } }, /no name of this/],
  [
    'a name and the secret',
    { at: 'site', headers: { host: 'a.example:4601', 'x-local-cloud-secret': SECRET } },
    /Host/,
  ],
  ['a page', { at: 'endpoint', headers: { ...AT_ENDPOINT, origin: 'https://other.example' } }, FOREIGN],
  ['a page at a site', { at: 'site', headers: { ...AT_SITE, origin: 'https://other.example' } }, /--allow-origin/],
  ['a page at the console', { at: 'console', headers: { ...AT_CONSOLE, origin: 'https://other.example' } }, FOREIGN],
  [
    'another port of this machine',
    { at: 'endpoint', headers: { ...AT_ENDPOINT, origin: 'http://127.0.0.1:4700' } },
    /the page http:\/\/127\.0\.0\.1:4700/,
  ],
  ['https', { at: 'endpoint', headers: { ...AT_ENDPOINT, origin: 'https://127.0.0.1:4566' } }, /does not serve/],
  [
    'a page of the cloud at the console',
    { at: 'console', headers: { ...AT_CONSOLE, origin: 'http://127.0.0.1:4601' } },
    /only its own pages/,
  ],
  ['an allowed origin at the console', { at: 'console', headers: { ...AT_CONSOLE, origin: ALLOWED } }, /only its own/],
  [
    'the console by another name',
    { at: 'console', headers: { ...AT_CONSOLE, origin: 'http://localhost:4602' } },
    /only its own/,
  ],
  ['a page without origin', { at: 'site', headers: { ...AT_SITE, origin: 'null' } }, /a file, or a sandboxed frame/],
  ['an empty origin', { at: 'site', headers: { ...AT_SITE, origin: '' } }, /does not serve/],
  ['two origins', { at: 'site', headers: { ...AT_SITE, origin: `${ALLOWED}, https://a.example` } }, /does not serve/],
  [
    'a preflight request',
    { at: 'endpoint', method: 'OPTIONS', headers: { ...AT_ENDPOINT, origin: 'https://other.example' } },
    FOREIGN,
  ],
  [
    'a picture in a page',
    { at: 'endpoint', headers: { ...AT_ENDPOINT, 'sec-fetch-site': 'cross-site', referer: 'https://other.example/' } },
    FOREIGN,
  ],
  [
    'a picture in a page that hides itself',
    { at: 'endpoint', headers: { ...AT_ENDPOINT, 'sec-fetch-site': 'same-site' } },
    /a page of another site/,
  ],
  [
    'a frame',
    { at: 'site', headers: { ...AT_SITE, ...NAVIGATION, 'sec-fetch-dest': 'iframe' } },
    /a page of another site/,
  ],
  ['a form', { at: 'site', method: 'POST', headers: { ...AT_SITE, ...NAVIGATION } }, /a page of another site/],
  ['a reset', RESET, /^\/_ministack\/reset is the local cloud's own: send the secret access key/],
  ['a wrong secret', { ...RESET, headers: { ...AT_ENDPOINT, 'x-local-cloud-secret': 'guess' } }, /own/],
  ['an empty secret', { ...RESET, headers: { ...AT_ENDPOINT, 'x-local-cloud-secret': '' } }, /own/],
  ['a reset at a site', { ...RESET, at: 'site', headers: AT_SITE }, /own/],
  ['a fault', { at: 'endpoint', method: 'PUT', path: '/_local/faults', headers: AT_ENDPOINT }, /\/_local\/faults/],
  ["a function's code by its name", CODE, /own/],
  [
    "a function's code by another address",
    { ...CODE, path: `${CODE.path}2`, query: 'x-local-cloud-token=TOKEN' },
    /own/,
  ],
];

describe('the rule', () => {
  let reasons: Map<Judged, string | null>;

  beforeAll(async () => {
    const python = await emulatorPython(() => undefined);
    const cases = [...SERVED, ...REFUSED].map(([, judged]) => judged);
    const answer = execFileSync(python, ['-c', RULE, PYTHON_DIR], { input: JSON.stringify(cases), encoding: 'utf8' });
    const given = JSON.parse(answer) as (string | null)[];
    reasons = new Map(cases.map((judged, index) => [judged, given[index]]));
  });

  test.each(SERVED)('serves %s', (_case, judged) => {
    expect(reasons.get(judged)).toBeNull();
  });

  test.each(REFUSED)('refuses %s', (_case, judged, reason) => {
    expect(reasons.get(judged)).toMatch(reason);
  });
});

describe('every listener', () => {
  let cloud: LocalCloud;
  let addresses: Record<string, string>;
  let asked: string[];

  beforeAll(async () => {
    cloud = await LocalCloud.start();
    const resources = {
      ...inlineFunction('Function', 'exports.handler = async ({ headers }) => headers;'),
      ...httpApi('Api', 'Function'),
    };
    await cloud.deploy(assembly('Guarded', resources));
    const { apis, mail } = await cloud.openFrontDoors();
    asked = [];
    const own = await cloud.serve(0, ({ url }, response) => {
      asked.push(url ?? '');
      response.end('own');
    });
    const model = await cloud.sagemaker.serve('model', {
      modelServer: () => {
        asked.push('model');
        return { body: '{}' };
      },
    });
    addresses = {
      endpoint: `${cloud.endpoint}/_ministack/health`,
      api: `${apis.Api}/`,
      mailbox: `${mail}/mails.json`,
      own: `${own.url}/`,
      model: `${model.url}/ping`,
    };
  });

  afterAll(() => cloud?.stop());

  describe.each(['endpoint', 'api', 'mailbox', 'own', 'model'])('%s', (name) => {
    test('serves programs by the names of this machine', async () => {
      const { port } = new URL(addresses[name]);
      for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`]) {
        expect((await answered(addresses[name], { headers: { host } })).status).toBe(200);
      }
    });

    test.each([
      ['a name that was pointed here', { host: 'other.example' }],
      ['the address without its port', { host: '127.0.0.1' }],
      ['a page of another site', { origin: 'https://other.example' }],
      ['a page without origin', { origin: 'null' }],
      ['a page of another port of this machine', { origin: 'http://127.0.0.1:1' }],
      ['a picture in a page of another site', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }],
    ])('refuses %s, and says why', async (_case, headers) => {
      const before = [...asked];
      for (const method of ['GET', 'POST', 'OPTIONS']) {
        const { status, headers: given, body } = await answered(addresses[name], { method, headers });
        expect([status, given['access-control-allow-origin']]).toEqual([403, undefined]);
        expect(JSON.parse(body).message).toMatch(/Host is|does not serve/);
      }
      expect(asked).toEqual(before);
    });
  });

  test('tells the reason to who is still sending', async () => {
    const body = Buffer.alloc(8_000_000);
    const answer = await fetch(cloud.endpoint, { method: 'POST', body, headers: { origin: 'https://other.example' } });
    expect(await answer.json()).toMatchObject({ message: expect.stringContaining('https://other.example') });
  });

  test('refuses a WebSocket that a page of another site opens, and passes on that of its own', async () => {
    const path = '/_aws/execute-api/unknown/stage';
    const upgrade = { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13' };
    const headers = { ...upgrade, 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==' };
    const refused = await answered(cloud.endpoint + path, { headers: { ...headers, origin: 'https://other.example' } });
    expect([refused.status, JSON.parse(refused.body).message]).toEqual([403, expect.stringMatching(/does not serve/)]);
    const own = { headers: { ...headers, origin: cloud.endpoint } };
    // The emulator closes the connection, as there is no such API.
    await expect(answered(cloud.endpoint + path, own)).rejects.toThrow('socket hang up');
  });

  test('refuses a request without Host', async () => {
    const { port } = new URL(cloud.endpoint);
    const socket = connect(Number(port), '127.0.0.1');
    socket.end('GET /_ministack/health HTTP/1.0\r\n\r\n');
    expect(await text(socket)).toMatch(/^HTTP\/1\.\d 4\d\d/);
  });

  test('keeps the secret from functions, and from what a caller says of front doors', async () => {
    const secret = { 'x-local-cloud-secret': cloud.credentials.secretAccessKey };
    const { status, body } = await answered(addresses.api, { headers: { ...secret, kept: 'yes' } });
    expect([status, JSON.parse(body).kept]).toEqual([200, 'yes']);
    expect(body).not.toMatch(/x-local-cloud/);
    expect(body).not.toContain(cloud.credentials.secretAccessKey);
    const port = new URL(cloud.endpoint).port;
    const door = { 'x-local-cloud-door': `guess ${port} other.localhost` };
    expect((await answered(addresses.endpoint, { headers: door })).status).toBe(403);
  });

  test("is used by another language's SDK with the environment that it tells, and nothing else", async () => {
    const script = 'import boto3; print(boto3.client("sts").get_caller_identity()["Arn"])';
    const python = await emulatorPython(() => undefined);
    const { stdout } = await promisify(execFile)(python, ['-c', script], { env: cloud.environment });
    expect(stdout.trim()).toBe(`arn:aws:iam::${cloud.account}:root`);
  });

  test('resets nothing without the secret, and all with it', async () => {
    const ssm = new SSMClient(cloud.clientConfig);
    const read = () => ssm.send(new GetParameterCommand({ Name: '/kept' }));
    await ssm.send(new PutParameterCommand({ Name: '/kept', Value: 'yes', Type: 'String' }));
    const reset = (origin: string, headers = {}, path = '_ministack/reset') =>
      answered(`${origin}/${path}`, { method: 'POST', headers });
    expect((await reset(cloud.endpoint)).status).toBe(403);
    expect((await reset(new URL(addresses.api).origin)).status).toBe(403);
    expect((await reset(cloud.endpoint, {}, '%5Fministack/reset')).status).toBe(403);
    await read();
    const secret = { 'x-local-cloud-secret': cloud.credentials.secretAccessKey };
    expect((await reset(cloud.endpoint, secret)).status).toBe(200);
    await expect(read()).rejects.toThrow('/kept not found');
  });
});

test('origins that are none are told before anything starts', async () => {
  for (const origin of ['http://localhost:5173/', 'localhost:5173', '*']) {
    await expect(LocalCloud.start({ allowedOrigins: [origin] })).rejects.toThrow(`${origin} is not an origin`);
  }
});

test('two starts have different keys', async () => {
  const clouds = await Promise.all([LocalCloud.start(), LocalCloud.start()]);
  try {
    const [first, second] = clouds.map(({ environment }) => environment);
    expect(first.AWS_ACCESS_KEY_ID).toMatch(/^AKIALOCAL[A-Z2-7]{11}$/);
    expect(first.AWS_SECRET_ACCESS_KEY).toHaveLength(40);
    expect(first.AWS_ACCESS_KEY_ID).not.toBe(second.AWS_ACCESS_KEY_ID);
    expect(first.AWS_SECRET_ACCESS_KEY).not.toBe(second.AWS_SECRET_ACCESS_KEY);
    const [, { environment }] = clouds;
    expect(environment).toMatchObject({ AWS_ENDPOINT_URL: clouds[1].endpoint, AWS_REGION: 'us-east-1' });
  } finally {
    await Promise.all(clouds.map((cloud) => cloud.stop()));
  }
});

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** Sends any header, as `fetch` does not. */
function answered(address: string, options: RequestOptions): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(address, options, async (response) => {
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body: await text(response) });
    });
    sent.on('upgrade', (response, socket) => {
      socket.destroy();
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body: '' });
    });
    sent.on('error', reject);
    sent.end();
  });
}
