import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { systemClock } from '../../runtime/clock';
import { bucket, logger } from '../../runtime/entry';
import { answerCloudFormation } from '../adapters/cloudformation-answer';
import { S3SiteArchive, S3SiteStore } from '../adapters/s3-site';
import { SITE } from '../contract';
import { publishSite, removeSite } from '../domain/site-publisher';

/**
 * Copies a version of a site into a folder of its own, and takes it away once no distribution serves it.
 * CloudFormation deletes a replaced version only after everything else has moved on to the new one.
 */
export async function handler(event: CloudFormationCustomResourceEvent): Promise<void> {
  const { ResourceProperties: its, RequestType } = event;
  const folder = its[SITE.VERSION];
  const store = new S3SiteStore(bucket(its[SITE.TARGET_BUCKET]));
  try {
    if (RequestType === 'Delete') {
      await removeSite(store, folder);
    } else {
      const source = new S3SiteArchive(bucket(its[SITE.SOURCE_BUCKET]), its[SITE.SOURCE_KEY], systemClock);
      const { [SITE.CONFIG]: config, [SITE.TITLE]: title, [SITE.DESCRIPTION]: description } = its;
      const files = await publishSite(source, store, { folder, config, title, description });
      logger.info('The site is published', { folder, files });
    }
  } catch (error) {
    logger.error('The site was not published', error as Error);
    return answerCloudFormation(event, { physicalId: folder, failure: error as Error });
  }
  return answerCloudFormation(event, { physicalId: folder });
}
