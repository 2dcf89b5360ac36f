import { readFileSync } from 'node:fs';
import { CreateBucketCommand, HeadObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { zipDirectory } from './archive';
import type { FileAsset } from './assembly';

export interface Environment {
  readonly account: string;
  readonly region: string;
}

/** Puts assets where the template looks for them: the bucket that `cdk bootstrap` would have made. */
export class AssetPublisher {
  private readonly buckets = new Set<string>();

  constructor(
    private readonly s3: S3Client,
    private readonly environment: Environment,
  ) {}

  /** Uploads what is not there yet: the key of an asset is a hash of its content. */
  async publish(asset: FileAsset): Promise<void> {
    const bucket = this.fill(asset.bucket);
    const key = this.fill(asset.key);
    await this.ensureBucket(bucket);
    if (await this.exists(bucket, key)) return;
    const body = asset.packaging === 'zip' ? zipDirectory(asset.path) : readFileSync(asset.path);
    await this.s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }));
  }

  /** Uploads a template, which may change under the same name, and answers with its address. */
  async publishTemplate(file: string, name: string, endpoint: string): Promise<string> {
    const bucket = `cdk-hnb659fds-assets-${this.environment.account}-${this.environment.region}`;
    await this.ensureBucket(bucket);
    const key = `templates/${name}.json`;
    await this.s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: readFileSync(file) }));
    return `${endpoint}/${bucket}/${key}`;
  }

  private async ensureBucket(bucket: string): Promise<void> {
    if (this.buckets.has(bucket)) return;
    await this.s3.send(new CreateBucketCommand({ Bucket: bucket })).catch((error) => {
      if (!/BucketAlreadyOwnedByYou|BucketAlreadyExists/.test(error.name)) throw error;
    });
    this.buckets.add(bucket);
  }

  private async exists(bucket: string, key: string): Promise<boolean> {
    return this.s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key })).then(
      () => true,
      () => false,
    );
  }

  private fill(text: string): string {
    const values: Record<string, string> = {
      AccountId: this.environment.account,
      Region: this.environment.region,
      Partition: 'aws',
    };
    return text.replace(/\$\{AWS::(\w+)\}/g, (placeholder, name: string) => values[name] ?? placeholder);
  }
}
