import { createHash, createHmac } from 'node:crypto';
import type { ReceivedRequest } from './scripted-server';

const ALGORITHM = 'AWS4-HMAC-SHA256';

/** Whether a service that knows the secret would take the request for its sender's, by AWS's description of it. */
export function isSignedWith(secret: string, request: ReceivedRequest): boolean {
  const { authorization = '', 'x-amz-date': date = '' } = request.headers;
  const match = /Credential=[^/]+\/([^,]+), ?SignedHeaders=([^,]+), ?Signature=(\w+)/.exec(authorization);
  if (!match) return false;
  const [, scope, names, signature] = match;
  const headers = names.split(';').map((name) => [name, request.headers[name] ?? ''] as const);
  const bodyHash = request.headers['x-amz-content-sha256'] ?? sha256(request.body);
  if (bodyHash !== sha256(request.body)) return false;
  return signature === sign(secret, date, scope, canonical(request, headers, bodyHash, scope));
}

/** The same of an address that carries its signature. */
export function isPresignedWith(secret: string, address: string): boolean {
  const url = new URL(address);
  const parameters = Object.fromEntries(url.searchParams);
  const scope = parameters['X-Amz-Credential'].split('/').slice(1).join('/');
  url.searchParams.delete('X-Amz-Signature');
  const query = url.search.slice(1);
  const request = { method: 'GET', path: `${url.pathname}?${query}`, headers: {}, body: Buffer.alloc(0) };
  const text = canonical(request, [['host', url.host]], 'UNSIGNED-PAYLOAD', scope);
  return parameters['X-Amz-Signature'] === sign(secret, parameters['X-Amz-Date'], scope, text);
}

type Headers = readonly (readonly [name: string, value: string])[];

function canonical({ method, path }: ReceivedRequest, headers: Headers, bodyHash: string, scope: string): string {
  const [pathname, query = ''] = path.split('?');
  const pairs = query
    .split('&')
    .filter(Boolean)
    .map((pair) => {
      const [name, value = ''] = pair.split('=').map((part) => decodeURIComponent(part.replaceAll('+', '%20')));
      return `${encode(name)}=${encode(value)}`;
    });
  // S3 alone takes the path as it is sent; the others encode it once more.
  const isS3 = scope.split('/')[2] === 's3';
  return [
    method,
    isS3 ? pathname : pathname.split('/').map(encode).join('/'),
    pairs.sort().join('&'),
    ...headers.map(([name, value]) => `${name}:${value.trim().replace(/ +/g, ' ')}`),
    '',
    headers.map(([name]) => name).join(';'),
    bodyHash,
  ].join('\n');
}

function sign(secret: string, date: string, scope: string, text: string): string {
  const key = scope.split('/').reduce<string | Buffer>((key, part) => hmac(key, part), `AWS4${secret}`);
  return hmac(key, [ALGORITHM, date, scope, sha256(text)].join('\n')).toString('hex');
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function sha256(text: string | Buffer): string {
  return createHash('sha256').update(text).digest('hex');
}
