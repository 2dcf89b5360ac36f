import { createHash } from 'node:crypto';
import { AwsError } from '../../src/runtime/aws/error';
import type { ListedObject, ObjectAt, ObjectCondition, ObjectHead, ObjectRange, S3 } from '../../src/runtime/aws/s3';
import type { Clock } from '../../src/runtime/clock';
import type { Network } from './memory-dynamo';

interface Stored {
  readonly body: Buffer;
  readonly head: ObjectHead & { readonly lastModified: Date };
  readonly cacheControl?: string;
}

export interface BucketEvent {
  readonly type: 'Object Created' | 'Object Deleted';
  readonly bucket: string;
  readonly key: string;
}

const PAGE = 1000;
const reachable: Network = async (_operation, apply) => apply();

/** S3 as its small client has it, in memory: entity tags, conditions, listings in the order of the keys, events. */
export class MemoryS3 implements S3 {
  readonly calls: string[] = [];
  private readonly buckets = new Map<string, Map<string, Stored>>();
  /** Of objects that were put with some, by bucket and key. */
  readonly tags = new Map<string, string | undefined>();
  /** Keys in their order, of buckets in which none has come or gone since. */
  private readonly sorted = new Map<string, readonly string[]>();

  constructor(
    private readonly clock: Pick<Clock, 'now'>,
    private readonly network: Network = reachable,
    private readonly listener: (event: BucketEvent) => void = () => undefined,
  ) {}

  /** What stands in a bucket, by key. */
  objects(bucket: string): Map<string, Stored> {
    const objects = this.buckets.get(bucket) ?? new Map<string, Stored>();
    this.buckets.set(bucket, objects);
    return objects;
  }

  keys(bucket: string): readonly string[] {
    const keys = this.sorted.get(bucket) ?? [...this.objects(bucket).keys()].sort(byBytes);
    this.sorted.set(bucket, keys);
    return keys;
  }

  /** Puts an object there, or takes it away, as others do whose calls are no matter of the network. */
  replace(bucket: string, key: string, body: Buffer | undefined): void {
    if (body) this.store(bucket, key, body);
    else this.drop(bucket, key);
  }

  json(bucket: string, key: string) {
    const stored = this.objects(bucket).get(key);
    return stored && JSON.parse(stored.body.toString());
  }

  getObject({ Range, ...input }: ObjectAt & ObjectCondition & ObjectRange) {
    return this.call('GetObject', () => {
      const { head, body } = this.read(input, 'NoSuchKey');
      if (Range === undefined) return { ...head, body: body as Uint8Array };
      const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(Range) ?? [];
      if (!(Number(first) < body.length)) throw failed('InvalidRange', 416);
      return { ...head, body: body.subarray(Number(first), Number(last) + 1) as Uint8Array };
    });
  }

  headObject(input: ObjectAt & ObjectCondition) {
    return this.call('HeadObject', () => this.read(input, 'NotFound').head);
  }

  putObject(input: Parameters<S3['putObject']>[0]) {
    // Copied now: the caller may go on with its buffer before the call arrives.
    const body = Buffer.from(input.Body);
    return this.call('PutObject', () => {
      const objects = this.objects(input.Bucket);
      const found = objects.get(input.Key);
      if (input.IfNoneMatch === '*' && found) throw failed('PreconditionFailed', 412);
      if (input.IfMatch !== undefined && !found) throw failed('NoSuchKey', 404);
      if (input.IfMatch !== undefined && found?.head.etag !== input.IfMatch) throw failed('PreconditionFailed', 412);
      const stored = this.store(input.Bucket, input.Key, body, input.ContentType, input.CacheControl);
      this.tags.set(`${input.Bucket}/${input.Key}`, input.Tagging);
      return stored;
    });
  }

  deleteObject({ Bucket, Key, IfMatch }: Parameters<S3['deleteObject']>[0]) {
    return this.call('DeleteObject', () => {
      const found = this.objects(Bucket).get(Key);
      if (IfMatch !== undefined && found && found.head.etag !== IfMatch) throw failed('PreconditionFailed', 412);
      this.drop(Bucket, Key);
    });
  }

