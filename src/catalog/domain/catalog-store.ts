import type { DomainEvent } from '../../runtime/events';
import type { CatalogSkuItem } from '../contract';
import type { Product } from './product';

/** The truth about products. Every write is safe to repeat. */
export interface CatalogStore {
  /** The products of these ids that exist, with every write that was acknowledged before. */
  read(ids: readonly string[]): Promise<Product[]>;
  /** Ids of all products, or of those changed since; but perhaps of none that changed in the last moments. */
  ids(since?: Date): Promise<string[]>;
  /** The products that SKUs belong to or belonged to last, by SKU; of the SKUs that were ever there. */
  owners(skus: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** @param changedAt of the products */
  write(products: readonly Product[], changedAt: Date): Promise<void>;
  writeSkus(records: readonly CatalogSkuItem[]): Promise<void>;
  /** Hands a version's event to the outbox, once however often it is called. */
  announce(version: string, event: DomainEvent): Promise<void>;
  /** The highest number of a version that was announced; 0 before the first. */
  lastSequence(): Promise<number>;
}
