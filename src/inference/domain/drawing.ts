/** One byte of brightness per pixel, row by row. */
export interface GreyImage {
  readonly pixels: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** Share of the strongest ink from which a pixel belongs to the drawing. */
const INK = 0.25;

/**
 * Turns a drawing on plain paper into what a small classifier was trained on: light ink on black, cut out, centred in
 * a square, averaged down by area, its strongest pixel 1. Where the drawing stands, how large it is and which of paper
 * and ink is the lighter makes no difference. An empty sheet gives zeros.
 *
 * scripts/models/make_digits.py trains on exactly this.
 */
export function drawingTensor(image: GreyImage, width: number, height: number): Float32Array {
  const ink = inkOf(image);
  const box = boundingBox(ink, image);
  if (!box) return new Float32Array(width * height);
  return normalised(averageByArea(centredInSquare(ink, image.width, box), width, height));
}

interface Plane {
  readonly values: Uint8Array;
  readonly width: number;
  readonly height: number;
}

interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Amount of ink per pixel, from 0: paper is whatever the border mostly is. */
function inkOf(image: GreyImage): Uint8Array {
  let darkest = 255;
  let lightest = 0;
  for (const value of image.pixels) {
    if (value < darkest) darkest = value;
    if (value > lightest) lightest = value;
  }
  const lightPaper = borderMean(image) * 2 > darkest + lightest;
  const ink = new Uint8Array(image.pixels.length);
  for (let pixel = 0; pixel < ink.length; pixel++) {
    ink[pixel] = lightPaper ? lightest - image.pixels[pixel] : image.pixels[pixel] - darkest;
  }
  return ink;
}

function borderMean({ pixels, width, height }: GreyImage): number {
  let sum = 0;
  let count = 0;
  for (let y = 0; y < height; y++) {
    const step = y === 0 || y === height - 1 ? 1 : Math.max(1, width - 1);
    for (let x = 0; x < width; x += step) {
      sum += pixels[y * width + x];
      count++;
    }
  }
  return sum / count;
}

function boundingBox(ink: Uint8Array, { width, height }: GreyImage): Box | undefined {
  const least = strongest(ink) * INK;
  let [left, top, right, bottom] = [width, height, -1, -1];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (ink[y * width + x] <= least) continue;
      if (x < left) left = x;
      if (x > right) right = x;
      if (y < top) top = y;
      bottom = y;
    }
  }
  return right < 0 ? undefined : { left, top, width: right - left + 1, height: bottom - top + 1 };
}

function centredInSquare(ink: Uint8Array, stride: number, box: Box): Plane {
  const side = Math.max(box.width, box.height);
  const values = new Uint8Array(side * side);
  const left = Math.floor((side - box.width) / 2);
  const top = Math.floor((side - box.height) / 2);
  for (let y = 0; y < box.height; y++) {
    const from = (box.top + y) * stride + box.left;
    values.set(ink.subarray(from, from + box.width), (top + y) * side + left);
  }
  return { values, width: side, height: side };
}

function averageByArea(source: Plane, width: number, height: number): Float64Array {
  const columns = spans(source.width, width);
  const rows = spans(source.height, height);
  return Float64Array.from({ length: width * height }, (_, index) => {
    let sum = 0;
    for (const [y, down] of rows[Math.floor(index / width)]) {
      for (const [x, across] of columns[index % width]) sum += source.values[y * source.width + x] * down * across;
    }
    return sum;
  });
}

/** For each target pixel the source pixels that it covers, each with its share. */
function spans(source: number, target: number): [pixel: number, share: number][][] {
  const ratio = source / target;
  return Array.from({ length: target }, (_, index) => {
    const [from, to] = [index * ratio, (index + 1) * ratio];
    const covered: [number, number][] = [];
    for (let pixel = Math.floor(from); pixel < Math.min(Math.ceil(to), source); pixel++) {
      covered.push([pixel, (Math.min(to, pixel + 1) - Math.max(from, pixel)) / ratio]);
    }
    return covered;
  });
}

function normalised(values: Float64Array): Float32Array {
  const most = strongest(values);
  return Float32Array.from(values, (value) => value / most);
}

function strongest(values: Iterable<number>): number {
  let most = 0;
  for (const value of values) if (value > most) most = value;
  return most;
}
