import {
  CopyObjectCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  type GetObjectCommandOutput,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3ClientConfig,
  S3Client as Sdk,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { ObjectHead, S3 } from '../../../src/runtime/aws/s3';
import { withOurErrors } from './errors';

export class S3Client implements S3 {
  private readonly client: Sdk;

  constructor(config: S3ClientConfig = {}) {
    this.client = new Sdk(config);
  }

  getObject: S3['getObject'] = (input) =>
    withOurErrors(
      this.client.send(new GetObjectCommand(input)).then(async (answer) => ({
        ...headOf(answer),
        body: (await answer.Body?.transformToByteArray()) ?? new Uint8Array(),
      })),
    );

  headObject: S3['headObject'] = async (input) =>
    headOf(await withOurErrors(this.client.send(new HeadObjectCommand(input))));

  putObject: S3['putObject'] = async (input) => {
    const { ETag = '', VersionId } = await withOurErrors(
      this.client.send(new PutObjectCommand({ ...input, Metadata: input.Metadata && { ...input.Metadata } })),
    );
    return { etag: ETag, versionId: VersionId };
  };

  deleteObject: S3['deleteObject'] = async (input) =>
    void (await withOurErrors(this.client.send(new DeleteObjectCommand(input))));

  deleteObjects: S3['deleteObjects'] = async ({ Bucket, Keys }) => {
    const Delete = { Objects: Keys.map((Key) => ({ Key })), Quiet: true };
    const { Errors = [] } = await withOurErrors(this.client.send(new DeleteObjectsCommand({ Bucket, Delete })));
    return Errors.map(({ Key = '', Code = '' }) => ({ key: Key, code: Code }));
  };

  listObjects: S3['listObjects'] = async (input) => {
    const answer = await withOurErrors(this.client.send(new ListObjectsV2Command(input)));
    return {
      objects: (answer.Contents ?? []).map(({ Key = '', ETag = '', Size = 0, LastModified = new Date(0) }) => ({
        key: Key,
        etag: ETag,
        size: Size,
        lastModified: LastModified,
      })),
      nextToken: answer.NextContinuationToken,
    };
  };

  copyObject: S3['copyObject'] = async ({ Source, ...at }) => {
    const CopySource = `${Source.Bucket}/${encodeURIComponent(Source.Key)}`;
    const { CopyObjectResult } = await withOurErrors(this.client.send(new CopyObjectCommand({ ...at, CopySource })));
    return { etag: CopyObjectResult?.ETag ?? '' };
  };

  presignedGetUrl: S3['presignedGetUrl'] = (Bucket, Key, expiresIn) =>
    getSignedUrl(this.client, new GetObjectCommand({ Bucket, Key }), { expiresIn });
}

function headOf(answer: GetObjectCommandOutput | HeadObjectCommandOutput): ObjectHead {
  return {
    etag: answer.ETag ?? '',
    size: answer.ContentLength ?? 0,
    contentType: answer.ContentType,
    lastModified: answer.LastModified,
    versionId: answer.VersionId,
    metadata: answer.Metadata ?? {},
  };
}
