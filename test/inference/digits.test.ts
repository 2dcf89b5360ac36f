/**
 * The committed model, seen through our own decoding, preparing and naming, on digits it was not trained with.
 *
 * @jest-environment ./test/inference/native-arrays.ts
 */
import { createHash } from 'node:crypto';
import { createReadStream, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { ModelFile } from '../../src/inference/adapters/model-file';
import { OnnxModel } from '../../src/inference/adapters/onnx-model';
import type { DrawingSettings } from '../../src/inference/contract';
import { Classifier } from '../../src/inference/domain/classifier';
import { strokes } from './strokes';

const DIGITS = join(__dirname, '../../examples/models/digits');
const card = JSON.parse(readFileSync(join(DIGITS, 'model.json'), 'utf8'));
const { tile, tilesPerRow } = card.heldOut;
const folder = mkdtempSync(join(tmpdir(), 'digits-'));

const location = { key: 'models/digits.onnx', sha256: card.sha256 };
const settings = {
  labels: card.labels,
  top: 3,
  threshold: 0,
  softmax: card.output.scores !== 'probabilities',
  preprocessing: {
    kind: card.input.preprocessing,
    maxPixels: 4_000_000,
    width: card.input.width,
    height: card.input.height,
    layout: 'flat',
  } as DrawingSettings,
};
const open = async () => createReadStream(join(DIGITS, card.file));
const model = new OnnxModel(location, new ModelFile(location, open, folder), settings);
const classifier = new Classifier(model, settings);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** All of the held-out digits, decoded once. */
const heldOut = sharp(join(DIGITS, card.heldOut.file)).raw().toBuffer({ resolveWithObject: true });

async function heldOutTile(index: number): Promise<Buffer> {
  const left = (index % tilesPerRow) * tile;
  const top = Math.floor(index / tilesPerRow) * tile;
  const { data, info } = await heldOut;
  return sharp(data, { raw: info }).extract({ left, top, width: tile, height: tile }).png().toBuffer();
}

async function isRight(index: number, draw: (image: Buffer) => Promise<Buffer>): Promise<boolean> {
  const { label } = await classifier.classify(await draw(await heldOutTile(index)));
  return label === card.heldOut.digits[index];
}

async function rightAnswers(step: number, draw: (image: Buffer) => Promise<Buffer>): Promise<number> {
  const indexes = Array.from({ length: Math.floor(card.heldOut.images / step) }, (_, index) => index * step);
  const answers = await Promise.all(indexes.map((index) => isRight(index, draw)));
  return answers.filter(Boolean).length;
}

test('the card tells the truth about the file', () => {
  const file = readFileSync(join(DIGITS, card.file));
  expect(createHash('sha256').update(file).digest('hex')).toBe(card.sha256);
  expect(file.length).toBe(card.bytes);
  expect(card.heldOut.digits).toHaveLength(card.heldOut.images);
});

test('the held-out digits are recognised as often as the card says', async () => {
  expect(card.heldOut.accuracy).toBeGreaterThan(0.96);
  expect(await rightAnswers(1, async (image) => image)).toBe(card.heldOut.right);
}, 60_000);

test('neither size nor place nor the colour of the paper matters', async () => {
  const onWhitePaper = async (image: Buffer) => {
    const dark = await sharp(image).resize(160, 160, { kernel: 'nearest' }).negate().png().toBuffer();
    const paper = { top: 10, bottom: 150, left: 200, right: 40, background: 'white' };
    return sharp(dark).extend(paper).jpeg({ quality: 95 }).toBuffer();
  };
  // Of every fifth digit, 90 in all.
  expect(await rightAnswers(5, onWhitePaper)).toBeGreaterThanOrEqual(85);
});

test.each(Object.keys(strokes))('a %s drawn with a pen is recognised', async (digit) => {
  const white = await sharp(Buffer.from(drawn(digit, 'white', 'black')))
    .png()
    .toBuffer();
  const black = await sharp(Buffer.from(drawn(digit, 'none', '#226')))
    .png()
    .toBuffer();
  expect((await classifier.classify(white)).label).toBe(digit);
  expect((await classifier.classify(black)).label).toBe(digit);
});

function drawn(digit: string, paper: string, ink: string): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="280" height="280"><rect width="280" height="280" fill="${paper}"/>
    <path d="${strokes[digit]}" fill="none" stroke="${ink}" stroke-width="18" stroke-linecap="round" stroke-linejoin="round"/></svg>`;
}
