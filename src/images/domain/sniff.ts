/** Formats that are read. */
export type SourceFormat = 'jpeg' | 'png' | 'webp' | 'avif' | 'gif' | 'tiff';

/** What the first bytes of a file say it is: a format that is read, or the name of one that is not. */
export interface Sniffed {
  readonly format?: SourceFormat;
  readonly unsupported?: string;
}

interface Signature extends Sniffed {
  readonly matches: (head: Buffer) => boolean;
}

const HEAD_BYTES = 1024;

const SIGNATURES: readonly Signature[] = [
  { format: 'jpeg', matches: startsWith(0xff, 0xd8, 0xff) },
  { format: 'png', matches: startsWith(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a) },
  { format: 'gif', matches: (head) => /^GIF8[79]a/.test(text(head, 0, 6)) },
  { format: 'webp', matches: (head) => text(head, 0, 4) === 'RIFF' && text(head, 8, 12) === 'WEBP' },
  { format: 'tiff', matches: startsWith(0x49, 0x49, 0x2a, 0x00) },
  { format: 'tiff', matches: startsWith(0x4d, 0x4d, 0x00, 0x2a) },
  { format: 'avif', matches: (head) => brands(head).some((brand) => /^avi[fs]$/.test(brand)) },
  { unsupported: 'HEIC', matches: (head) => brands(head).some((brand) => /^(he[iv][cxms]|mif1|msf1)$/.test(brand)) },
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

/** Tells a file's format by its magic bytes alone; undefined when it is no kind of image. */
export function sniff(bytes: Uint8Array): Sniffed | undefined {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, HEAD_BYTES));
  return SIGNATURES.find(({ matches }) => matches(head));
}

function startsWith(...magic: number[]): Signature['matches'] {
  return (head) => magic.every((byte, index) => head[index] === byte);
}

function text(head: Buffer, start: number, end: number): string {
  return head.toString('latin1', start, end);
}

function withoutMark(head: Buffer): string {
  return head.toString('utf8').replace(/^\uFEFF/, '');
}

/** Major and compatible brands of an ISO base media file; none when it is not one. */
function brands(head: Buffer): string[] {
  if (head.length < 16 || text(head, 4, 8) !== 'ftyp') return [];
  const end = Math.min(head.readUInt32BE(0), head.length);
  const compatible = Array.from({ length: Math.max(0, (end - 16) >> 2) }, (_, index) => 16 + index * 4);
  return [8, ...compatible].map((at) => text(head, at, at + 4));
}
