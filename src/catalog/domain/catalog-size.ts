import { Refusal } from '../../runtime/refusal';
import { CATALOG_LIMITS } from '../contract';
import { indexOf, writeIndex } from './catalog-index';
import { type Product, soldPart } from './product';
import { lineOf, type ProductLines } from './product-lines';

export interface CatalogSize {
  readonly products: number;
  readonly bytes: number;
}

/**
 * What readers hold in memory is checked before anything of it is written, so that a catalogue that is too large for
 * them is never on sale.
 *
 * @throws Refusal `catalogue_too_large`
 */
export function checkCatalogSize({ products, bytes }: CatalogSize): void {
  const { PRODUCTS, BYTES } = CATALOG_LIMITS;
  if (products > PRODUCTS) throw tooLarge(`${products} products`, `${PRODUCTS}`);
  if (bytes > BYTES) throw tooLarge(`${bytes} bytes of products`, `${BYTES}`);
}

/** @throws Refusal `catalogue_too_large` */
export function checkIndexSize(bytes: number): void {
  if (bytes > CATALOG_LIMITS.INDEX_BYTES) {
    throw tooLarge(`${bytes} bytes of search index`, `${CATALOG_LIMITS.INDEX_BYTES}`);
  }
}

/**
 * More than the bytes of index that a byte of products makes. A term takes 9 and its text; Chinese, the densest, has one
 * for each character of 3 bytes, with a text of 6.
 */
const MOST_INDEX_BYTES_OF_ONE = 12;

/** How large the catalogue will be once what was planned for it is published. */
export class PlannedSize {
  private size: CatalogSize;
  /** Bytes of the products that will be others; 0 of those that will not be sold. */
  private readonly planned = new Map<string, number>();
  private readonly changes = new Map<string, Product | undefined>();

  /** @param indexBytes of the search index of the lines */
  constructor(
    private readonly lines: ProductLines,
    private indexBytes: number,
  ) {
    this.size = { products: lines.count, bytes: lines.bytes.length };
  }

  /** @throws Refusal `catalogue_too_large`; then the plan stays as it was */
  add(added: readonly Product[]): void {
    let { products, bytes } = this.size;
    let addedBytes = 0;
    const sizes = added.map((product) => {
      const sold = soldPart(product);
      const after = sold ? lineOf(sold).length : 0;
      const before = this.planned.get(product.id) ?? this.lines.bytesOf(product.id);
      products += Number(after > 0) - Number(before > 0);
      bytes += after - before;
      addedBytes += after;
      return [product.id, after] as const;
    });
    checkCatalogSize({ products, bytes });
    this.indexBytes = this.indexBytesWith(added, addedBytes);
    this.size = { products, bytes };
    for (const [id, size] of sizes) this.planned.set(id, size);
    for (const product of added) this.changes.set(product.id, soldPart(product));
  }

  /** At most so many; they are counted only where there may be too many, since that takes making the index. */
  private indexBytesWith(added: readonly Product[], addedBytes: number): number {
    const most = this.indexBytes + addedBytes * MOST_INDEX_BYTES_OF_ONE;
    if (most <= CATALOG_LIMITS.INDEX_BYTES) return most;
    const changes = new Map([...this.changes, ...added.map((product) => [product.id, soldPart(product)] as const)]);
    const counted = writeIndex(indexOf(this.lines.with(changes))).length;
    checkIndexSize(counted);
    return counted;
  }
}

function tooLarge(would: string, most: string): Refusal {
  return new Refusal(
    'catalogue_too_large',
    `The catalogue would have ${would}; at most ${most} are served. What was on sale stays as it is.`,
  );
}
