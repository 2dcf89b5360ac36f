import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { strToU8, zipSync } from 'fflate';
import type { SiteFile } from '../../src/building-blocks/domain/site';
import { publishSite, removeSite, type SiteStore } from '../../src/building-blocks/domain/site-publisher';
import { handler } from '../../src/building-blocks/functions/site-publisher.lambda';
import { logger } from '../../src/runtime/entry';
import { setAwsEnvironment } from '../runtime/aws/environment';
import { type Answer, ScriptedServer } from '../runtime/aws/scripted-server';

class MemorySiteStore implements SiteStore {
  readonly files = new Map<string, SiteFile>();

  async put(file: SiteFile): Promise<void> {
    this.files.set(file.key, file);
  }

  /** Two at a time, as S3 gives a thousand at a time. */
  async keysBelow(folder: string): Promise<string[]> {
    return [...this.files.keys()].filter((key) => key.startsWith(`${folder}/`)).slice(0, 2);
  }

  async delete(keys: readonly string[]): Promise<void> {
    for (const key of keys) this.files.delete(key);
  }
}

const source = (...names: string[]) => ({
  files: async () => Object.fromEntries(names.map((name) => [name, strToU8(name)])),
});

describe('a version of a site', () => {
  const NAMES = ['index.html', 'assets/', 'assets/app-1a2b.js', 'licenses.txt'];

  test('is stored with the types browsers need, and kept by them only where names follow from content', async () => {
    const store = new MemorySiteStore();
    expect(await publishSite(source(...NAMES), store, { folder: 'site/one/1' })).toBe(3);
    const stored = [...store.files.values()].map(({ key, contentType, cacheControl }) => [
      key,
      contentType,
      /immutable/.test(cacheControl),
    ]);
    expect(stored).toEqual([
      ['site/one/1/assets/app-1a2b.js', 'text/javascript; charset=utf-8', true],
      ['site/one/1/index.html', 'text/html; charset=utf-8', false],
      ['site/one/1/licenses.txt', 'text/plain; charset=utf-8', false],
    ]);
  });

  test('has its settings beside its pages, and new ones in the same place', async () => {
    const store = new MemorySiteStore();
    for (const config of ['{"pool":"a"}', '{"pool":"b"}']) {
      await publishSite(source(...NAMES), store, { folder: 'site/one/1', config });
    }
    const { body, contentType, cacheControl } = store.files.get('site/one/1/config.json') as SiteFile;
    expect([Buffer.from(body).toString(), contentType, cacheControl]).toEqual([
      '{"pool":"b"}',
      'application/json',
      'public, max-age=0, must-revalidate',
    ]);
  });

  test('says its title and description where it has places for them, whatever characters they have', async () => {
    const html = '<title>Built</title><meta name="description" content="Built" /><p>Built</p>';
    const source = { files: async () => ({ 'index.html': strToU8(html), 'a.js': strToU8('<title>Built</title>') }) };
    const store = new MemorySiteStore();
    const stored = (name: string) => Buffer.from(store.files.get(`site/one/1/${name}`)?.body ?? '').toString();
    await publishSite(source, store, { folder: 'site/one/1' });
    expect(stored('index.html')).toBe(html);
    const texts = { title: 'Willow & Pine $1', description: '"Mugs" <b>茶杯' };
    await publishSite(source, store, { folder: 'site/one/1', ...texts });
    expect(stored('index.html')).toBe(
      '<title>Willow &#38; Pine $1</title><meta name="description" content="&#34;Mugs&#34; &#60;b&#62;茶杯" /><p>Built</p>',
    );
    expect(stored('a.js')).toBe('<title>Built</title>');
  });

  test('goes with all its files, and without those of any other', async () => {
    const store = new MemorySiteStore();
    for (const folder of ['site/one/1', 'site/one/10', 'site/two/1']) {
      await publishSite(source(...NAMES), store, { folder });
    }
    await removeSite(store, 'site/one/1');
    const folders = [...store.files.keys()].map((key) => key.split('/').slice(0, 3).join('/'));
    expect([...new Set(folders)]).toEqual(['site/one/10', 'site/two/1']);
  });
});

describe('the function', () => {
  /** S3 and CloudFormation. */
  let server: ScriptedServer;
  beforeAll(async () => {
    server = await ScriptedServer.start();
    const credentials = { AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'secret' };
    setAwsEnvironment({ AWS_ENDPOINT_URL: server.url, AWS_REGION: 'eu-west-1', ...credentials });
  });
  afterAll(async () => {
    setAwsEnvironment({});
    await server.stop();
  });
  beforeEach(() => {
    jest.spyOn(logger, 'info').mockReturnValue();
    jest.spyOn(logger, 'error').mockReturnValue();
  });
  afterEach(() => void jest.restoreAllMocks());

  const event = (RequestType: 'Create' | 'Delete') =>
    ({
      RequestType,
      ResponseURL: `${server.url}/answer?signature=1`,
      ResourceProperties: {
        TargetBucket: 'bucket',
        Version: 'site/old',
        SourceBucket: 'assets',
        SourceKey: 'site.zip',
      },
    }) as unknown as CloudFormationCustomResourceEvent;

  const told = () =>
    server.received.flatMap(({ path, headers, body }) =>
      path === '/answer?signature=1' && !headers['content-type'] ? [JSON.parse(body.toString())] : [],
    );

  test('waits for a permission that has just been given', async () => {
    const denied: Answer = { status: 403, body: '<Error><Code>AccessDenied</Code></Error>' };
    const archive: Answer = { body: Buffer.from(zipSync({ 'index.html': strToU8('<!doctype html>') })) };
    server.play(denied, archive, {});
    await handler(event('Create'));
    expect(server.received.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /assets/site.zip',
      'GET /assets/site.zip',
      'PUT /bucket/site/old/index.html',
      'PUT /answer?signature=1',
    ]);
    expect(told()).toMatchObject([{ Status: 'SUCCESS' }]);
  });

  const listing: Answer = { body: '<R><Contents><Key>site/old/index.html</Key></Contents></R>' };
  const done: Answer = { body: '<DeleteResult/>' };
  const refused: Answer = {
    body: '<DeleteResult><Error><Key>site/old/index.html</Key><Code>AccessDenied</Code></Error></DeleteResult>',
  };
  test.each([
    ['all are deleted', [listing, done, { body: '<R/>' }, {}], 'SUCCESS'],
    ['one is refused', [listing, refused, {}], 'FAILED'],
  ])('tells CloudFormation how taking a version away went: %s', async (_, script, Status) => {
    server.play(...script);
    await handler(event('Delete'));
    expect(told()).toMatchObject([{ Status, PhysicalResourceId: 'site/old' }]);
  });

  test('tells CloudFormation again when it was not heard', async () => {
    server.play(listing, done, { body: '<R/>' }, 'reset', {});
    await handler(event('Delete'));
    expect(told()).toMatchObject([{ Status: 'SUCCESS' }, { Status: 'SUCCESS' }]);
  });
});
