import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { isDeeperThan } from './json-depth';
import type { OperationDescription } from './operation';
import { Refusal } from './refusal';

/** No operation takes a body of more than a few levels. */
const DEEPEST = 20;

/**
 * The body of a request: parsed when the operation takes JSON and does not want it raw, otherwise its bytes; undefined
 * when there is none.
 *
 * @throws Refusal `payload_too_large`, `unsupported_media_type`, `malformed_json` or `invalid_request`
 */
export function readBody(operation: OperationDescription, event: APIGatewayProxyEventV2): unknown {
  const bytes = decode(operation, event);
  const takesJson = operation.mediaTypes.includes('application/json');
  if (bytes.length === 0) {
    if (!operation.bodyRequired) return undefined;
    const errors = [{ pointer: '/body', detail: 'is required' }];
    throw new Refusal('invalid_request', 'The request has no body.', { errors });
  }
  if (operation.rawBody) return bytes;
  checkMediaType(operation, event.headers['content-type'], takesJson);
  return takesJson ? parse(bytes) : bytes;
}

function decode(
  { maxBodyBytes }: OperationDescription,
  { body = '', isBase64Encoded }: APIGatewayProxyEventV2,
): Buffer {
  const bytes = Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8');
  if (bytes.length > maxBodyBytes) {
    throw new Refusal('payload_too_large', `The body has ${bytes.length} bytes; at most ${maxBodyBytes} are taken.`);
  }
  return bytes;
}

function checkMediaType(
  { mediaTypes }: OperationDescription,
  contentType: string | undefined,
  takesJson: boolean,
): void {
  const sent = contentType?.split(';')[0].trim().toLowerCase();
  // What says nothing of itself is taken for JSON where only JSON is taken.
  if (sent === undefined && takesJson) return;
  const accepted = mediaTypes.some((it) => (it.endsWith('/*') ? sent?.startsWith(it.slice(0, -1)) : it === sent));
  if (!accepted) {
    throw new Refusal('unsupported_media_type', `The body must be one of: ${mediaTypes.join(', ')}.`);
  }
}

function parse(bytes: Buffer): unknown {
  const text = textOf(bytes);
  if (isDeeperThan(DEEPEST, text)) {
    const errors = [{ pointer: '/body', detail: `must not be nested more than ${DEEPEST} levels deep` }];
    throw new Refusal('invalid_request', 'The body is nested too deeply.', { errors });
  }
  try {
    return JSON.parse(text);
  } catch {
    throw malformed();
  }
}

function textOf(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw malformed();
  }
}

function malformed(): Refusal {
  return new Refusal('malformed_json', 'The body is not JSON in UTF-8.');
}
