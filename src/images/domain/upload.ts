import type { Clock } from '../../runtime/clock';
import { extensionOf, mediaTypeOf } from '../../runtime/media-type';
import type { Objects } from '../../runtime/objects';
import { Refusal } from '../../runtime/refusal';
import { UPLOAD_TAG } from '../contract';
import type { ImageCodec } from './codec';
import type { Layout } from './layout';
import type { ImageLimits } from './recipe';
import { ImageRejected } from './rejection';
import type { Summaries } from './summaries';
import type { ImageSource, ImageSummary } from './summary';
import { validateImage } from './validate';

const LONGEST_WAIT_SECONDS = 20;
const POLL_MILLISECONDS = 250;

/** How many seconds a client prefers to wait (RFC 7240); 0 when it does not. */
export function secondsToWait(prefer = ''): number {
  for (const preference of prefer.split(',')) {
    const wait = /^\s*wait\s*(?:=\s*"?(\d{1,9})"?\s*)?(?:;|$)/i.exec(preference);
    if (wait) return Math.min(LONGEST_WAIT_SECONDS, Number(wait[1] ?? LONGEST_WAIT_SECONDS));
  }
  return 0;
}

export interface UploadsProps {
  readonly originals: Objects;
  readonly summaries: Summaries;
  readonly layout: Layout;
  readonly limits: ImageLimits;
  readonly codec: ImageCodec;
  readonly clock: Clock;
}

/** Takes images in over HTTP by putting them where the pipeline looks for them. */
export class Uploads {
  constructor(private readonly props: UploadsProps) {}

  /**
   * Stores an image that is worth working on.
   *
   * @throws Refusal that says what is wrong with it
   */
  async accept(bytes: Uint8Array, name: string): Promise<ImageSummary> {
    const { originals, layout } = this.props;
    const source = await this.validated(bytes);
    const id = `${name}.${extensionOf(source.format)}`;
    await originals.put(layout.sourceKey(id), bytes, {
      contentType: mediaTypeOf(source.format),
      tags: UPLOAD_TAG,
    });
    return { id, status: 'processing', source };
  }

  /** The finished summary, as soon as it is there; undefined when it is not in time. */
  async finished(id: string, seconds: number): Promise<ImageSummary | undefined> {
    const { summaries, clock } = this.props;
    const deadline = clock.now().getTime() + seconds * 1000;
    while (clock.now().getTime() < deadline) {
      const { summary } = await summaries.read(id);
      // A deleted one is as good as none: whoever waits put the image a moment ago.
      if (summary && summary.status !== 'deleted') return { ...summary, status: summary.status };
      await clock.sleep(POLL_MILLISECONDS);
    }
    return undefined;
  }

  private async validated(bytes: Uint8Array): Promise<ImageSource> {
    try {
      return await validateImage(bytes, this.props.limits, this.props.codec);
    } catch (error) {
      if (!(error instanceof ImageRejected) || error.code !== 'too_many_bytes') throw error;
      throw new Refusal('payload_too_large', error.detail);
    }
  }
}
