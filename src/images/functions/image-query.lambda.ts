import { systemClock } from '../../runtime/clock';
import { bucket, settings } from '../../runtime/entry';
import { httpHandler } from '../../runtime/http';
import { readStores, STORES } from '../adapters/settings';
import { Library } from '../domain/library';
import { operations } from './image-query.api.generated';

const env = settings([...STORES]);
type Headers = Record<string, string>;

const library = new Library({ ...readStores(env, bucket), clock: systemClock });

export const handler = httpHandler(operations, {
  getImage: async ({ path }) => ({ status: 200, body: await library.summary(idOf(path.id)) }),

  getImageVariant: async ({ path, header }) => {
    const variant = await library.variant(idOf(path.id), path.variant, header['if-none-match']);
    // The address stays when the image is replaced, so that copies are asked about each time they are used.
    const headers: Headers = { etag: variant.etag, 'cache-control': 'public, no-cache' };
    if ('bytes' in variant) {
      return { status: 200, headers: { ...headers, 'content-type': variant.contentType }, body: variant.bytes };
    }
    if (!('address' in variant)) return { status: 304, headers };
    // Copies of the answer must not outlive the address.
    const redirect: Headers = { location: variant.address, 'cache-control': `private, max-age=${variant.seconds / 2}` };
    return { status: 302, headers: redirect };
  },
});

/** A slash is encoded twice, so that it gets past API Gateway's routing. */
function idOf(parameter: string): string {
  return parameter.replaceAll(/%2F/gi, '/');
}
