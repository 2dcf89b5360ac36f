import { FORMATS_READ, mediaTypeOf, sniffImage } from '../../runtime/media-type';
import { Refusal } from '../../runtime/refusal';

/**
 * The media type of an image, read from its first bytes: what a client says it sent does not count.
 *
 * @throws Refusal `not_an_image`, `unsupported_codec`
 */
export function imageType(bytes: Uint8Array): string {
  const sniffed = sniffImage(bytes);
  if (!sniffed) {
    throw new Refusal('not_an_image', `The first bytes are not those of an image. ${FORMATS_READ} are read.`);
  }
  if ('format' in sniffed) return mediaTypeOf(sniffed.format);
  throw new Refusal('unsupported_codec', `${sniffed.unsupported} images are not read. ${FORMATS_READ} are.`);
}
