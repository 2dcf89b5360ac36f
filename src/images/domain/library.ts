import type { Clock } from '../../runtime/clock';
import { mediaTypeOf } from '../../runtime/media-type';
import type { Objects } from '../../runtime/objects';
import { Refusal } from '../../runtime/refusal';
import { bare } from './etag';
import type { Layout } from './layout';
import type { Summaries } from './summaries';
import type { ImageSummary, MadeVariant, StoredSummary } from './summary';

/** Larger variants are fetched from S3, so that an answer costs neither memory nor a way through base64. */
const INLINE_BYTES = 1_048_576;
const ADDRESS_SECONDS = 300;
/** Bytes in UTF-8. */
const LONGEST_KEY = 1024;
/** How long an image may wait for its turn before it counts as failed. */
const LONGEST_WAIT_MS = 24 * 60 * 60 * 1000;

/** A variant's bytes, or the address where they are; neither when the client has them already. */
export type VariantAnswer =
  | { readonly etag: string; readonly bytes: Uint8Array; readonly contentType: string }
  | { readonly etag: string; readonly address: string; readonly seconds: number }
  | { readonly etag: string };

export interface LibraryProps {
  readonly originals: Objects;
  readonly media: Objects;
  readonly summaries: Summaries;
  readonly layout: Layout;
  readonly clock: Clock;
}

/** Finds images and their variants. */
export class Library {
  constructor(private readonly props: LibraryProps) {}

  /**
   * What became of the original as it is now, and the variants that can be shown meanwhile.
   *
   * @throws Refusal `image_not_found`
   */
  async summary(id: string): Promise<ImageSummary> {
    const { originals, summaries, layout, clock } = this.props;
    if (!isKey(layout.summaryKey(id)) || !isKey(layout.sourceKey(id))) throw notFound();
    const [{ summary }, original] = await Promise.all([summaries.read(id), originals.head(layout.sourceKey(id))]);
    if (!original) throw notFound();
    if (tellsOf(summary, bare(original.etag))) return summary;
    const variants = summary?.variants ?? [];
    const waits = clock.now().getTime() - original.changedAt.getTime();
    if (waits <= LONGEST_WAIT_MS) return { id, status: 'processing', variants };
    return { id, status: 'failed', variants, problems: [{ code: 'timed_out', detail: TIMED_OUT }] };
  }

  /**
   * @param known entity tag of what the client has
   * @throws Refusal `image_not_found` or `variant_not_found`
   */
  async variant(id: string, name: string, known?: string): Promise<VariantAnswer> {
    const { media } = this.props;
    const summary = await this.summary(id);
    const variant = summary.variants?.find((it) => it.name === name);
    if (!variant) throw absent(summary, name);
    const etag = entityTag(variant);
    if (known?.includes(etag)) return { etag };
    if (variant.bytes > INLINE_BYTES) {
      return { etag, address: await media.address(variant.key, ADDRESS_SECONDS), seconds: ADDRESS_SECONDS };
    }
    const stored = await media.get(variant.key);
    if (!stored) throw absent(summary, name);
    return { etag, bytes: stored.body, contentType: mediaTypeOf(variant.format) };
  }
}

const TIMED_OUT = 'The service did not get to the image within a day. Putting the image again starts a new attempt.';

function tellsOf(summary: StoredSummary | undefined, etag: string): summary is StoredSummary & ImageSummary {
  return summary !== undefined && summary.status !== 'deleted' && summary.etag === etag;
}

/** What stands under a variant's key never changes, so the key tells it from all others. */
function entityTag({ key }: MadeVariant): string {
  return `"${key.split('/').slice(-2, -1)[0]}"`;
}

/** Whether S3 takes a text for a key: others it answers with an error of its own, not by "not found". */
function isKey(key: string): boolean {
  return Buffer.byteLength(key) <= LONGEST_KEY && !/\p{Cc}/u.test(key) && !/(^|\/)\.{1,2}(\/|$)/.test(key);
}

function notFound(): Refusal {
  return new Refusal('image_not_found', 'There is no image with this id.');
}

function absent({ status }: ImageSummary, name: string): Refusal {
  const detail =
    status === 'processing' ? 'The variants of this image are not made yet.' : `The image has no variant "${name}".`;
  return new Refusal('variant_not_found', detail);
}
