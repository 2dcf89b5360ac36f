/**
 * What a page of another site can do to the local cloud from a developer's browser: nothing. The stack opens all that
 * an app can open to other sites, so that only the cloud itself refuses them.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { CreateFunctionCommand, LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2';
import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { App, CfnOutput, Stack } from 'aws-cdk-lib';
import * as apigateway from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration, WebSocketLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import { S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as ses from 'aws-cdk-lib/aws-ses';
import { type Browser, chromium, type Page } from 'playwright-core';
import { LocalCloud } from '../../local/src';
import { chromiumPath } from '../web/chromium';
import { until } from './support';

jest.setTimeout(120_000);

/** A name of another site's owner, who lets it point at this machine. */
const REBOUND = 'shop.other.example';

const ATTACK = readFileSync(path.join(__dirname, 'fixtures', 'attack.js'), 'utf8');

const CODE =
  'exports.handler = async ({ requestContext: { http, eventType } = {} }) => { console.log("called by", http ? http.method : eventType); return { statusCode: 200, body: "called" }; };';

/** What a page is told of the cloud: it could find all of it by asking every port, and by guessing. */
interface Targets {
  readonly endpoint: string;
  readonly api: string;
  readonly socket: string;
  readonly mail: string;
  readonly console: string;
  readonly bucket: string;
  readonly functionName: string;
  readonly roleArn: string;
}

let folder: string;
let other: Server;
let dev: Server;
let cloud: LocalCloud;
let browser: Browser;
let targets: Targets;
let site: string;
let askedConsole: string[];

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'other-sites-'));
  synthesize(folder);
  [other, dev] = await Promise.all([blankPages(), blankPages()]);
  cloud = await LocalCloud.start({ allowedOrigins: [originOf(dev)] });
  const { outputs } = await cloud.deploy(folder);
  const { sites, apis, mail } = await cloud.openFrontDoors();
  askedConsole = [];
  const page = await cloud.serve(0, ({ method, url }, response) => {
    askedConsole.push(`${method} ${url}`);
    response.setHeader('content-type', 'text/html').end('<title>Console</title>');
  });
  site = sites[outputs.SiteId];
  targets = {
    endpoint: cloud.endpoint,
    api: apis[outputs.ApiId],
    socket: `${cloud.endpoint.replace('http', 'ws')}/_aws/execute-api/${outputs.SocketId}/live`,
    mail,
    console: page.url,
    bucket: outputs.BucketName,
    functionName: outputs.FunctionName,
    roleArn: outputs.RoleArn,
  };
  await put('index.html', '<!doctype html><title>Site</title>', 'text/html');
  await put('secret.txt', 'known to the owner alone', 'text/plain');
  await new SESv2Client(cloud.clientConfig).send(
    new SendEmailCommand({
      FromEmailAddress: 'shop@shop.example',
      Destination: { ToAddresses: ['customer@customer.example'] },
      Content: { Simple: { Subject: { Data: 'Your order' }, Body: { Text: { Data: 'confidential' } } } },
    }),
  );
  browser = await chromium.launch({
    executablePath: chromiumPath(),
    args: ['--no-sandbox', `--host-resolver-rules=MAP ${REBOUND} 127.0.0.1`],
  });
});

afterAll(async () => {
  await browser?.close();
  await cloud?.stop();
  other?.close();
  dev?.close();
  rmSync(folder, { recursive: true, force: true });
});

