import { Problem } from '../../runtime/problem';

/** Formats whose pixels are read, by how their files begin. */
const READ: readonly [type: string, test: (bytes: Buffer) => boolean][] = [
  ['image/jpeg', (bytes) => bytes.subarray(0, 3).equals(Buffer.from([0xff, 0xd8, 0xff]))],
  ['image/png', (bytes) => bytes.subarray(0, 8).equals(Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'))],
  ['image/gif', (bytes) => /^GIF8[79]a/.test(start(bytes))],
  ['image/webp', (bytes) => /^RIFF.{4}WEBP/s.test(start(bytes))],
  ['image/tiff', (bytes) => /^(II\*\0|MM\0\*)/.test(start(bytes))],
  ['image/avif', (bytes) => /^.{4}ftypavi[fs]/s.test(start(bytes))],
];

/** Formats that are images as well, but are not read. */
const UNSUPPORTED: readonly [name: string, test: (bytes: Buffer) => boolean][] = [
  ['HEIC', (bytes) => /^.{4}ftyp(hei[cfmsx]|hev[cmsx]|mif1|msf1)/s.test(start(bytes))],
  [
    'SVG',
    (bytes) => /^\s*(<\?xml[^>]*>\s*)?(<!--((?!-->).)*-->\s*)*(<!DOCTYPE svg[^>]*>\s*)?<svg[\s>]/s.test(text(bytes)),
  ],
  ['BMP', (bytes) => /^BM.{4}\0{4}/s.test(start(bytes))],
  ['JPEG XL', (bytes) => /^(\xff\n|.{4}JXL )/s.test(start(bytes))],
];

/**
 * The media type of an image, read from its first bytes: what a client says it sent does not count.
 *
 * @throws Problem 400 `not_an_image`, 415 `unsupported_codec`
 */
export function imageType(bytes: Buffer): string {
  const read = READ.find(([, test]) => test(bytes));
  if (read) return read[0];
  const other = UNSUPPORTED.find(([, test]) => test(bytes));
  const known = 'JPEG, PNG, WebP, AVIF, GIF and TIFF are read.';
  if (other) throw new Problem(415, 'unsupported_codec', `${other[0]} images are not read. ${known}`);
  throw new Problem(400, 'not_an_image', `The first bytes are not those of an image. ${known}`);
}

function start(bytes: Buffer): string {
  return bytes.toString('latin1', 0, 16);
}

function text(bytes: Buffer): string {
  return bytes.toString('latin1', 0, 1024);
}
