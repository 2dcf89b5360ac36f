const HEADER = 'Exif\0\0';
const ASCII = 2;
const TAGS: Readonly<Record<number, string>> = { 315: 'Artist', 33432: 'Copyright' };

/** Who made an image and who may use it, from its EXIF block; undefined when it says neither. */
export function copyrightOf(exif: Buffer | undefined): Record<string, string> | undefined {
  if (!exif) return undefined;
  // PNG stores the block without its header.
  const hasHeader = exif.toString('latin1', 0, HEADER.length) === HEADER;
  try {
    const found = readTags(hasHeader ? exif.subarray(HEADER.length) : exif);
    return Object.keys(found).length > 0 ? found : undefined;
  } catch {
    return undefined; // an offset that points outside: the block is damaged, and nothing in it can be trusted
  }
}

/** The texts of the first directory of a TIFF structure. */
function readTags(tiff: Buffer): Record<string, string> {
  const little = tiff.toString('latin1', 0, 2) === 'II';
  const short = (at: number) => (little ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at));
  const long = (at: number) => (little ? tiff.readUInt32LE(at) : tiff.readUInt32BE(at));
  const directory = long(4);
  const found: Record<string, string> = {};
  for (let index = 0; index < short(directory); index++) {
    const entry = directory + 2 + index * 12;
    const name = TAGS[short(entry)];
    if (!name || short(entry + 2) !== ASCII) continue;
    const length = long(entry + 4);
    // Up to four bytes stand in the entry itself, more where it points to.
    const start = length <= 4 ? entry + 8 : long(entry + 8);
    const value = tiff
      .toString('utf8', start, start + length)
      .replaceAll('\0', ' ')
      .trim();
    if (value) found[name] = value;
  }
  return found;
}
