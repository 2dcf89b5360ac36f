/** What images are: how their files begin, what media type they are sent as, and how their files are named. */

/** Formats that are read and told by the name that their media type has after the slash. */
export type ImageFormat = 'jpeg' | 'png' | 'webp' | 'avif' | 'gif' | 'tiff';

/** What the first bytes of a file say it is: a format that is read, or the name of one that is not. */
export type Sniffed = { readonly format: ImageFormat } | { readonly unsupported: string };

/** How the formats that are read are called, for people. */
export const FORMATS_READ = 'JPEG, PNG, WebP, AVIF, GIF and TIFF';

const EXTENSIONS: Readonly<Record<ImageFormat, string>> = {
  jpeg: 'jpg',
  png: 'png',
  webp: 'webp',
  avif: 'avif',
  gif: 'gif',
  tiff: 'tiff',
};

/** Without the dot. */
export function extensionOf(format: ImageFormat): string {
  return EXTENSIONS[format];
}

export function mediaTypeOf(format: ImageFormat): string {
  return `image/${format}`;
}

const HEAD_BYTES = 1024;

const SIGNATURES: readonly (Sniffed & { readonly matches: (head: Buffer) => boolean })[] = [
  { format: 'jpeg', matches: startsWith(0xff, 0xd8, 0xff) },
  { format: 'png', matches: startsWith(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a) },
  { format: 'gif', matches: (head) => /^GIF8[79]a/.test(text(head, 0, 6)) },
  { format: 'webp', matches: (head) => text(head, 0, 4) === 'RIFF' && text(head, 8, 12) === 'WEBP' },
  { format: 'tiff', matches: startsWith(0x49, 0x49, 0x2a, 0x00) },
  { format: 'tiff', matches: startsWith(0x4d, 0x4d, 0x00, 0x2a) },
  // The major brand may be `mif1`, which only says that it is some HEIF: the compatible ones name the codec.
  { unsupported: 'HEIC', matches: hasBrand(/^he[iv][cxms]$/) },
  { format: 'avif', matches: hasBrand(/^avi[fs]$/) },
  { unsupported: 'HEIC', matches: hasBrand(/^m[is]f1$/) },
  {
    unsupported: 'SVG',
    matches: (head) =>
      /^\s*(<\?xml[^>]*>\s*)?(<!--((?!-->)[\s\S])*-->\s*)*(<!DOCTYPE svg|<svg[\s>])/i.test(withoutMark(head)),
  },
  {
    unsupported: 'BMP',
    matches: (head) => text(head, 0, 2) === 'BM' && head.length > 14 && head.readUInt32LE(6) === 0,
  },
  { unsupported: 'PDF', matches: (head) => text(head, 0, 5) === '%PDF-' },
  { unsupported: 'Photoshop', matches: (head) => text(head, 0, 4) === '8BPS' },
  { unsupported: 'JPEG XL', matches: startsWith(0xff, 0x0a) },
  { unsupported: 'JPEG XL', matches: (head) => text(head, 4, 8) === 'JXL ' },
  { unsupported: 'JPEG 2000', matches: (head) => text(head, 4, 8) === 'jP  ' },
  { unsupported: 'ICO', matches: startsWith(0x00, 0x00, 0x01, 0x00) },
];

/**
 * Tells an image's format by its first bytes alone, whatever its name or its sender says; undefined when it is no kind
 * of image.
 */
export function sniffImage(bytes: Uint8Array): Sniffed | undefined {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, HEAD_BYTES));
  return SIGNATURES.find(({ matches }) => matches(head));
}

function startsWith(...magic: number[]): (head: Buffer) => boolean {
  return (head) => magic.every((byte, index) => head[index] === byte);
}

function hasBrand(pattern: RegExp): (head: Buffer) => boolean {
  return (head) => brands(head).some((brand) => pattern.test(brand));
}

/** Major and compatible brands of an ISO base media file; none when it is not one. */
function brands(head: Buffer): string[] {
  if (head.length < 16 || text(head, 4, 8) !== 'ftyp') return [];
  const end = Math.min(head.readUInt32BE(0), head.length);
  const compatible = Array.from({ length: Math.max(0, (end - 16) >> 2) }, (_, index) => 16 + index * 4);
  return [8, ...compatible].map((at) => text(head, at, at + 4));
}

function text(head: Buffer, start: number, end: number): string {
  return head.toString('latin1', start, end);
}

function withoutMark(head: Buffer): string {
  return head.toString('utf8').replace(/^\uFEFF/, '');
}
