import { Refusal } from '../../runtime/refusal';
import type { ObjectAddress } from './bucket-worker';

/** What a direct invocation asks for. */
export interface Invocation {
  readonly image: Buffer | ObjectAddress;
  readonly top?: number;
}

const SHAPE = 'Send {"image": "<base64>"} or {"s3": {"bucket": "...", "key": "..."}}, and "top" (1 to 100) by choice.';

/**
 * Reads the JSON of a direct invocation.
 *
 * @throws Refusal `invalid_request`
 */
export function readInvocation(event: unknown): Invocation {
  const { image, s3, top, ...unknown } = isRecord(event) ? event : { invalid: event };
  if (Object.keys(unknown).length > 0) throw invalid(`${Object.keys(unknown).sort().join(', ')} cannot be understood.`);
  if (top !== undefined && !isTop(top)) throw invalid('"top" must be a whole number from 1 to 100.');
  if ((image === undefined) === (s3 === undefined)) throw invalid('Exactly one of "image" and "s3" is needed.');
  return { image: image === undefined ? addressOf(s3) : decode(image), top };
}

function decode(image: unknown): Buffer {
  if (typeof image !== 'string' || !/^[A-Za-z0-9+/]+={0,2}$/.test(image)) throw invalid('"image" must be base64.');
  return Buffer.from(image, 'base64');
}

function addressOf(s3: unknown): ObjectAddress {
  const { bucket, key, ...unknown } = isRecord(s3) ? s3 : {};
  if (!isName(bucket) || !isName(key) || Object.keys(unknown).length > 0) {
    throw invalid('"s3" must have a "bucket" and a "key".');
  }
  return { bucket, key };
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0;
}

function isTop(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= 100;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function invalid(detail: string): Refusal {
  return new Refusal('invalid_request', `${detail} ${SHAPE}`);
}