  deleteObjects({ Bucket, Keys }: Parameters<S3['deleteObjects']>[0]) {
    return this.call('DeleteObjects', () => {
      if (Keys.length > PAGE) throw failed('MalformedXML', 400);
      for (const key of Keys) this.drop(Bucket, key);
      return [];
    });
  }

  listObjects({
    Bucket,
    Prefix = '',
    ContinuationToken,
    StartAfter = '',
    MaxKeys = PAGE,
  }: Parameters<S3['listObjects']>[0]) {
    return this.call('ListObjectsV2', () => {
      const after = ContinuationToken ?? StartAfter;
      const keys = this.keys(Bucket);
      const start = placeOf(keys, (key) => byBytes(key, Prefix) >= 0 && byBytes(key, after) > 0);
      const end = placeOf(keys, (key) => byBytes(key, Prefix) >= 0 && !key.startsWith(Prefix));
      const page = keys.slice(start, Math.min(end, start + MaxKeys));
      const objects = page.map((key): ListedObject => {
        const { etag, size, lastModified } = (this.objects(Bucket).get(key) as Stored).head;
        return { key, etag, size, lastModified };
      });
      return { objects, nextToken: start + page.length < end ? page.at(-1) : undefined };
    });
  }

  copyObject({ Source, ...at }: Parameters<S3['copyObject']>[0]) {
    const { body, head } = this.read(Source, 'NoSuchKey');
    return this.putObject({ ...at, Body: body, ContentType: head.contentType });
  }

  async presignedGetUrl(bucket: string, key: string, seconds: number) {
    return `https://${bucket}.example/${encodeURIComponent(key)}?seconds=${seconds}`;
  }

  private call<T>(operation: string, apply: () => T): Promise<T> {
    this.calls.push(operation);
    return this.network(operation, apply);
  }

  private store(bucket: string, key: string, body: Buffer, contentType?: string, cacheControl?: string) {
    const etag = `"${createHash('md5').update(body).digest('hex')}"`;
    const lastModified = new Date(Math.floor(this.clock.now().getTime() / 1000) * 1000);
    const head = { etag, size: body.length, contentType, lastModified, metadata: {} };
    const objects = this.objects(bucket);
    if (!objects.has(key)) this.sorted.delete(bucket);
    objects.set(key, { body, head, cacheControl });
    this.listener({ type: 'Object Created', bucket, key });
    return { etag };
  }

  private read({ Bucket, Key, IfMatch, IfNoneMatch }: ObjectAt & ObjectCondition, missing: string): Stored {
    const found = this.objects(Bucket).get(Key);
    if (!found) throw failed(missing, 404);
    if (IfMatch !== undefined && found.head.etag !== IfMatch) throw failed('PreconditionFailed', 412);
    if (IfNoneMatch !== undefined && found.head.etag === IfNoneMatch) throw failed('NotModified', 304);
    return found;
  }

  private drop(bucket: string, key: string): void {
    if (!this.objects(bucket).delete(key)) return;
    this.sorted.delete(bucket);
    this.listener({ type: 'Object Deleted', bucket, key });
  }
}

/** The first place from which on something holds of all keys. */
function placeOf(keys: readonly string[], holds: (key: string) => boolean): number {
  let [low, high] = [0, keys.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(keys[middle])) high = middle;
    else low = middle + 1;
  }
  return low;
}

const SURROGATES = /[\ud800-\udfff]/;

/** S3 orders keys by their bytes in UTF-8; JavaScript does the same unless there are surrogates. */
function byBytes(a: string, b: string): number {
  if (SURROGATES.test(a) || SURROGATES.test(b)) return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return a < b ? -1 : a > b ? 1 : 0;
}

function failed(name: string, status: number): AwsError {
  return new AwsError(name, name, { status });
}
