import type { Product } from './product';
import { canonical } from './product';

const LINE_FEED = 0x0a;
/** Every line begins with the id, which needs no escapes: see `canonical`. */
const ID_STARTS_AT = '{"id":"'.length;
const QUOTE = 0x22;

/**
 * Products as lines of JSON, in the order of their ids. They stay bytes until one is asked for: parsed, 60,000 of them
 * take half a gigabyte of heap, and as many objects for the collector to walk.
 */
export class ProductLines {
  static readonly NONE = new ProductLines(Buffer.alloc(0));

  /** Where each line starts, and where the last one ends. */
  private readonly starts: Uint32Array;

  constructor(readonly bytes: Buffer) {
    this.starts = startsOf(bytes);
  }

  get count(): number {
    return this.starts.length - 1;
  }

  at(position: number): Product {
    return JSON.parse(this.bytes.toString('utf8', this.starts[position], this.starts[position + 1])) as Product;
  }

  idAt(position: number): string {
    const start = this.starts[position] + ID_STARTS_AT;
    return this.bytes.toString('latin1', start, this.bytes.indexOf(QUOTE, start));
  }

  /** Bytes of the line of a product; 0 when it is not here. */
  bytesOf(id: string): number {
    const position = this.positionOf(id);
    return position === undefined ? 0 : this.starts[position + 1] - this.starts[position];
  }

  find(id: string): Product | undefined {
    const position = this.positionOf(id);
    return position === undefined ? undefined : this.at(position);
  }

  *ids(): Generator<string> {
    for (let position = 0; position < this.count; position++) yield this.idAt(position);
  }

  /** These lines with some products replaced or added, and those left out that have none any more. */
  with(changes: ReadonlyMap<string, Product | undefined>): ProductLines {
    const parts: Buffer[] = [];
    let copied = 0;
    for (const id of [...changes.keys()].sort()) {
      const from = this.firstFrom(id);
      parts.push(this.bytes.subarray(this.starts[copied], this.starts[from]));
      const product = changes.get(id);
      if (product) parts.push(lineOf(product));
      copied = from < this.count && this.idAt(from) === id ? from + 1 : from;
    }
    parts.push(this.bytes.subarray(this.starts[copied]));
    return new ProductLines(Buffer.concat(parts));
  }

  private positionOf(id: string): number | undefined {
    const position = this.firstFrom(id);
    return position < this.count && this.idAt(position) === id ? position : undefined;
  }

  /** Position of the first product whose id is this or comes after it. */
  private firstFrom(id: string): number {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.idAt(middle) < id) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

export function lineOf(product: Product): Buffer {
  return Buffer.from(`${JSON.stringify(canonical(product))}\n`);
}

function startsOf(bytes: Buffer): Uint32Array {
  const starts = [0];
  for (let end = bytes.indexOf(LINE_FEED); end >= 0; end = bytes.indexOf(LINE_FEED, end + 1)) starts.push(end + 1);
  return Uint32Array.from(starts);
}
