import { setTimeout } from 'node:timers/promises';
import {
  DeleteObjectsCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandOutput,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { unzipSync } from 'fflate';
import { logger, s3 } from '../../runtime/entry';
import { SITE } from '../contract';
import { siteFiles } from '../domain/site';

const LONGEST_WAIT_SECONDS = 8;

/**
 * Copies a version of the site into a folder of its own, and takes it away once no distribution serves it.
 * CloudFormation deletes a replaced version only after everything else has moved on to the new one.
 */
export async function handler(event: CloudFormationCustomResourceEvent): Promise<void> {
  const { [SITE.TARGET_BUCKET]: bucket, [SITE.VERSION]: version, ...source } = event.ResourceProperties;
  try {
    if (event.RequestType === 'Delete') await remove(bucket, version);
    else await publish(source[SITE.SOURCE_BUCKET], source[SITE.SOURCE_KEY], bucket, version);
    await answer(event, version, 'SUCCESS');
  } catch (error) {
    logger.error('The site was not published', error as Error);
    await answer(event, version, 'FAILED', (error as Error).message);
  }
}

async function publish(sourceBucket: string, sourceKey: string, bucket: string, version: string): Promise<void> {
  const archive = await oncePermitted(() => s3().send(new GetObjectCommand({ Bucket: sourceBucket, Key: sourceKey })));
  const bytes = await archive.Body?.transformToByteArray();
  const files = siteFiles(unzipSync(bytes ?? new Uint8Array()), version);
  await Promise.all(
    files.map(({ key, body, contentType, cacheControl }) =>
      s3().send(
        new PutObjectCommand({
          Bucket: bucket,
          Key: key,
          Body: body,
          ContentType: contentType,
          CacheControl: cacheControl,
        }),
      ),
    ),
  );
  logger.info('The site is published', { version, files: files.length });
}

/** A policy that names a new archive is written just before it is asked for, and holds everywhere some seconds later. */
async function oncePermitted<T>(call: () => Promise<T>): Promise<T> {
  for (let seconds = 1; ; seconds *= 2) {
    try {
      return await call();
    } catch (error) {
      if ((error as Error).name !== 'AccessDenied' || seconds > LONGEST_WAIT_SECONDS) throw error;
      await setTimeout(seconds * 1000);
    }
  }
}

async function remove(bucket: string, version: string): Promise<void> {
  let page: ListObjectsV2CommandOutput;
  do {
    page = await s3().send(new ListObjectsV2Command({ Bucket: bucket, Prefix: `${version}/` }));
    const keys = (page.Contents ?? []).map(({ Key }) => ({ Key }));
    if (keys.length === 0) return;
    const { Errors = [] } = await s3().send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects: keys } }));
    if (Errors.length > 0) throw new Error(`${Errors.length} files were not deleted: ${Errors[0].Code}`);
  } while (page.IsTruncated);
}

async function answer(
  event: CloudFormationCustomResourceEvent,
  version: string,
  status: 'SUCCESS' | 'FAILED',
  reason = 'See the log of the site publisher',
): Promise<void> {
  const body = JSON.stringify({
    Status: status,
    Reason: reason,
    PhysicalResourceId: version,
    StackId: event.StackId,
    RequestId: event.RequestId,
    LogicalResourceId: event.LogicalResourceId,
  });
  const response = await fetch(event.ResponseURL, { method: 'PUT', body, headers: { 'content-type': '' } });
  if (!response.ok) throw new Error(`CloudFormation did not take the answer: HTTP ${response.status}`);
}
