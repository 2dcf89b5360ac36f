import { AwsError } from './error';
import { requestIdOf, retryAfterOf } from './response-headers';
import { encodeKey, S3_SERVICE, S3Address } from './s3-address';
import { type ClientOptions, ServiceClient, type ServiceRequest } from './service-client';
import type { HttpResponse } from './transport';
import { elements, escapeXml, text } from './xml';

export interface ObjectAt {
  readonly Bucket: string;
  readonly Key: string;
}

/** ETags are as S3 gives them, in their quotes. */
export interface ObjectCondition {
  readonly IfMatch?: string;
  readonly IfNoneMatch?: string;
}

export interface ObjectHead {
  readonly etag: string;
  /** In bytes. */
  readonly size: number;
  readonly contentType?: string;
  readonly lastModified?: Date;
  readonly versionId?: string;
  readonly metadata: Readonly<Record<string, string>>;
}

export interface ObjectHeaders {
  readonly ContentType?: string;
  readonly CacheControl?: string;
  readonly ContentDisposition?: string;
  readonly ContentEncoding?: string;
  /** Written as a query string is. */
  readonly Tagging?: string;
  /** Sent as headers, so ASCII only. */
  readonly Metadata?: Readonly<Record<string, string>>;
}

export interface ListedObject {
  readonly key: string;
  readonly etag: string;
  readonly size: number;
  readonly lastModified: Date;
}

/** Which bytes of an object are wanted, such as `bytes=0-99`. */
export interface ObjectRange {
  readonly Range?: string;
}

/** Objects, or parts of them, that fit in memory. */
export interface S3 {
  /** @throws AwsError `NoSuchKey`, `NotModified`, `PreconditionFailed` or `InvalidRange` */
  getObject(input: ObjectAt & ObjectCondition & ObjectRange): Promise<ObjectHead & { readonly body: Uint8Array }>;
  /** @throws AwsError `NotFound` */
  headObject(input: ObjectAt & ObjectCondition): Promise<ObjectHead>;
  putObject(
    input: ObjectAt & ObjectCondition & ObjectHeaders & { readonly Body: string | Uint8Array },
  ): Promise<{ readonly etag: string; readonly versionId?: string }>;
  /** Succeeds where there is no such object too. */
  deleteObject(input: ObjectAt & Pick<ObjectCondition, 'IfMatch'>): Promise<void>;
  /**
   * Up to 1000 objects in one call.
   * @returns those that were not deleted
   */
  deleteObjects(input: {
    readonly Bucket: string;
    readonly Keys: readonly string[];
  }): Promise<{ readonly key: string; readonly code: string }[]>;
  /** Up to 1000 objects, in the order of their keys. */
  listObjects(input: {
    readonly Bucket: string;
    readonly Prefix?: string;
    readonly ContinuationToken?: string;
    readonly StartAfter?: string;
    readonly MaxKeys?: number;
  }): Promise<{ readonly objects: ListedObject[]; readonly nextToken?: string }>;
  copyObject(input: ObjectAt & { readonly Source: ObjectAt }): Promise<{ readonly etag: string }>;
  /** An address from which anyone can read the object for a while. */
  presignedGetUrl(bucket: string, key: string, seconds: number): Promise<string>;
}

export class S3Client implements S3 {
  private readonly client: ServiceClient;
  private readonly address: S3Address;

  constructor(options: ClientOptions = {}) {
    this.client = new ServiceClient(S3_SERVICE, { requestTimeoutMs: 15_000, ...options }, errorOf);
    this.address = new S3Address(this.client.endpoint);
  }

  getObject({ IfMatch, IfNoneMatch, Range, ...at }: ObjectAt & ObjectCondition & ObjectRange) {
    const headers = { 'if-match': IfMatch, 'if-none-match': IfNoneMatch, range: Range };
    return this.client.send({ method: 'GET', ...this.object(at), headers }, (response) => ({
      ...headOf(response),
      size: wholeSizeOf(response) ?? response.body.length,
      body: response.body as Uint8Array,
    }));
  }

  headObject({ IfMatch, IfNoneMatch, ...at }: ObjectAt & ObjectCondition) {
    const headers = { 'if-match': IfMatch, 'if-none-match': IfNoneMatch };
    return this.client.send({ method: 'HEAD', ...this.object(at), headers }, headOf);
  }

  putObject(input: Parameters<S3['putObject']>[0]) {
    const headers = {
      'content-type': input.ContentType ?? 'application/octet-stream',
      'cache-control': input.CacheControl,
      'content-disposition': input.ContentDisposition,
      'content-encoding': input.ContentEncoding,
      'x-amz-tagging': input.Tagging,
      'if-match': input.IfMatch,
      'if-none-match': input.IfNoneMatch,
      ...checksumOf(input.Body),
      ...Object.fromEntries(
        Object.entries(input.Metadata ?? {}).map(([name, value]) => [`x-amz-meta-${name.toLowerCase()}`, value]),
      ),
    };
    return this.client.send({ method: 'PUT', ...this.object(input), headers, body: input.Body }, ({ headers }) => ({
      etag: headers.etag ?? '',
      versionId: headers['x-amz-version-id'] as string | undefined,
    }));
  }

