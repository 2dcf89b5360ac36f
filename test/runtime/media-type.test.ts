import sharp from 'sharp';
import { extensionOf, mediaTypeOf, type Sniffed, sniffImage } from '../../src/runtime/media-type';

const picture = () => sharp({ create: { width: 16, height: 16, channels: 3, background: 'teal' } });

/** A file of the ISO base media format, as far as its brands. */
function brands(major: string, ...compatible: string[]): Buffer {
  const box = Buffer.from(`\0\0\0\0ftyp${major}\0\0\0\0${compatible.join('')}`, 'latin1');
  box.writeUInt32BE(box.length);
  return Buffer.concat([box, Buffer.alloc(64)]);
}

const format = (it: Sniffed | undefined) => it && ('format' in it ? it.format : `not read: ${it.unsupported}`);

test.each(['jpeg', 'png', 'webp', 'avif', 'gif', 'tiff'] as const)('%s is told by its bytes', async (name) => {
  expect(format(sniffImage(await picture().toFormat(name).toBuffer()))).toBe(name);
});

test('the codec decides, not the major brand, which may be the one of every HEIF', async () => {
  const avif = await picture().avif().toBuffer();
  expect(avif.toString('latin1', 4, 12)).toBe('ftypavif');
  const general = Buffer.from(avif);
  general.write('mif1', 8, 'latin1');
  expect(general.readUInt32BE(0)).toBeGreaterThan(16);
  expect(general.toString('latin1', 16, general.readUInt32BE(0))).toContain('avif');
  expect(format(sniffImage(general))).toBe('avif');
  expect(await sharp(general).raw().toBuffer()).toEqual(await sharp(avif).raw().toBuffer());
});

test.each([
  [brands('mif1', 'mif1', 'avif', 'miaf'), 'avif'],
  [brands('msf1', 'msf1', 'avis'), 'avif'],
  [brands('heic', 'mif1', 'heic'), 'not read: HEIC'],
  [brands('mif1', 'mif1', 'heic'), 'not read: HEIC'],
  [brands('mif1', 'avif', 'heix'), 'not read: HEIC'],
  [brands('mif1', 'miaf'), 'not read: HEIC'],
  [brands('isom', 'mp42'), undefined],
  [Buffer.from('<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN"><svg/>'), 'not read: SVG'],
  [Buffer.from([0xff, 0x0a, 0, 0]), 'not read: JPEG XL'],
  [Buffer.from('BM'), undefined],
  [Buffer.alloc(0), undefined],
])('%#', (bytes, expected) => {
  expect(format(sniffImage(bytes))).toBe(expected);
});

test('a view into a larger buffer is read from its own beginning', () => {
  const larger = Buffer.concat([Buffer.from('PREFIX'), Buffer.from('GIF89a'), Buffer.from('%PDF-')]);
  expect(format(sniffImage(new Uint8Array(larger.buffer, larger.byteOffset + 6, 6)))).toBe('gif');
});

test('files of JPEGs are called jpg, and sent as image/jpeg', () => {
  expect([extensionOf('jpeg'), mediaTypeOf('jpeg'), extensionOf('webp')]).toEqual(['jpg', 'image/jpeg', 'webp']);
});
