import {
  DeleteObjectsCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { unzipSync } from 'fflate';
import type { Clock } from '../../runtime/clock';
import { AGAIN, type Patience, retry } from '../../runtime/retry';
import type { SiteFile } from '../domain/site';
import type { SiteSource, SiteStore } from '../domain/site-publisher';

/** A policy that names a new archive is written just before it is asked for, and holds everywhere some seconds later. */
const UNTIL_PERMITTED: Patience = { attempts: 8, firstWaitMs: 1000, longestWaitMs: 8000 };

/** A zip file with the built pages, as the CDK stores an asset. */
export class S3SiteArchive implements SiteSource {
  constructor(
    private readonly s3: S3Client,
    private readonly clock: Clock,
    private readonly archive: { readonly bucket: string; readonly key: string },
  ) {}

  async files(): Promise<Record<string, Uint8Array>> {
    let denied: unknown;
    const read = async () => {
      try {
        return await this.read();
      } catch (error) {
        if ((error as Error).name !== 'AccessDenied') throw error;
        denied = error;
        return AGAIN;
      }
    };
    const bytes = await retry(this.clock, read, UNTIL_PERMITTED).catch((error) => {
      throw denied ?? error;
    });
    return unzipSync(bytes);
  }

  private async read(): Promise<Uint8Array> {
    const { bucket, key } = this.archive;
    const { Body } = await this.s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    if (!Body) throw new Error(`The archive ${key} has no content.`);
    return Body.transformToByteArray();
  }
}

/** Versions of sites in a bucket. */
export class S3SiteStore implements SiteStore {
  constructor(
    private readonly s3: S3Client,
    private readonly bucket: string,
  ) {}

  async put({ key, body, contentType, cacheControl }: SiteFile): Promise<void> {
    await this.s3.send(
      new PutObjectCommand({
        Bucket: this.bucket,
        Key: key,
        Body: body,
        ContentType: contentType,
        CacheControl: cacheControl,
      }),
    );
  }

  async keysBelow(folder: string): Promise<string[]> {
    const { Contents = [] } = await this.s3.send(
      new ListObjectsV2Command({ Bucket: this.bucket, Prefix: `${folder}/` }),
    );
    return Contents.map(({ Key = '' }) => Key);
  }

  async delete(keys: readonly string[]): Promise<void> {
    const Objects = keys.map((Key) => ({ Key }));
    const { Errors = [] } = await this.s3.send(new DeleteObjectsCommand({ Bucket: this.bucket, Delete: { Objects } }));
    if (Errors.length > 0) throw new Error(`${Errors.length} files were not deleted: ${Errors[0].Code}`);
  }
}
