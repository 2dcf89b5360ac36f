import { S3Client } from '@aws-sdk/client-s3';
import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { strToU8, zipSync } from 'fflate';
import type { SiteFile } from '../../src/building-blocks/domain/site';
import { publishSite, removeSite, type SiteStore } from '../../src/building-blocks/domain/site-publisher';
import { handler } from '../../src/building-blocks/functions/site-publisher.lambda';
import { logger } from '../../src/runtime/entry';

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
  afterEach(() => jest.restoreAllMocks());

  const deletion = {
    RequestType: 'Delete',
    ResponseURL: 'https://cloudformation.example/',
    ResourceProperties: { TargetBucket: 'bucket', Version: 'site/old' },
  } as unknown as CloudFormationCustomResourceEvent;

  test('waits for a permission that has just been given', async () => {
    const denied = Object.assign(new Error('Access Denied'), { name: 'AccessDenied' });
    const archive = zipSync({ 'index.html': strToU8('<!doctype html>') });
    const replies = [denied, { Body: { transformToByteArray: async () => archive } }, {}];
    const send = jest.spyOn(S3Client.prototype, 'send').mockImplementation(async () => {
      const reply = replies.shift();
      if (reply instanceof Error) throw reply;
      return reply;
    });
    jest.spyOn(logger, 'info').mockReturnValue();
    const answer = jest.spyOn(global, 'fetch').mockResolvedValue(new Response());
    await handler({ ...deletion, RequestType: 'Create' } as CloudFormationCustomResourceEvent);
    expect(JSON.parse(String(answer.mock.calls[0][1]?.body))).toMatchObject({ Status: 'SUCCESS' });
    expect(send).toHaveBeenCalledTimes(3);
  });

  test.each([
    [[], 'SUCCESS'],
    [[{ Key: 'site/old/index.html', Code: 'AccessDenied' }], 'FAILED'],
  ])('tells CloudFormation how taking a version away went: %j', async (Errors, status) => {
    const replies: unknown[] = [{ Contents: [{ Key: 'site/old/index.html' }] }, { Errors }, {}];
    jest.spyOn(S3Client.prototype, 'send').mockImplementation(async () => replies.shift());
    jest.spyOn(logger, 'error').mockReturnValue();
    const answer = jest.spyOn(global, 'fetch').mockResolvedValue(new Response());
    await handler(deletion);
    expect(JSON.parse(String(answer.mock.calls[0][1]?.body))).toMatchObject({
      Status: status,
      PhysicalResourceId: 'site/old',
    });
  });
});