  deleteObject({ IfMatch, ...at }: Parameters<S3['deleteObject']>[0]) {
    return this.client.send(
      { method: 'DELETE', ...this.object(at), headers: { 'if-match': IfMatch } },
      () => undefined as undefined,
    );
  }

  deleteObjects({ Bucket, Keys }: Parameters<S3['deleteObjects']>[0]) {
    const objects = Keys.map((key) => `<Object><Key>${escapeXml(key)}</Key></Object>`).join('');
    const body = `<?xml version="1.0" encoding="UTF-8"?><Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${objects}<Quiet>true</Quiet></Delete>`;
    const headers = { 'content-type': 'application/xml', ...checksumOf(body) };
    return this.client.send({ method: 'POST', ...this.bucket(Bucket, { delete: '' }), headers, body }, (response) => {
      const answer = document(response);
      return elements(answer, 'Error').map((error) => ({
        key: text(error, 'Key') ?? '',
        code: text(error, 'Code') ?? '',
      }));
    });
  }

  listObjects({ Bucket, Prefix, ContinuationToken, StartAfter, MaxKeys }: Parameters<S3['listObjects']>[0]) {
    const query = {
      'continuation-token': ContinuationToken,
      'list-type': '2',
      'max-keys': MaxKeys?.toString(),
      prefix: Prefix,
      'start-after': StartAfter,
    };
    return this.client.send({ method: 'GET', ...this.bucket(Bucket, query) }, (response) => {
      const answer = document(response);
      return {
        objects: elements(answer, 'Contents').map((object) => ({
          key: text(object, 'Key') ?? '',
          etag: text(object, 'ETag') ?? '',
          size: Number(text(object, 'Size')),
          lastModified: new Date(text(object, 'LastModified') ?? ''),
        })),
        nextToken: text(answer, 'IsTruncated') === 'true' ? text(answer, 'NextContinuationToken') : undefined,
      };
    });
  }

  copyObject({ Source, ...at }: Parameters<S3['copyObject']>[0]) {
    const headers = { 'x-amz-copy-source': `${Source.Bucket}/${encodeKey(Source.Key)}` };
    return this.client.send({ method: 'PUT', ...this.object(at), headers }, (response) => ({
      etag: text(document(response), 'ETag') ?? '',
    }));
  }

  presignedGetUrl(bucket: string, key: string, seconds: number) {
    const { path, endpoint } = this.object({ Bucket: bucket, Key: key });
    return this.client.presign({ method: 'GET', path: `${path}?X-Amz-Expires=${seconds}`, endpoint });
  }

  private object({ Bucket, Key }: ObjectAt): Pick<ServiceRequest, 'path' | 'endpoint'> {
    if (!Key) throw new Error(`An object of the bucket ${Bucket} was asked for without its key.`);
    return this.address.of(Bucket, encodeKey(Key));
  }

  private bucket(bucket: string, query: Readonly<Record<string, string | undefined>>) {
    const pairs = Object.entries(query).flatMap(([name, value]) =>
      value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`],
    );
    const { path, endpoint } = this.address.of(bucket, '');
    return { path: `${path}?${pairs.join('&')}`, endpoint };
  }
}

const METADATA = 'x-amz-meta-';

function headOf({ headers }: HttpResponse): ObjectHead {
  const metadata = Object.entries(headers).filter(([name]) => name.startsWith(METADATA));
  return {
    etag: headers.etag ?? '',
    size: Number(headers['content-length'] ?? 0),
    contentType: headers['content-type'],
    lastModified: headers['last-modified'] ? new Date(headers['last-modified']) : undefined,
    versionId: headers['x-amz-version-id'] as string | undefined,
    metadata: Object.fromEntries(metadata.map(([name, value]) => [name.slice(METADATA.length), String(value)])),
  };
}

/** Of an answer with a part of an object: bytes of all of it. */
function wholeSizeOf({ headers }: HttpResponse): number | undefined {
  const [, size] = /\/(\d+)$/.exec(headers['content-range'] ?? '') ?? [];
  return size === undefined ? undefined : Number(size);
}

/** The SDK's checksum: S3 compares what arrives with it, and keeps it. */
function checksumOf(body: string | Uint8Array): Record<string, string> {
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(process.getBuiltinModule('node:zlib').crc32(body as Buffer));
  return { 'x-amz-checksum-crc32': sum.toString('base64'), 'x-amz-sdk-checksum-algorithm': 'CRC32' };
}

/**
 * An answer that is a document. S3 may begin one with status 200 before it knows that it will fail.
 *
 * @throws AwsError what the document tells, as something to be tried again
 */
function document(response: HttpResponse): string {
  const xml = response.body.toString();
  if (xml === '' || /<\/Error>\s*$/.test(xml)) throw errorOf({ ...response, status: 503 });
  return xml;
}

/** Names of failures that come without a document, as those of HEAD do. */
const NAMES_BY_STATUS: Readonly<Record<number, string>> = { 304: 'NotModified', 404: 'NotFound' };

function errorOf({ status, headers, body }: HttpResponse): AwsError {
  const xml = body.toString();
  const name = text(xml, 'Code') ?? NAMES_BY_STATUS[status] ?? 'Unknown';
  return new AwsError(name, text(xml, 'Message') ?? 'UnknownError', {
    status,
    requestId: requestIdOf(headers) ?? text(xml, 'RequestId'),
    retryAfterMs: retryAfterOf(headers),
  });
}