describe.each([
  ['another port of this machine', () => originOf(other)],
  ['another port of this machine, by name', () => originOf(other).replace('127.0.0.1', 'localhost')],
  ['another name', () => originOf(other).replace('127.0.0.1', REBOUND)],
  ['a sandboxed frame, without origin', () => `${originOf(other)}/sandboxed`],
])('a page of %s', (_title, address) => {
  let read: Record<string, string>;

  beforeAll(async () => {
    read = await on(address(), (page) =>
      page.evaluate<Record<string, string>>(`${ATTACK}; attack(${JSON.stringify(targets)})`),
    );
  });

  test('reads nothing', () => {
    for (const [attempt, what] of Object.entries(read)) expect([attempt, what]).toEqual([attempt, 'nothing']);
    expect(Object.keys(read)).toHaveLength(21);
  });

  test('creates no function and no queue', async () => {
    const { Functions = [] } = await new LambdaClient(cloud.clientConfig).send(new ListFunctionsCommand({}));
    expect(Functions.map(({ FunctionName }) => FunctionName)).toEqual([targets.functionName]);
    const { QueueUrls = [] } = await new SQSClient(cloud.clientConfig).send(new ListQueuesCommand({}));
    expect(QueueUrls).toEqual([]);
  });

  test('calls no function, not through an API either', () => {
    expect(cloud.logs(targets.functionName)).toBe('');
  });

  test('changes no bucket and resets nothing', async () => {
    const { Contents = [] } = await client().send(new ListObjectsV2Command({ Bucket: targets.bucket }));
    expect(Contents.map(({ Key }) => Key)).toEqual(['index.html', 'secret.txt']);
    expect(await cloud.mailbox().mails()).toHaveLength(1);
  });

  test('does not reach the console', () => {
    expect(askedConsole).toEqual([]);
  });
});

test('a name that its owner lets point here opens nothing, and the answer says what would be right', async () => {
  for (const address of [targets.endpoint, targets.api, targets.mail, targets.console, site]) {
    const { port } = new URL(address);
    await on(`http://${REBOUND}:${port}/`, async (page) => {
      expect(await page.textContent('body')).toContain(
        `Host is \\"${REBOUND}:${port}\\", which is no name of this listener: use 127.0.0.1:${port} or localhost:${port}`,
      );
    });
  }
  expect(askedConsole).toEqual([]);
});

test('a link on another site leads to the site and the mailbox, but no frame of it shows them', async () => {
  for (const [address, title] of [
    [site, 'Site'],
    [targets.mail, 'Mailbox'],
  ]) {
    await on(originOf(other), async (page) => {
      await page.setContent(`<a href="${address}">a link</a><iframe src="${address}"></iframe>`);
      const frame = await until(async () => page.frames().find((found) => found !== page.mainFrame() && found.url()));
      await frame.waitForLoadState().catch(() => undefined);
      expect(await frame.title().catch(() => '')).not.toBe(title);
      await page.click('a');
      await page.waitForURL(`${address}/`);
      expect(await page.title()).toBe(title);
    });
  }
});

test("the cloud's own pages upload by signed addresses and call its APIs", async () => {
  for (const [name, address] of [
    ['site', site],
    ['site-by-name', site.replace('127.0.0.1', 'localhost')],
    ['console', targets.console],
    ['dev', originOf(dev)],
  ]) {
    const upload = await signed(new PutObjectCommand({ Bucket: targets.bucket, Key: `from-${name}` }));
    const download = await signed(new GetObjectCommand({ Bucket: targets.bucket, Key: `from-${name}` }));
    const done = await on(address, (page) =>
      page.evaluate(
        async ([to, from, api]) => {
          const put = await fetch(to, { method: 'PUT', body: 'from a page' });
          const called = await fetch(api, {
            method: 'POST',
            body: '{}',
            headers: { 'content-type': 'application/json' },
          });
          return [put.status, await (await fetch(from)).text(), await called.text()];
        },
        [upload, download, targets.api],
      ),
    );
    expect([name, ...done]).toEqual([name, 200, 'from a page', 'called']);
  }
});

test('a signed address is good for what it was signed for, and only as long as it is whole', async () => {
  const address = await signed(new GetObjectCommand({ Bucket: targets.bucket, Key: 'secret.txt' }));
  expect(await (await fetch(address)).text()).toBe('known to the owner alone');
  expect((await fetch(address.replace('secret.txt', 'index.html'))).status).toBe(403);
  expect((await fetch(address.replace(/X-Amz-Signature=./, 'X-Amz-Signature=g'))).status).toBe(403);
});

