const EXTENSION = 0x21;
const IMAGE = 0x2c;
const TRAILER = 0x3b;
const HEADER_BYTES = 13;
const IMAGE_DESCRIPTOR_BYTES = 10;

/**
 * Whether a GIF goes on to its end. Decoders show an animation that was cut off as far as it goes, and call that whole.
 *
 * @param gif whose signature was seen
 */
export function isWholeGif(gif: Uint8Array): boolean {
  let at = HEADER_BYTES + colourTableBytes(gif[10]);
  while (at < gif.length) {
    switch (gif[at]) {
      case TRAILER:
        return true;
      case EXTENSION:
        at = afterBlocks(gif, at + 2);
        break;
      case IMAGE:
        // After the descriptor and a table of colours stands the size of the first code.
        at = afterBlocks(gif, at + IMAGE_DESCRIPTOR_BYTES + colourTableBytes(gif[at + 9]) + 1);
        break;
      default:
        return false;
    }
  }
  return false;
}

function colourTableBytes(flags: number): number {
  const isPresent = (flags & 0x80) !== 0;
  return isPresent ? 3 * 2 ** ((flags & 0x07) + 1) : 0;
}

/** Blocks begin with their length; one of the length 0 is the last. */
function afterBlocks(gif: Uint8Array, start: number): number {
  let at = start;
  while (gif[at] > 0) at += gif[at] + 1;
  return at + 1;
}
