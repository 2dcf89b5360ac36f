import { bucket, settings } from '../../runtime/entry';
import { httpHandler } from '../../runtime/http';
import { ImageSummaries } from '../adapters/image-summaries';
import { STORE_PHOTOS_ENV } from '../contract';
import { decodedIds, photosOf } from '../domain/photos';
import { operations } from './store-photos.api.generated';

const env = settings([STORE_PHOTOS_ENV.BUCKET, STORE_PHOTOS_ENV.SUMMARIES]);
const summaries = new ImageSummaries(bucket(env[STORE_PHOTOS_ENV.BUCKET]), env[STORE_PHOTOS_ENV.SUMMARIES]);

/** How long browsers and the edge may show a photo that was replaced. */
const headers = { 'cache-control': 'public, max-age=30' };

export const handler = httpHandler(operations, {
  listPhotos: async ({ query }) => ({
    status: 200,
    headers,
    body: { items: await photosOf(summaries, decodedIds(query.id)) },
  }),
});
