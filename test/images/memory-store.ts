import { createHash } from 'node:crypto';
import type { ObjectStore, StoredObject } from '../../src/images/domain/object-store';

/** Keeps objects in memory, with entity tags as S3 makes them. */
export class MemoryStore implements ObjectStore {
  readonly objects = new Map<string, StoredObject>();
  readonly puts: string[] = [];

  async get(key: string, etag?: string): Promise<StoredObject | undefined> {
    const stored = this.objects.get(key);
    return etag && stored?.etag !== etag ? undefined : stored;
  }

  async size(key: string): Promise<number | undefined> {
    return this.objects.get(key)?.bytes.byteLength;
  }

  async put(key: string, bytes: Uint8Array, { contentType }: { contentType: string }): Promise<void> {
    this.puts.push(key);
    this.objects.set(key, { bytes, contentType, etag: createHash('md5').update(bytes).digest('hex') });
  }

  async address(key: string, seconds: number): Promise<string> {
    return `https://memory.example/${encodeURIComponent(key)}?seconds=${seconds}`;
  }

  json(key: string) {
    const stored = this.objects.get(key);
    return stored && JSON.parse(Buffer.from(stored.bytes).toString());
  }
}
