import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { useAwsEnvironment } from './environment';
import { type Answer, ScriptedServer } from './scripted-server';
import { ours, outcomeOf, type Side } from './sides';
import { isSignedWith } from './signature';

let service: ScriptedServer;
let keeper: ScriptedServer;
let currentCredentials: () => Promise<unknown>;
beforeAll(async () => {
  service = await ScriptedServer.start();
  keeper = await ScriptedServer.start();
});
afterAll(async () => {
  await service.stop();
  await keeper.stop();
});
/** What was fetched stays with the module. */
beforeEach(() => {
  jest.isolateModules(() => {
    ({ currentCredentials } = require('../../../src/runtime/aws/credentials'));
  });
  service.play({});
});

useAwsEnvironment(() => ({ AWS_ENDPOINT_URL: service.url, AWS_REGION: 'eu-west-1', AWS_MAX_ATTEMPTS: '1' }));

const get = ({ dynamoDb }: Pick<Side, 'dynamoDb'>) => dynamoDb().get({ TableName: 't', Key: { pk: 'a' } });

function keys(secret: string, minutes: number): Answer {
  const Expiration = new Date(Date.now() + minutes * 60_000).toISOString();
  return { body: JSON.stringify({ AccessKeyId: 'id', SecretAccessKey: secret, Token: 'token', Expiration }) };
}

describe('credentials of the environment', () => {
  test('are those of the moment of each attempt', async () => {
    const client = ours().dynamoDb();
    for (const secret of ['first', 'second']) {
      Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: secret });
      service.play({});
      await client.get({ TableName: 't', Key: { pk: 'a' } });
      expect(isSignedWith(secret, service.received[0])).toBe(true);
      expect(service.received[0].headers['x-amz-security-token']).toBeUndefined();
    }
  });

  test('are told to be missing', async () => {
    await expect(get(ours())).rejects.toMatchObject({ name: 'CredentialsProviderError', retryable: false });
  });
});

describe('credentials behind an address', () => {
  beforeEach(() => {
    process.env.AWS_CONTAINER_CREDENTIALS_FULL_URI = `${keeper.url}/keys?a=1`;
    process.env.AWS_CONTAINER_AUTHORIZATION_TOKEN = 'let me in';
  });

  test('sign as those of the environment do', async () => {
    keeper.play(keys('behind', 60));
    await get(ours({ credentials: currentCredentials as never }));
    expect(keeper.received[0]).toMatchObject({ path: '/keys?a=1', headers: { authorization: 'let me in' } });
    expect(isSignedWith('behind', service.received[0])).toBe(true);
    expect(service.received[0].headers['x-amz-security-token']).toBe('token');
  });

  test('are fetched once, and again five minutes before they expire', async () => {
    keeper.play(keys('old', 4), keys('new', 60));
    expect(await Promise.all([currentCredentials(), currentCredentials()])).toMatchObject([
      { secretAccessKey: 'old' },
      { secretAccessKey: 'old' },
    ]);
    expect(keeper.received).toHaveLength(1);
    expect(await currentCredentials()).toMatchObject({ secretAccessKey: 'new' });
    expect(await currentCredentials()).toMatchObject({ secretAccessKey: 'new' });
    expect(keeper.received).toHaveLength(2);
  });

  test('serve until they expire when no others are to be had', async () => {
    keeper.play(keys('old', 4), { status: 500 });
    await currentCredentials();
    expect(await currentCredentials()).toMatchObject({ secretAccessKey: 'old' });
    expect(await currentCredentials()).toMatchObject({ secretAccessKey: 'old' });
    expect(keeper.received).toHaveLength(3);
  });

  test('are asked for with the token that is in its file at that time', async () => {
    const directory = mkdtempSync(path.join(tmpdir(), 'token-'));
    try {
      process.env.AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE = path.join(directory, 'token');
      keeper.play(keys('old', 1));
      for (const token of ['one', 'two']) {
        writeFileSync(path.join(directory, 'token'), token);
        await currentCredentials();
      }
      expect(keeper.received.map(({ headers }) => headers.authorization)).toEqual(['one', 'two']);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  test.each([
    ['is refused', { status: 403, body: '' }, false],
    ['fails for now', { status: 500, body: '' }, true],
    ['is no JSON', { body: 'keys' }, false],
    ['lacks a part', { body: '{"AccessKeyId":"a"}' }, false],
  ])('are told to be missing when the request %s', async (_, answer, retryable) => {
    keeper.play(answer);
    await expect(currentCredentials()).rejects.toMatchObject({ name: 'CredentialsProviderError', retryable });
  });

  test.each(['http://example.com/keys', 'http://169.254.170.99/keys', 'http://127.0.0.1.example.com/keys'])(
    'are not fetched from %s',
    async (address) => {
      process.env.AWS_CONTAINER_CREDENTIALS_FULL_URI = address;
      await expect(currentCredentials()).rejects.toThrow('without TLS');
    },
  );

  test('are not asked for while the environment has some', async () => {
    Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'near' });
    keeper.play(keys('behind', 60));
    expect(await outcomeOf(() => get(ours()))).toEqual({ result: {} });
    expect(keeper.received).toHaveLength(0);
  });
});
