import { Refusal } from '../../runtime/refusal';
import { CATALOG_LIMITS } from '../contract';
import { indexOf, writeIndex } from './catalog-index';
import { type Product, soldPart } from './product';
import { lineOf, type ProductLines } from './product-lines';

/** What readers hold in memory of a version. */
export interface CatalogSize {
  readonly products: number;
  readonly bytes: number;
  readonly indexBytes: number;
}

interface Limit {
  readonly most: keyof typeof CATALOG_LIMITS;
  readonly unit: string;
  readonly remedy: string;
}

const LIMITS: Readonly<Record<keyof CatalogSize, Limit>> = {
  products: { most: 'PRODUCTS', unit: 'products', remedy: '' },
  bytes: { most: 'BYTES', unit: 'bytes of products', remedy: ', or shorten texts' },
  indexBytes: { most: 'INDEX_BYTES', unit: 'bytes of search index', remedy: ', or shorten descriptions' },
};

/**
 * What readers hold in memory is checked before anything of it is written, so that a catalogue that is too large for
 * them is never on sale. One that is on sale already, by limits that were higher then, may be replaced by any that is
 * not larger.
 *
 * @param would what is known of the size that a version would have
 * @throws Refusal `catalogue_too_large`
 */
export function checkCatalogSize(would: Partial<CatalogSize>, onSale: CatalogSize): void {
  for (const measure of Object.keys(would) as (keyof CatalogSize)[]) {
    const size = would[measure] ?? 0;
    if (size > mostOf(measure, onSale)) throw tooLarge(LIMITS[measure], size);
  }
}

export function isTooLarge(error: unknown): error is Refusal {
  return error instanceof Refusal && error.code === 'catalogue_too_large';
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

  /** @param onSale the size of the lines and of their index */
  constructor(
    private readonly lines: ProductLines,
    private readonly onSale: CatalogSize,
  ) {
    this.size = onSale;
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
    checkCatalogSize({ products, bytes }, this.onSale);
    this.size = { products, bytes, indexBytes: this.indexBytesWith(added, addedBytes) };
    for (const [id, size] of sizes) this.planned.set(id, size);
    for (const product of added) this.changes.set(product.id, soldPart(product));
  }

  /** At most so many; they are counted only where there may be too many, since that takes making the index. */
  private indexBytesWith(added: readonly Product[], addedBytes: number): number {
    const most = this.size.indexBytes + addedBytes * MOST_INDEX_BYTES_OF_ONE;
    if (most <= CATALOG_LIMITS.INDEX_BYTES) return most;
    const changes = new Map([...this.changes, ...added.map((product) => [product.id, soldPart(product)] as const)]);
    const indexBytes = writeIndex(indexOf(this.lines.with(changes))).length;
    checkCatalogSize({ indexBytes }, this.onSale);
    return indexBytes;
  }
}

function mostOf(measure: keyof CatalogSize, onSale: CatalogSize): number {
  return Math.max(CATALOG_LIMITS[LIMITS[measure].most], onSale[measure]);
}

function tooLarge({ most, unit, remedy }: Limit, would: number): Refusal {
  const limit = CATALOG_LIMITS[most];
  return new Refusal(
    'catalogue_too_large',
    `The catalogue would have ${would} ${unit}; at most ${limit} are served. What was on sale stays as it is. ` +
      `Take products off sale with \`active\` set to false${remedy}, then put the file again.`,
    { limit: most, would, most: limit },
  );
}
