import { gunzipSync } from 'node:zlib';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { CATALOG_ENV } from '../../catalog/contract';
import { dynamo, logger, s3, settings } from '../../runtime/entry';
import { readEvent } from '../../runtime/events';
import { ORDERING_ENV } from '../contract';
import { DynamoOrderStore } from '../domain/dynamo-order-store';
import { systemClock } from '../domain/retry';
import { openStock } from '../domain/stock-opener';
import { events } from './stock-opener.events.generated';

const env = settings([ORDERING_ENV.TABLE, CATALOG_ENV.BUCKET]);
const store = new DynamoOrderStore(dynamo(), env[ORDERING_ENV.TABLE], systemClock);

/** Gives the products of each newly published catalogue their opening stock. */
export async function handler({ Records }: SQSEvent): Promise<SQSBatchResponse> {
  const failed: string[] = [];
  for (const { messageId, body } of Records) {
    try {
      const { data } = readEvent(body, events);
      const opened = await openStock(store, await readStock(data.stock.key));
      logger.info('Opened stock', { version: data.version, opened });
    } catch (error) {
      logger.error('Stock was not opened', { messageId, error: error as Error });
      failed.push(messageId);
    }
  }
  return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
}

async function readStock(key: string) {
  const { Body } = await s3().send(new GetObjectCommand({ Bucket: env[CATALOG_ENV.BUCKET], Key: key }));
  const bytes = await Body?.transformToByteArray();
  return JSON.parse(gunzipSync(bytes as Uint8Array).toString());
}
