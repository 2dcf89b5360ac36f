import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import sharp from 'sharp';

const MODEL = resolve(__dirname, '../../examples/models/digits');
const PER_DIGIT = 2;
/** A multiple of a tile, so that every pixel becomes a square of the same size. */
const SIDE = 160;
const MARGIN = 20;

interface ModelCard {
  readonly heldOut: {
    readonly file: string;
    readonly tile: number;
    readonly tilesPerRow: number;
    readonly digits: string;
  };
}

export interface SampleDigit {
  /** Place in the held-out set, that the model was not trained on. */
  readonly index: number;
  readonly digit: string;
}

/** A few of the held-out digits of each kind. */
export function sampleDigits(): SampleDigit[] {
  const { digits } = card().heldOut;
  return [...'0123456789'].flatMap((digit) =>
    [...digits].flatMap((it, index) => (it === digit ? [{ index, digit }] : [])).slice(0, PER_DIGIT),
  );
}

/** One of them as a PNG that a person can see. */
export async function sampleDigit(index: number): Promise<Uint8Array | undefined> {
  const { file, tile, tilesPerRow, digits } = card().heldOut;
  if (!Number.isInteger(index) || index < 0 || index >= digits.length) return undefined;
  return sharp(join(MODEL, file))
    .extract({
      left: (index % tilesPerRow) * tile,
      top: Math.floor(index / tilesPerRow) * tile,
      width: tile,
      height: tile,
    })
    .resize(SIDE, SIDE, { kernel: 'nearest' })
    .extend({ top: MARGIN, bottom: MARGIN, left: MARGIN, right: MARGIN, background: '#000' })
    .png()
    .toBuffer();
}

function card(): ModelCard {
  return JSON.parse(readFileSync(join(MODEL, 'model.json'), 'utf8'));
}
