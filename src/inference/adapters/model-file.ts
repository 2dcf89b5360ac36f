import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import * as path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Refusal } from '../../runtime/refusal';

export interface ModelLocation {
  readonly key: string;
  /** Hexadecimal, in lower case. */
  readonly sha256: string;
}

/** Opens the model's file where it is kept; rejects with a Refusal when it is not there. */
export type OpenModel = () => Promise<AsyncIterable<Uint8Array>>;

/** How often the file is fetched before its checksum is taken for wrong rather than the copy for damaged. */
const FETCHES = 2;

/**
 * A copy of a model's file on this environment's disk: streamed there once, whoever asks first and however many ask
 * meanwhile, and used only while it has the right checksum.
 */
export class ModelFile {
  private fetching?: Promise<string>;

  constructor(
    private readonly location: ModelLocation,
    private readonly open: OpenModel,
    private readonly folder: string,
  ) {}

  /**
   * Path of the file. After a failure the next call tries again.
   *
   * @throws Refusal `model_missing`, `model_checksum_mismatch`
   */
  path(): Promise<string> {
    this.fetching ??= this.fetch().catch((error) => {
      this.fetching = undefined;
      throw error;
    });
    return this.fetching;
  }

  private async fetch(): Promise<string> {
    const { key, sha256 } = this.location;
    const copy = path.join(this.folder, sha256);
    if ((await checksum(copy)) === sha256) return copy;

    await mkdir(this.folder, { recursive: true });
    let found = '';
    for (let attempt = 0; attempt < FETCHES; attempt++) {
      found = await this.download(copy);
      if (found === sha256) return copy;
    }
    throw new Refusal(
      'model_checksum_mismatch',
      `The model ${path.posix.basename(key)} should have the SHA-256 checksum ${sha256}, but has ${found}.`,
    );
  }

  /** Puts the file at `copy` if its checksum is right; answers the checksum found. */
  private async download(copy: string): Promise<string> {
    // Environments may share a disk where this runs outside Lambda.
    const part = `${copy}.${randomUUID()}.part`;
    const hash = createHash('sha256');
    try {
      await pipeline(
        await this.open(),
        async function* (chunks) {
          for await (const chunk of chunks) {
            hash.update(chunk);
            yield chunk;
          }
        },
        createWriteStream(part),
      );
      const found = hash.digest('hex');
      if (found === this.location.sha256) await rename(part, copy);
      return found;
    } finally {
      await rm(part, { force: true });
    }
  }
}

async function checksum(file: string): Promise<string | undefined> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(file), hash);
    return hash.digest('hex');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
