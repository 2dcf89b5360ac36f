import { GetObjectCommand, PutObjectCommand, type S3Client, S3ServiceException } from '@aws-sdk/client-s3';

export interface StoredObject {
  readonly body: Uint8Array;
  /** Changes with the content. */
  readonly etag: string;
}

/** Objects of one bucket. */
export interface Objects {
  get(key: string): Promise<StoredObject | undefined>;
  /** `unchanged` when the object still has that ETag. */
  getIfChanged(key: string, etag: string): Promise<StoredObject | 'unchanged' | undefined>;
  put(key: string, body: Uint8Array | string, contentType: string): Promise<void>;
  /**
   * Replaces an object only if it still has that ETag, or makes it only if there is none yet.
   * @returns whether it did
   */
  swap(key: string, body: string, contentType: string, expected: string | undefined): Promise<boolean>;
}

export class S3Objects implements Objects {
  constructor(
    private readonly client: S3Client,
    private readonly bucket: string,
  ) {}

  async get(key: string): Promise<StoredObject | undefined> {
    return (await this.read(key)) as StoredObject | undefined;
  }

  async getIfChanged(key: string, etag: string): Promise<StoredObject | 'unchanged' | undefined> {
    return this.read(key, etag);
  }

  async put(key: string, body: Uint8Array | string, contentType: string): Promise<void> {
    await this.client.send(
      new PutObjectCommand({ Bucket: this.bucket, Key: key, Body: body, ContentType: contentType }),
    );
  }

  async swap(key: string, body: string, contentType: string, expected: string | undefined): Promise<boolean> {
    const condition = expected === undefined ? { IfNoneMatch: '*' } : { IfMatch: expected };
    try {
      await this.client.send(
        new PutObjectCommand({ Bucket: this.bucket, Key: key, Body: body, ContentType: contentType, ...condition }),
      );
      return true;
    } catch (error) {
      // 412: it is another by now; 409: another is written at this moment; 404: it was deleted.
      if ([404, 409, 412].includes(statusOf(error))) return false;
      throw error;
    }
  }

  private async read(key: string, knownEtag?: string): Promise<StoredObject | 'unchanged' | undefined> {
    try {
      const { Body, ETag = '' } = await this.client.send(
        new GetObjectCommand({ Bucket: this.bucket, Key: key, IfNoneMatch: knownEtag }),
      );
      return { body: (await Body?.transformToByteArray()) ?? new Uint8Array(), etag: ETag };
    } catch (error) {
      if (statusOf(error) === 304) return 'unchanged';
      if (error instanceof S3ServiceException && error.name === 'NoSuchKey') return undefined;
      throw error;
    }
  }
}

function statusOf(error: unknown): number {
  return error instanceof S3ServiceException ? (error.$metadata.httpStatusCode ?? 0) : 0;
}
