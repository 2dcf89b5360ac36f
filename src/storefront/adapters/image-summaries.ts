import { SUMMARY } from '../../images/contract';
import type { Objects } from '../../runtime/objects';
import type { Summaries } from '../domain/photos';

/** Bytes in UTF-8. */
const LONGEST_KEY = 1024;

/** The summaries that the image pipeline writes of what it makes. */
export class ImageSummaries implements Summaries {
  constructor(
    private readonly media: Pick<Objects, 'get'>,
    private readonly prefix: string,
  ) {}

  async find(id: string): Promise<unknown> {
    const key = `${this.prefix}${id}/${SUMMARY}`;
    if (!isKey(key)) return undefined;
    const stored = await this.media.get(key);
    return stored && JSON.parse(Buffer.from(stored.body).toString());
  }
}

/** Whether S3 takes a text for a key: others it answers with an error of its own, not by "not found". */
function isKey(key: string): boolean {
  return Buffer.byteLength(key) <= LONGEST_KEY && !/\p{Cc}/u.test(key) && !/(^|\/)\.{1,2}(\/|$)/.test(key);
}
