import type { DomainEvent } from '../../runtime/events';
import type { CatalogSkuItem } from '../contract';
import type { Product } from './product';

/** Says of products that they were written, or were about to be, and that no version may show them yet. */
export interface Unpublished {
  readonly note: string;
  readonly ids: readonly string[];
}

/** The truth about products. Every write is safe to repeat. */
export interface CatalogStore {
  /** The products of these ids that exist, with every write that was acknowledged before. */
  read(ids: readonly string[]): Promise<Product[]>;
  /** Ids of all products; but perhaps of none that were added in the last moments. */
  ids(): Promise<string[]>;
  /** What others read of SKUs, by SKU: those that were ever there, each with the product that has it or had it last. */
  records(skus: readonly string[]): Promise<ReadonlyMap<string, CatalogSkuItem>>;
  /**
   * Writes products, which count as unpublished from before the first of them is written.
   *
   * @param changedAt of the products
   */
  write(products: readonly Product[], changedAt: Date): Promise<void>;
  /** What has counted as unpublished since before this call. */
  unpublished(): Promise<Unpublished[]>;
  /** Those count as published from now on. */
  markPublished(products: readonly Unpublished[]): Promise<void>;
  writeSkus(records: readonly CatalogSkuItem[]): Promise<void>;
  /** Hands a version's event to the outbox, once however often it is called. */
  announce(version: string, event: DomainEvent): Promise<void>;
  /** The highest number of a version that was announced; 0 before the first. */
  lastSequence(): Promise<number>;
}
