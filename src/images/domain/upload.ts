import { Busboy, type BusboyHeaders } from '@fastify/busboy';
import { Problem } from '../../runtime/problem';
import type { Layout } from './layout';
import type { ObjectStore } from './object-store';
import { ImageRejected } from './rejection';
import type { SourceFormat } from './sniff';
import type { ImageSource, ImageSummary } from './summary';
import { type ImageLimits, validateImage } from './validate';

const FILE_FIELD = 'file';
const LONGEST_WAIT_SECONDS = 20;
const POLL_MILLISECONDS = 250;

const FILE_EXTENSIONS: Record<SourceFormat, string> = {
  jpeg: 'jpg',
  png: 'png',
  webp: 'webp',
  avif: 'avif',
  gif: 'gif',
  tiff: 'tiff',
};

/** The image in a request's body: the body itself, or the field `file` of a form. */
export async function imageOf(body: Uint8Array, contentType: string): Promise<Uint8Array> {
  return /^multipart\/form-data\s*(;|$)/i.test(contentType) ? fileOf(body, contentType) : body;
}

function fileOf(body: Uint8Array, contentType: string): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const malformed = () =>
      reject(new Problem(400, 'malformed_form', 'The body is not a whole multipart/form-data form.'));
    let chunks: Buffer[] | undefined;
    try {
      const form = new Busboy({ headers: { 'content-type': contentType } as BusboyHeaders });
      form.on('file', (name, stream) => {
        stream.on('error', malformed);
        if (name !== FILE_FIELD || chunks) return void stream.resume();
        const received: Buffer[] = [];
        chunks = received;
        stream.on('data', (chunk: Buffer) => received.push(chunk));
      });
      form.on('error', malformed);
      form.on('finish', () => {
        if (chunks) return resolve(Buffer.concat(chunks));
        const errors = [{ pointer: `/body/${FILE_FIELD}`, detail: 'is required and must be a file' }];
        reject(new Problem(400, 'invalid_request', `The form has no file in its field "${FILE_FIELD}".`, { errors }));
      });
      form.end(body);
    } catch {
      malformed();
    }
  });
}

/** How many seconds a client prefers to wait (RFC 7240); 0 when it does not. */
export function secondsToWait(prefer = ''): number {
  for (const preference of prefer.split(',')) {
    const wait = /^\s*wait\s*(?:=\s*"?(\d{1,9})"?\s*)?(?:;|$)/i.exec(preference);
    if (wait) return Math.min(LONGEST_WAIT_SECONDS, Number(wait[1] ?? LONGEST_WAIT_SECONDS));
  }
  return 0;
}

export interface UploadsProps {
  readonly originals: ObjectStore;
  readonly media: ObjectStore;
  readonly layout: Layout;
  readonly limits: ImageLimits;
}

/** Takes images in over HTTP by putting them where the pipeline looks for them. */
export class Uploads {
  constructor(private readonly props: UploadsProps) {}

  /**
   * Stores an image that is worth working on.
   *
   * @throws Problem 400, 413 or 415 that says what is wrong with it
   */
  async accept(bytes: Uint8Array, name: string): Promise<ImageSummary> {
    const { originals, layout, limits } = this.props;
    const source = await validated(bytes, limits);
    const id = `${name}.${FILE_EXTENSIONS[source.format]}`;
    await originals.put(layout.sourceKey(id), bytes, { contentType: `image/${source.format}` });
    return { id, status: 'processing', source };
  }

  /** The finished summary, as soon as it is there; undefined when it is not in time. */
  async finished(id: string, seconds: number): Promise<ImageSummary | undefined> {
    const { media, layout } = this.props;
    const deadline = Date.now() + seconds * 1000;
    while (Date.now() < deadline) {
      const stored = await media.get(layout.summaryKey(id));
      if (stored) return JSON.parse(Buffer.from(stored.bytes).toString());
      await new Promise((resolve) => setTimeout(resolve, POLL_MILLISECONDS));
    }
    return undefined;
  }
}

async function validated(bytes: Uint8Array, limits: ImageLimits): Promise<ImageSource> {
  try {
    return (await validateImage(bytes, limits)).source;
  } catch (error) {
    if (error instanceof ImageRejected) throw problemOf(error);
    throw error;
  }
}

function problemOf({ code, detail }: ImageRejected): Problem {
  switch (code) {
    case 'too_many_bytes':
      return new Problem(413, 'payload_too_large', detail);
    case 'unsupported_codec':
      return new Problem(415, code, detail);
    default:
      return new Problem(400, code, detail);
  }
}
