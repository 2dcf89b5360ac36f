import type { EventBridgeEvent, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { dynamo, logger, s3, settings } from '../../runtime/entry';
import { CATALOG_ENV, CATALOG_KEYS } from '../contract';
import { CatalogTable } from '../domain/catalog-store';
import { Importer } from '../domain/importer';
import { S3Objects } from '../domain/objects';
import { type Clock, SnapshotPublisher } from '../domain/publisher';

type ObjectCreated = EventBridgeEvent<'Object Created', { object: { key: string; sequencer: string; size?: number } }>;

const env = settings([CATALOG_ENV.TABLE, CATALOG_ENV.BUCKET, CATALOG_ENV.CURRENCY]);
const clock: Clock = {
  now: () => new Date(),
  sleep: (milliseconds) => new Promise((done) => setTimeout(done, milliseconds)),
};
const table = new CatalogTable(dynamo(), env[CATALOG_ENV.TABLE]);
const objects = new S3Objects(s3(), env[CATALOG_ENV.BUCKET]);
const publisher = new SnapshotPublisher(table, objects, clock);
const importer = new Importer(table, objects, publisher, clock, env[CATALOG_ENV.CURRENCY]);

export async function handler({ Records }: SQSEvent): Promise<SQSBatchResponse> {
  const batchItemFailures: SQSBatchResponse['batchItemFailures'] = [];
  for (const { messageId, body } of Records) {
    const { key, sequencer, size } = (JSON.parse(body) as ObjectCreated).detail.object;
    // Consoles make an empty object for a folder.
    if (!key.startsWith(CATALOG_KEYS.IMPORTS) || key.endsWith('/')) continue;
    try {
      const result = await importer.import({ key, sequencer, size });
      if (!result) logger.info('Nothing to import: the file is gone, or was imported before', { key });
      else logger.info('Imported a file', { key, ...counts(result) });
    } catch (error) {
      logger.error('The import failed and is tried again', { key, error: error as Error });
      batchItemFailures.push({ itemIdentifier: messageId });
    }
  }
  return { batchItemFailures };
}

function counts({ status, imported, rejectedCount, version }: NonNullable<Awaited<ReturnType<Importer['import']>>>) {
  return { status, imported, rejected: rejectedCount, version };
}
