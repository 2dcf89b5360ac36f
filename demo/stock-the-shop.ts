import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  S3Client,
} from '@aws-sdk/client-s3';
import type { LocalCloud } from '../local/src';
import { CATALOG_KEYS } from '../src/catalog/contract';
import { type ImportResult, resultKeyOf } from '../src/catalog/domain/import-result';
import { SUMMARIES, SUMMARY } from '../src/images/contract';
import type { CatalogueFile, Picture } from './catalogue';
import { DemoError } from './errors';

/** Prefixes of the photos bucket, as the example shop's pipeline has them by default. */
export const PHOTOS = { originals: 'originals/', summaries: `${SUMMARIES}media/` } as const;

const POLL_MS = 200;
const IMPORT_TIMEOUT_MS = 180_000;
/** Pictures are given up when none has come out for so long. */
const PICTURES_STALL_MS = 60_000;
const UPLOADS_AT_A_TIME = 8;
const CONTENT_TYPES: Record<string, string> = { csv: 'text/csv', yaml: 'application/yaml', yml: 'application/yaml' };

type Progress = (text: string) => void;

export function s3Client(cloud: LocalCloud): S3Client {
  return new S3Client({ ...cloud.clientConfig, forcePathStyle: true });
}

/**
 * Puts the catalogue file where the shop imports it from and waits for the result, unless this very file was imported
 * before.
 *
 * @throws DemoError when nothing could be imported
 */
export async function importCatalogue(
  s3: S3Client,
  bucket: string,
  file: CatalogueFile,
  progress: Progress,
): Promise<ImportResult> {
  const key = `${CATALOG_KEYS.IMPORTS}${file.name}`;
  const resultKey = resultKeyOf(key);
  const before = await readResult(s3, bucket, resultKey);
  if (before && before.imported > 0 && (await isThere(s3, bucket, key, file.bytes))) return before;

  await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: resultKey }));
  await s3.send(
    new PutObjectCommand({
      Bucket: bucket,
      Key: key,
      Body: file.bytes,
      ContentType: CONTENT_TYPES[file.name.toLowerCase().split('.').at(-1) ?? ''],
    }),
  );
  const result = await untilResult(s3, bucket, resultKey, (seconds) =>
    progress(`${file.rows} rows, ${seconds} s so far`),
  );
  if (result.imported === 0) {
    const line = result.error?.line ?? result.rejected[0]?.line;
    const reason = result.rejected[0]?.reason ?? result.error?.reason;
    throw new DemoError(`nothing of ${file.name}${line === undefined ? '' : `:${line}`} could be imported: ${reason}`);
  }
  return result;
}

export interface PicturesDone {
  readonly ready: number;
  /** Names of those that the pipeline has not finished, or has rejected. */
  readonly missing: readonly string[];
}

/** Puts the pictures that are not there yet and waits until the pipeline is through with all. */
export async function putPictures(
  s3: S3Client,
  bucket: string,
  pictures: readonly Picture[],
  progress: Progress,
): Promise<PicturesDone> {
  const waiting = [...pictures];
  let put = 0;
  const upload = async () => {
    for (let picture = waiting.pop(); picture; picture = waiting.pop()) {
      await putPicture(s3, bucket, picture);
      progress(`${++put} of ${pictures.length} put`);
    }
  };
  await Promise.all(Array.from({ length: UPLOADS_AT_A_TIME }, upload));

  let finished = new Set<string>();
  let lastNews = Date.now();
  while (finished.size < pictures.length && Date.now() - lastNews < PICTURES_STALL_MS) {
    const now = await finishedIds(s3, bucket, pictures);
    if (now.size > finished.size) lastNews = Date.now();
    finished = now;
    progress(`${finished.size} of ${pictures.length}`);
    if (finished.size < pictures.length) await sleep(POLL_MS);
  }
  const statuses = await Promise.all(
    pictures.map(async ({ name }) => ({ name, ready: finished.has(name) && (await isReady(s3, bucket, name)) })),
  );
  const missing = statuses.filter(({ ready }) => !ready).map(({ name }) => name);
  return { ready: pictures.length - missing.length, missing };
}

async function putPicture(s3: S3Client, bucket: string, { name, file }: Picture): Promise<void> {
  const bytes = readFileSync(file);
  const key = PHOTOS.originals + name;
  if (await isThere(s3, bucket, key, bytes)) return;
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: bytes }));
}

async function finishedIds(s3: S3Client, bucket: string, pictures: readonly Picture[]): Promise<Set<string>> {
  const keys = new Set<string>();
  for await (const page of paginateListObjectsV2({ client: s3 }, { Bucket: bucket, Prefix: PHOTOS.summaries })) {
    for (const { Key } of page.Contents ?? []) keys.add(Key ?? '');
  }
  return new Set(pictures.map(({ name }) => name).filter((name) => keys.has(summaryKey(name))));
}

async function isReady(s3: S3Client, bucket: string, id: string): Promise<boolean> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: summaryKey(id) }));
  return JSON.parse((await Body?.transformToString()) ?? '{}').status === 'ready';
}

function summaryKey(id: string): string {
  return `${PHOTOS.summaries}${id}/${SUMMARY}`;
}

/** Whether an object holds exactly these bytes. */
async function isThere(s3: S3Client, bucket: string, key: string, bytes: Buffer): Promise<boolean> {
  try {
    const { ETag } = await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
    return ETag === `"${createHash('md5').update(bytes).digest('hex')}"`;
  } catch (error) {
    if ((error as Error).name === 'NotFound') return false;
    throw error;
  }
}

async function untilResult(s3: S3Client, bucket: string, key: string, onWait: (seconds: number) => void) {
  const started = Date.now();
  while (Date.now() - started < IMPORT_TIMEOUT_MS) {
    const result = await readResult(s3, bucket, key);
    if (result && result.status !== 'running') return result;
    onWait(Math.round((Date.now() - started) / 1000));
    await sleep(POLL_MS);
  }
  throw new DemoError(
    `the import has not answered in ${IMPORT_TIMEOUT_MS / 1000} s: start with --keep, then the log of its function stays and tells why`,
  );
}

async function readResult(s3: S3Client, bucket: string, key: string): Promise<ImportResult | undefined> {
  try {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return JSON.parse((await Body?.transformToString()) ?? '');
  } catch (error) {
    if ((error as Error).name === 'NoSuchKey') return undefined;
    throw error;
  }
}
