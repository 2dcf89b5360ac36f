import { unzipSync } from 'fflate';
import type { Clock } from '../../runtime/clock';
import type { Objects } from '../../runtime/objects';
import { AGAIN, type Patience, retry } from '../../runtime/retry';
import type { SiteFile } from '../domain/site';
import type { SiteSource, SiteStore } from '../domain/site-publisher';

/** A policy that names a new archive is written just before it is asked for, and holds everywhere some seconds later. */
const UNTIL_PERMITTED: Patience = { attempts: 8, firstWaitMs: 1000, longestWaitMs: 8000 };

/** A zip file with the built pages, as the CDK stores an asset. */
export class S3SiteArchive implements SiteSource {
  constructor(
    private readonly objects: Objects,
    private readonly key: string,
    private readonly clock: Clock,
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
    const archive = await this.objects.get(this.key);
    if (!archive) throw new Error(`There is no archive ${this.key}.`);
    return archive.body;
  }
}

/** Versions of sites in a bucket. */
export class S3SiteStore implements SiteStore {
  constructor(private readonly objects: Objects) {}

  put({ key, body, contentType, cacheControl }: SiteFile): Promise<void> {
    return this.objects.put(key, body, { contentType, cacheControl });
  }

  async keysBelow(folder: string): Promise<string[]> {
    const keys: string[] = [];
    for await (const { key } of this.objects.list(`${folder}/`)) keys.push(key);
    return keys;
  }

  delete(keys: readonly string[]): Promise<void> {
    return this.objects.remove(keys);
  }
}
