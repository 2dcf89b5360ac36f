import { GetObjectCommand, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import { SUMMARY } from '../../src/images/contract';
import { PHOTOS } from '../stock-the-shop';
import type { ConsoleReply } from './messages';

const LATEST = 8;

/** What the image pipeline has made. */
export class Photos {
  constructor(
    private readonly s3: S3Client,
    private readonly bucket: string,
    private readonly api: string,
  ) {}

  /** Summaries of the images that were finished last. */
  async latest(): Promise<unknown[]> {
    const summaries: { key: string; time: number }[] = [];
    for await (const page of paginateListObjectsV2(
      { client: this.s3 },
      { Bucket: this.bucket, Prefix: PHOTOS.summaries },
    )) {
      for (const { Key = '', LastModified } of page.Contents ?? []) {
        if (Key.endsWith(`/${SUMMARY}`)) summaries.push({ key: Key, time: LastModified?.getTime() ?? 0 });
      }
    }
    const latest = summaries.sort((a, b) => b.time - a.time).slice(0, LATEST);
    return Promise.all(latest.map(({ key }) => this.readJson(key)));
  }

  async variant(id: string, variant: string): Promise<ConsoleReply> {
    const path = `/v1/images/${encodeURIComponent(id)}/variants/${encodeURIComponent(variant)}`;
    const answer = await fetch(this.api + path);
    return {
      status: answer.status,
      body: new Uint8Array(await answer.arrayBuffer()),
      contentType: answer.headers.get('content-type') ?? undefined,
    };
  }

  private async readJson(key: string): Promise<unknown> {
    const { Body } = await this.s3.send(new GetObjectCommand({ Bucket: this.bucket, Key: key }));
    return JSON.parse((await Body?.transformToString()) ?? 'null');
  }
}
