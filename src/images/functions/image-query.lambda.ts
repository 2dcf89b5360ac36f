import { s3, settings } from '../../runtime/entry';
import { httpHandler } from '../../runtime/http';
import { IMAGE_ENV } from '../contract';
import { Library } from '../domain/library';
import { readStores } from '../domain/settings';
import { operations } from './image-query.api.generated';

const env = settings([
  IMAGE_ENV.SOURCE_BUCKET,
  IMAGE_ENV.SOURCE_PREFIX,
  IMAGE_ENV.OUTPUT_BUCKET,
  IMAGE_ENV.OUTPUT_PREFIX,
]);
type Headers = Record<string, string>;

const library = new Library(readStores(env, s3()));

export const handler = httpHandler(operations, {
  getImage: async ({ path }) => ({ status: 200, body: await library.summary(idOf(path.id)) }),

  getImageVariant: async ({ path }) => {
    const variant = await library.variant(idOf(path.id), path.variant);
    if ('address' in variant) {
      // Copies of the answer must not outlive the address.
      const headers: Headers = {
        location: variant.address,
        'cache-control': `private, max-age=${variant.seconds / 2}`,
      };
      return { status: 302, headers };
    }
    const headers: Headers = { 'content-type': variant.contentType, 'cache-control': 'public, max-age=3600' };
    return { status: 200, headers, body: variant.bytes };
  },
});

/** A slash is encoded twice, so that it gets past API Gateway's routing. */
function idOf(parameter: string): string {
  return parameter.replaceAll(/%2F/gi, '/');
}
