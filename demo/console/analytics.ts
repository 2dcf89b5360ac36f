import { GetJobRunsCommand, type GlueClient, StartJobRunCommand } from '@aws-sdk/client-glue';
import { GetObjectCommand, PutObjectCommand, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import type { ShopOutputs } from '../shop-stack';
import { type SoldProduct, sampleSales } from './sample-sales';

/** Prefixes that the analytics job has by default. */
const LINES = 'lines/';
const TABLES = 'tables/';

type Row = Record<string, string | number>;

/** The analytics job: what goes in, its runs, what comes out. */
export class Analytics {
  constructor(
    private readonly s3: S3Client,
    private readonly glue: GlueClient,
    private readonly outputs: ShopOutputs,
    private readonly shopApi: string,
  ) {}

  async state() {
    const { JobRuns = [] } = await this.glue.send(new GetJobRunsCommand({ JobName: this.outputs.AnalyticsJobName }));
    const runs = JobRuns.map(({ Id, JobRunState, StartedOn, CompletedOn, ExecutionTime, ErrorMessage }) => ({
      id: Id,
      state: JobRunState,
      startedAt: StartedOn?.toISOString(),
      completedAt: CompletedOn?.toISOString(),
      seconds: ExecutionTime,
      error: ErrorMessage,
    })).sort((a, b) => (b.startedAt ?? '').localeCompare(a.startedAt ?? ''));
    return { files: await this.list(this.outputs.SalesBucket, LINES), runs };
  }

  /** Puts three months of made-up invoice lines about the shop's own products. */
  async putSales(): Promise<{ lines: number }> {
    const files = sampleSales(await this.products(), new Date());
    await Promise.all(
      files.map(({ name, csv }) =>
        this.s3.send(
          new PutObjectCommand({
            Bucket: this.outputs.SalesBucket,
            Key: LINES + name,
            Body: csv,
            ContentType: 'text/csv',
          }),
        ),
      ),
    );
    return { lines: files.reduce((sum, { lines }) => sum + lines, 0) };
  }

  async startRun(): Promise<{ id: string | undefined }> {
    const { JobRunId } = await this.glue.send(new StartJobRunCommand({ JobName: this.outputs.AnalyticsJobName }));
    return { id: JobRunId };
  }

  /** Every result table as rows, partition columns included. */
  async tables(): Promise<Record<string, Row[]>> {
    const tables: Record<string, Row[]> = {};
    for (const { key } of await this.list(this.outputs.StatisticsBucket, TABLES)) {
      if (!key.endsWith('.parquet')) continue;
      const [table, ...partitions] = key.slice(TABLES.length).split('/').slice(0, -1);
      const fixed = Object.fromEntries(partitions.map((part) => part.split('=').map(decodeURIComponent)));
      tables[table] ??= [];
      for (const row of await this.readParquet(key)) tables[table].push({ ...row, ...fixed });
    }
    return tables;
  }

  private async readParquet(key: string): Promise<Row[]> {
    const { parquetReadObjects } = await import('hyparquet');
    const { Body } = await this.s3.send(new GetObjectCommand({ Bucket: this.outputs.StatisticsBucket, Key: key }));
    const bytes = (await Body?.transformToByteArray()) ?? new Uint8Array();
    const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
    const rows = await parquetReadObjects({ file });
    return rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, plain(value)])));
  }

  private async products(): Promise<SoldProduct[]> {
    const answer = await fetch(`${this.shopApi}/v1/products?limit=100`);
    const { items } = (await answer.json()) as { items: (Omit<SoldProduct, 'sku'> & { skus: string[] })[] };
    return items.map(({ skus: [sku], name, price }) => ({ sku, name, price }));
  }

  private async list(bucket: string, prefix: string) {
    const objects: { key: string; bytes: number }[] = [];
    for await (const page of paginateListObjectsV2({ client: this.s3 }, { Bucket: bucket, Prefix: prefix })) {
      for (const { Key = '', Size = 0 } of page.Contents ?? []) objects.push({ key: Key, bytes: Size });
    }
    return objects;
  }
}

function plain(value: unknown): string | number {
  if (value instanceof Date) return value.toISOString().slice(0, 10);
  return typeof value === 'string' ? value : Number(value ?? 0);
}
