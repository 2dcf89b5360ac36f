import { GlueClient } from '@aws-sdk/client-glue';
import type { LocalCloud } from '../../local/src';
import type { ShopFunction, ShopOutputs, ShopUrls } from '../shop-stack';
import { s3Client } from '../stock-the-shop';
import { Analytics } from './analytics';
import type { ConsoleReply, ConsoleRequest, ConsoleRoute } from './messages';
import { Photos } from './photos';
import { sampleDigit, sampleDigits } from './sample-digits';

export interface ConsoleContext {
  readonly cloud: LocalCloud;
  readonly urls: ShopUrls;
  readonly outputs: ShopOutputs;
  readonly functions: readonly ShopFunction[];
  readonly notEmulated: readonly string[];
}

const LOG_TAIL_CHARACTERS = 40_000;

/** What the pages may ask, by method and path. */
export function consoleRoutes(context: ConsoleContext): Record<string, ConsoleRoute> {
  const { cloud, urls, outputs, functions, notEmulated } = context;
  const s3 = s3Client(cloud);
  const photos = new Photos(s3, outputs.PhotosBucket, urls.photosApi);
  const analytics = new Analytics(s3, new GlueClient(cloud.clientConfig), outputs, urls.api);

  return {
    'GET /api/overview': () => ({ body: { urls, functions, notEmulated, logDirectory: cloud.logDirectory } }),
    'GET /api/log': ({ query }) => {
      const wanted = functions.find(({ name }) => name === query.get('function'));
      if (!wanted) return notFound('There is no such function.');
      return { body: { name: wanted.name, tail: cloud.logs(wanted.name).slice(-LOG_TAIL_CHARACTERS) } };
    },

    'GET /api/photos': async () => ({ body: { photos: await photos.latest() } }),
    'POST /api/photos': (request) => forward(`${urls.photosApi}/v1/images`, request, { prefer: 'wait' }),
    'GET /api/photo': ({ query }) => photos.variant(query.get('id') ?? '', query.get('variant') ?? ''),

    'GET /api/digits': () => ({ body: { digits: sampleDigits() } }),
    'GET /api/digit': async ({ query }) => {
      const png = await sampleDigit(Number(query.get('index')));
      return png ? { body: png, contentType: 'image/png' } : notFound('There is no such sample.');
    },
    'POST /api/classify': (request) => forward(`${urls.classifierApi}/v1/classify?top=10`, request),

    'GET /api/analytics': async () => ({ body: await analytics.state() }),
    'POST /api/analytics/sales': async () => ({ body: await analytics.putSales() }),
    'POST /api/analytics/runs': async () => ({ status: 202, body: await analytics.startRun() }),
    'GET /api/analytics/tables': async () => ({ body: await analytics.tables() }),
  };
}

function notFound(detail: string): ConsoleReply {
  return { status: 404, body: { detail } };
}

/** Hands a request's body to one of the shop's APIs and its answer back as it is. */
async function forward(
  address: string,
  { headers, body }: ConsoleRequest,
  extra: Record<string, string> = {},
): Promise<ConsoleReply> {
  const answer = await fetch(address, {
    method: 'POST',
    body: new Uint8Array(body),
    headers: { 'content-type': headers['content-type'] ?? 'application/octet-stream', ...extra },
  });
  return {
    status: answer.status,
    body: new Uint8Array(await answer.arrayBuffer()),
    contentType: answer.headers.get('content-type') ?? undefined,
  };
}
