import type { Objects } from '../../runtime/objects';
import type { Layout } from './layout';
import type { StoredSummary } from './summary';

/** A summary, and what tells whether another stands there by now; nothing of an image that has none yet. */
export interface Standing {
  readonly summary?: StoredSummary;
  readonly etag?: string;
}

/** The summaries of images: one object each, replaced by who read the one before it. */
export class Summaries {
  constructor(
    private readonly media: Objects,
    private readonly layout: Layout,
  ) {}

  async read(id: string): Promise<Standing> {
    const stored = await this.media.get(this.layout.summaryKey(id));
    if (!stored) return {};
    return { summary: JSON.parse(Buffer.from(stored.body).toString()), etag: stored.etag };
  }

  /**
   * Puts a summary in the place of the one that was read.
   *
   * @returns false when another stands there by now
   */
  replace({ etag }: Standing, summary: StoredSummary): Promise<boolean> {
    const headers = { contentType: 'application/json', cacheControl: 'no-cache' };
    return this.media.swap(this.layout.summaryKey(summary.id), JSON.stringify(summary), headers, etag);
  }
}
