import { randomUUID } from 'node:crypto';
import { API_PREFIX } from '../../api/contract';
import { systemClock } from '../../runtime/clock';
import { bucket, settings } from '../../runtime/entry';
import { httpHandler } from '../../runtime/http';
import { imageOf } from '../adapters/form';
import { LIMITS, readLimits, readStores, STORES } from '../adapters/settings';
import { SharpCodec } from '../adapters/sharp-codec';
import { secondsToWait, Uploads } from '../domain/upload';
import { operations } from './image-upload.api.generated';

const env = settings([...STORES, ...LIMITS]);
const limits = readLimits(env);
const uploads = new Uploads({ ...readStores(env, bucket), limits, codec: new SharpCodec(limits), clock: systemClock });

/** Time kept for the answer itself. */
const RESERVE_SECONDS = 2;

export const handler = httpHandler(operations, {
  uploadImage: async ({ body, contentType = '', header }, context) => {
    const accepted = await uploads.accept(await imageOf(body, contentType), randomUUID());
    const headers = { location: `${API_PREFIX}/images/${encodeURIComponent(accepted.id)}` };
    const secondsLeft = context.getRemainingTimeInMillis() / 1000 - RESERVE_SECONDS;
    const summary = await uploads.finished(accepted.id, Math.min(secondsToWait(header.prefer), secondsLeft));
    if (!summary) return { status: 201, headers, body: accepted };
    return { status: 200, headers: { ...headers, 'preference-applied': 'wait' }, body: summary };
  },
});
