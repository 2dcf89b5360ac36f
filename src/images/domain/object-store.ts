import { GetObjectCommand, HeadObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';

export interface StoredObject {
  readonly bytes: Uint8Array;
  readonly contentType?: string;
  readonly etag?: string;
}

/** Where images and what is made of them are kept. */
export interface ObjectStore {
  /**
   * An object; undefined when there is none.
   *
   * @param etag without quotes; an object that has another one counts as none
   */
  get(key: string, etag?: string): Promise<StoredObject | undefined>;
  /** Size in bytes; undefined when there is no such object. */
  size(key: string): Promise<number | undefined>;
  put(key: string, bytes: Uint8Array, headers: { contentType: string; cacheControl?: string }): Promise<void>;
  /** An address from which anyone can read the object for a while. */
  address(key: string, seconds: number): Promise<string>;
}

const ABSENT = ['NoSuchKey', 'NotFound', 'PreconditionFailed'];

export class S3ObjectStore implements ObjectStore {
  constructor(
    private readonly s3: S3Client,
    private readonly bucket: string,
  ) {}

  async get(key: string, etag?: string): Promise<StoredObject | undefined> {
    const answer = await ifPresent(
      this.s3.send(new GetObjectCommand({ Bucket: this.bucket, Key: key, IfMatch: etag && `"${etag}"` })),
    );
    if (!answer?.Body) return undefined;
    return {
      bytes: await answer.Body.transformToByteArray(),
      contentType: answer.ContentType,
      etag: answer.ETag?.replaceAll('"', ''),
    };
  }

  async size(key: string): Promise<number | undefined> {
    const answer = await ifPresent(this.s3.send(new HeadObjectCommand({ Bucket: this.bucket, Key: key })));
    return answer?.ContentLength;
  }

  async put(key: string, bytes: Uint8Array, headers: { contentType: string; cacheControl?: string }): Promise<void> {
    await this.s3.send(
      new PutObjectCommand({
        Bucket: this.bucket,
        Key: key,
        Body: bytes,
        ContentType: headers.contentType,
        CacheControl: headers.cacheControl,
      }),
    );
  }

  address(key: string, seconds: number): Promise<string> {
    return getSignedUrl(this.s3, new GetObjectCommand({ Bucket: this.bucket, Key: key }), { expiresIn: seconds });
  }
}

async function ifPresent<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof Error && ABSENT.includes(error.name)) return undefined;
    throw error;
  }
}
