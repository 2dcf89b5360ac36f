import { AwsError } from './aws/error';
import type { S3 } from './aws/s3';
import type { ListedObject, ObjectHeaders, ObjectPart, ObjectParts, Objects, StoredObject } from './objects';

/** The most that one call of S3 deletes. */
const REMOVED_AT_ONCE = 1000;

export class S3Objects implements Objects, ObjectParts {
  constructor(
    private readonly s3: S3,
    private readonly bucket: string,
  ) {}

  get(key: string, etag?: string): Promise<StoredObject | undefined> {
    return ifPresent(this.s3.getObject({ Bucket: this.bucket, Key: key, IfMatch: etag && quoted(etag) }));
  }

  async getIfChanged(key: string, etag: string): Promise<StoredObject | 'unchanged' | undefined> {
    try {
      return await ifPresent(this.s3.getObject({ Bucket: this.bucket, Key: key, IfNoneMatch: quoted(etag) }));
    } catch (error) {
      if (statusOf(error) === 304) return 'unchanged';
      throw error;
    }
  }

  async part(key: string, from: number, bytes: number, etag?: string): Promise<ObjectPart | undefined> {
    const at = { Bucket: this.bucket, Key: key, IfMatch: etag && quoted(etag) };
    try {
      const found = await ifPresent(this.s3.getObject({ ...at, Range: `bytes=${from}-${from + bytes - 1}` }));
      return found && { ...found, total: found.size };
    } catch (error) {
      // Nothing of an object is a range of it that begins at its end, not even all of an empty one.
      if (statusOf(error) !== 416) throw error;
      const found = await this.head(key);
      return found && { body: new Uint8Array(), etag: found.etag, total: found.bytes };
    }
  }

  async head(key: string): Promise<Omit<ListedObject, 'key'> | undefined> {
    const found = await ifPresent(this.s3.headObject({ Bucket: this.bucket, Key: key }));
    return found && { bytes: found.size, etag: found.etag, changedAt: found.lastModified ?? new Date(0) };
  }

  async put(key: string, body: Uint8Array | string, headers: ObjectHeaders): Promise<void> {
    await this.s3.putObject(this.written(key, body, headers));
  }

  async swap(
    key: string,
    body: Uint8Array | string,
    headers: ObjectHeaders,
    expected: string | undefined,
  ): Promise<boolean> {
    const condition = expected === undefined ? { IfNoneMatch: '*' } : { IfMatch: quoted(expected) };
    try {
      await this.s3.putObject({ ...this.written(key, body, headers), ...condition });
      return true;
    } catch (error) {
      // 412: it is another by now; 409: another is written at this moment; 404: it was deleted.
      if (![404, 409, 412].includes(statusOf(error))) throw error;
      // Or it is ours: the reply was lost, and the call was made again.
      const found = await this.get(key);
      return found !== undefined && Buffer.from(body).equals(found.body);
    }
  }

  async remove(keys: readonly string[]): Promise<void> {
    for (let start = 0; start < keys.length; start += REMOVED_AT_ONCE) {
      const Keys = keys.slice(start, start + REMOVED_AT_ONCE);
      const left = await this.s3.deleteObjects({ Bucket: this.bucket, Keys });
      if (left.length > 0) throw new Error(`${left.length} objects were not deleted: ${left[0].code}`);
    }
  }

  async removeIf(key: string, etag: string): Promise<void> {
    try {
      await this.s3.deleteObject({ Bucket: this.bucket, Key: key, IfMatch: quoted(etag) });
    } catch (error) {
      if (![404, 409, 412].includes(statusOf(error))) throw error;
    }
  }

  async *list(prefix: string, after?: string): AsyncGenerator<ListedObject> {
    const from = { Bucket: this.bucket, Prefix: prefix, StartAfter: after };
    let token: string | undefined;
    do {
      const page = await this.s3.listObjects({ ...from, ContinuationToken: token });
      for (const { key, size, etag, lastModified } of page.objects) {
        yield { key, bytes: size, etag, changedAt: lastModified };
      }
      token = page.nextToken;
    } while (token);
  }

  address(key: string, seconds: number): Promise<string> {
    return this.s3.presignedGetUrl(this.bucket, key, seconds);
  }

  private written(key: string, body: Uint8Array | string, { contentType, cacheControl, tags }: ObjectHeaders) {
    return {
      Bucket: this.bucket,
      Key: key,
      Body: body,
      ContentType: contentType,
      CacheControl: cacheControl,
      ...(tags && { Tagging: new URLSearchParams(tags).toString() }),
    };
  }
}

/** S3's events tell ETags without quotes, its answers with them. */
function quoted(etag: string): string {
  return etag.startsWith('"') ? etag : `"${etag}"`;
}

const ABSENT = ['NoSuchKey', 'NotFound', 'PreconditionFailed'];

async function ifPresent<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof AwsError && ABSENT.includes(error.name)) return undefined;
    throw error;
  }
}

function statusOf(error: unknown): number {
  return error instanceof AwsError ? error.status : 0;
}