test('the SDK uses the cloud with the keys that it told, and with no others', async () => {
  const create = (config: typeof cloud.clientConfig, FunctionName: string) =>
    new LambdaClient(config).send(
      new CreateFunctionCommand({
        FunctionName,
        Role: targets.roleArn,
        Runtime: 'nodejs24.x',
        Handler: 'index.handler',
        Code: { ZipFile: Buffer.from('UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA==', 'base64') },
      }),
    );
  await expect(create(cloud.clientConfig, 'ours')).resolves.toMatchObject({ FunctionName: 'ours' });
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  await expect(create({ ...cloud.clientConfig, credentials }, 'theirs')).rejects.toThrow(/security token.* is invalid/);
});

/** Opens a page there, or the sandboxed frame in it, for as long as something is done on it. */
async function on<T>(address: string, act: (page: Page) => Promise<T>): Promise<T> {
  const page = await browser.newPage();
  try {
    await page.goto(address);
    const frame = page.frames().find((found) => found !== page.mainFrame());
    return await act((frame ?? page) as Page);
  } finally {
    await page.close();
  }
}

function blankPages(): Promise<Server> {
  const server = createServer(({ url }, response) => {
    const frame = '<iframe sandbox="allow-scripts allow-forms" srcdoc="<!doctype html><body>"></iframe>';
    const page = `<!doctype html><title>Other</title><body>${url === '/sandboxed' ? frame : ''}`;
    response.setHeader('content-type', 'text/html').end(page);
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

function originOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function client(): S3Client {
  return new S3Client({ ...cloud.clientConfig, forcePathStyle: true });
}

async function put(Key: string, Body: string, ContentType: string): Promise<void> {
  await client().send(new PutObjectCommand({ Bucket: targets.bucket, Key, Body, ContentType }));
}

function signed(command: PutObjectCommand | GetObjectCommand): Promise<string> {
  return getSignedUrl(client(), command, { expiresIn: 300 });
}

function synthesize(outdir: string): void {
  const app = new App({ outdir });
  const stack = new Stack(app, 'OpenStack');
  const called = new lambda.Function(stack, 'Called', {
    runtime: lambda.Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: lambda.Code.fromInline(CODE),
  });
  const api = new apigateway.HttpApi(stack, 'Api', {
    corsPreflight: {
      allowOrigins: ['*'],
      allowMethods: [apigateway.CorsHttpMethod.ANY],
      allowHeaders: ['content-type'],
    },
    defaultIntegration: new HttpLambdaIntegration('Integration', called),
  });
  const socket = new apigateway.WebSocketApi(stack, 'Socket', {
    connectRouteOptions: { integration: new WebSocketLambdaIntegration('Connect', called) },
  });
  new apigateway.WebSocketStage(stack, 'Live', { webSocketApi: socket, stageName: 'live', autoDeploy: true });
  const bucket = new s3.Bucket(stack, 'Bucket', {
    cors: [{ allowedOrigins: ['*'], allowedMethods: [s3.HttpMethods.GET, s3.HttpMethods.PUT], allowedHeaders: ['*'] }],
  });
  const distribution = new cloudfront.Distribution(stack, 'Site', {
    defaultBehavior: { origin: S3BucketOrigin.withOriginAccessControl(bucket) },
    defaultRootObject: 'index.html',
  });
  new ses.EmailIdentity(stack, 'Sender', { identity: ses.Identity.domain('shop.example') });
  const outputs = {
    ApiId: stack.getLogicalId(api.node.defaultChild as apigateway.CfnApi),
    SiteId: stack.getLogicalId(distribution.node.defaultChild as cloudfront.CfnDistribution),
    SocketId: socket.apiId,
    BucketName: bucket.bucketName,
    FunctionName: called.functionName,
    RoleArn: called.role?.roleArn ?? '',
  };
  for (const [name, value] of Object.entries(outputs)) new CfnOutput(stack, name, { value });
  app.synth();
}
