import { readFileSync } from 'node:fs';
import { CreateBucketCommand, HeadObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { zipDirectory } from './archive';
import type { FileAsset } from './assembly';
import { prepareLayer } from './native-layers';

export interface Environment {
  readonly account: string;
  readonly region: string;
}

/** Puts assets where the template looks for them: the bucket that `cdk bootstrap` would have made. */
export class AssetPublisher {
  private readonly buckets = new Map<string, Promise<void>>();

  constructor(
    private readonly s3: S3Client,
    private readonly environment: Environment,
  ) {}

  /** Uploads what is not there yet: the key of an asset is a hash of its content. */
  async publish(asset: FileAsset): Promise<void> {
    await this.put(asset, () => ({
      zip: asset.packaging === 'zip' ? zipDirectory(asset.path) : readFileSync(asset.path),
    }));
  }

  /** The same for a layer, made fit for this machine; answers with what was swapped in it, now or when it was uploaded. */
  async publishLayer(asset: FileAsset): Promise<string[]> {
    const { swaps } = await this.put(asset, () => {
      const layer = prepareLayer(asset);
      return { zip: layer.zip, metadata: { swaps: encodeURIComponent(JSON.stringify(layer.swaps)) } };
    });
    return JSON.parse(decodeURIComponent(swaps)) as string[];
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
    const ready = this.buckets.get(bucket) ?? this.createBucket(bucket);
    this.buckets.set(bucket, ready);
    await ready;
  }

  private async createBucket(bucket: string): Promise<void> {
    await this.s3.send(new CreateBucketCommand({ Bucket: bucket })).catch((error) => {
      if (!/BucketAlreadyOwnedByYou|BucketAlreadyExists/.test(error.name)) throw error;
    });
  }

  /** Uploads what `make` makes unless the object is there. Answers with the object's metadata. */
  private async put(
    asset: FileAsset,
    make: () => { zip: Uint8Array; metadata?: Record<string, string> },
  ): Promise<Record<string, string>> {
    const object = { Bucket: this.fill(asset.bucket), Key: this.fill(asset.key) };
    await this.ensureBucket(object.Bucket);
    const existing = await this.s3.send(new HeadObjectCommand(object)).catch(() => undefined);
    if (existing) return existing.Metadata ?? {};
    const { zip, metadata = {} } = make();
    await this.s3.send(new PutObjectCommand({ ...object, Body: zip, Metadata: metadata }));
    return metadata;
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
