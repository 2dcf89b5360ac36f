import { Problem } from '../../runtime/problem';
import type { Layout } from './layout';
import type { ObjectStore } from './object-store';
import type { ImageSummary, MadeVariant } from './summary';

/** Larger variants are fetched from S3, so that an answer costs neither memory nor a way through base64. */
const INLINE_BYTES = 1_048_576;
const ADDRESS_SECONDS = 300;
/** Bytes in UTF-8. */
const LONGEST_KEY = 1024;

/** A variant's bytes, or the address where they are. */
export type VariantAnswer =
  | { readonly bytes: Uint8Array; readonly contentType: string }
  | { readonly address: string; readonly seconds: number };

export interface LibraryProps {
  readonly originals: ObjectStore;
  readonly media: ObjectStore;
  readonly layout: Layout;
}

/** Finds images and their variants. */
export class Library {
  constructor(private readonly props: LibraryProps) {}

  /** @throws Problem 404 `image_not_found` */
  async summary(id: string): Promise<ImageSummary> {
    const { originals, media, layout } = this.props;
    const key = layout.summaryKey(id);
    if (isKey(key)) {
      const stored = await media.get(key);
      if (stored) return JSON.parse(Buffer.from(stored.bytes).toString());
      if ((await originals.size(layout.sourceKey(id))) !== undefined) return { id, status: 'processing' };
    }
    throw new Problem(404, 'image_not_found', 'There is no image with this id.');
  }

  /** @throws Problem 404 `image_not_found` or `variant_not_found` */
  async variant(id: string, name: string): Promise<VariantAnswer> {
    const { media } = this.props;
    const summary = await this.summary(id);
    const variant = summary.variants?.find((it) => it.name === name);
    if (!variant) throw absent(summary, name);
    if (variant.bytes > INLINE_BYTES) {
      return { address: await media.address(variant.key, ADDRESS_SECONDS), seconds: ADDRESS_SECONDS };
    }
    const stored = await media.get(variant.key);
    if (!stored) throw absent(summary, name);
    return { bytes: stored.bytes, contentType: contentTypeOf(variant) };
  }
}

/** Whether S3 takes a text for a key: others it answers with an error of its own, not by "not found". */
function isKey(key: string): boolean {
  return Buffer.byteLength(key) <= LONGEST_KEY && !/\p{Cc}/u.test(key) && !/(^|\/)\.{1,2}(\/|$)/.test(key);
}

function absent({ status }: ImageSummary, name: string): Problem {
  const detail =
    status === 'processing' ? 'The variants of this image are not made yet.' : `The image has no variant "${name}".`;
  return new Problem(404, 'variant_not_found', detail);
}

function contentTypeOf({ format }: MadeVariant): string {
  return `image/${format}`;
}
