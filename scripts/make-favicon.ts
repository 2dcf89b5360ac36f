/**
 * Draws `web/public/favicon.ico`, which browsers and crawlers ask for by that name, from the icon of the pages.
 *
 *   tsx scripts/make-favicon.ts
 */
import { readFileSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import sharp from 'sharp';

const WEB = path.resolve(__dirname, '../web');
const SIZES = [16, 32, 48];
const HEADER_BYTES = 6;
const ENTRY_BYTES = 16;

/** An ICO file of PNG images: a header, an entry for each image that tells where it is, and the images. */
function icon(images: readonly Buffer[]): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt16LE(1, 2);
  header.writeUInt16LE(images.length, 4);
  let offset = HEADER_BYTES + images.length * ENTRY_BYTES;
  const entries = images.map((image, index) => {
    const entry = Buffer.alloc(ENTRY_BYTES);
    entry.writeUInt8(SIZES[index], 0);
    entry.writeUInt8(SIZES[index], 1);
    entry.writeUInt16LE(1, 4);
    entry.writeUInt16LE(32, 6);
    entry.writeUInt32LE(image.length, 8);
    entry.writeUInt32LE(offset, 12);
    offset += image.length;
    return entry;
  });
  return Buffer.concat([header, ...entries, ...images]);
}

async function main(): Promise<void> {
  const drawing = readFileSync(path.join(WEB, 'src/favicon.svg'));
  const images = SIZES.map((size) => sharp(drawing, { density: 300 }).resize(size).png().toBuffer());
  writeFileSync(path.join(WEB, 'public/favicon.ico'), icon(await Promise.all(images)));
}

main().catch((error) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
