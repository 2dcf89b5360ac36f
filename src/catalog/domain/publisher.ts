import type { Clock } from '../../runtime/clock';
import { domainEvent } from '../../runtime/events';
import type { Objects } from '../../runtime/objects';
import { AGAIN, type Patience, retry } from '../../runtime/retry';
import { CATALOG_KEYS, type CatalogOpeningStock, type CatalogPointer } from '../contract';
import { CATALOG_PUBLISHED } from '../events.generated';
import { type CatalogSize, checkCatalogSize, isTooLarge, PlannedSize } from './catalog-size';
import type { CatalogStore, Unpublished } from './catalog-store';
import { type Product, soldPart } from './product';
import { ProductLines } from './product-lines';
import { parsePointer, publicationOf, putArtefacts, readLines, shows } from './publication';
import { expiredKeys } from './retention';

const OTHERS_PUBLISH: Patience = { attempts: 20, firstWaitMs: 100, longestWaitMs: 2000 };

/** What the pointer tells at a moment, and what it points to. */
export interface Published {
  /** Undefined before the first version. */
  readonly pointer?: CatalogPointer;
  readonly etag?: string;
  readonly lines: ProductLines;
}

/**
 * Shows readers what the table holds.
 *
 * Several may publish at once. Each reads the pointer, then its products in the table, and swaps the pointer only if it
 * is still the one it read; otherwise it starts again. Whoever writes a product publishes it afterwards, so whoever
 * swaps last with that product has read it after it was written last, and the snapshot ends up equal to the table. What
 * someone wrote who died before publishing it is noted as unpublished, and comes with the next version, whoever
 * publishes that; but for who dies while another publishes, whose note is gone then: imports come one at a time.
 */
export class Publisher {
  private known?: Published;

  constructor(
    private readonly store: CatalogStore,
    private readonly objects: Objects,
    private readonly clock: Clock,
    private readonly onFailure: (message: string, error: unknown) => void,
  ) {}

  /**
   * Publishes the products of these ids and those that are noted as unpublished beside what is published, and tells of
   * it. Where all of these would be too many, those of the ids come alone: what someone left behind blocks nobody.
   *
   * @param anew publishes whatever is in the table, and tells of everything as if it were new
   * @returns the version that shows the products
   * @throws Refusal `catalogue_too_large`; the version before it stays
   */
  async publish(ids: readonly string[], anew = false): Promise<string> {
    const unpublished = await this.store.unpublished();
    const all = new Set([...ids, ...unpublished.flatMap((note) => note.ids)]);
    try {
      return await this.publishAll(all, unpublished, anew);
    } catch (error) {
      const own = new Set(ids);
      if (!isTooLarge(error) || own.size === 0 || own.size === all.size) throw error;
      const version = await this.publishAll(own, unpublished, anew);
      this.onFailure('Products that an earlier import left stay unpublished: there is no room for them', error);
      return version;
    }
  }

  /**
   * What the next version is planned on: what readers see now, with what is noted as unpublished, which comes with it;
   * without that where there is no room for it.
   */
  async plan(): Promise<PlannedSize> {
    const { pointer, lines } = await this.published();
    const ids = pointer ? (await this.store.unpublished()).flatMap((note) => note.ids) : await this.store.ids();
    const planned = new PlannedSize(lines, sizeOf(lines, pointer));
    try {
      planned.add(await this.store.read([...new Set(ids)]));
    } catch (error) {
      if (!isTooLarge(error)) throw error;
    }
    return planned;
  }

  /** What readers see now. */
  async published(): Promise<Published> {
    const { known } = this;
    const found = known?.etag
      ? await this.objects.getIfChanged(CATALOG_KEYS.POINTER, known.etag)
      : await this.objects.get(CATALOG_KEYS.POINTER);
    if (known && found === 'unchanged') return known;
    if (!found || found === 'unchanged') return { lines: ProductLines.NONE };
    const pointer = parsePointer(found.body);
    this.known = { pointer, etag: found.etag, lines: await readLines(this.objects, pointer) };
    return this.known;
  }

  /** Notes count as done where all that they speak of is among the ids. */
  private async publishAll(ids: ReadonlySet<string>, notes: readonly Unpublished[], anew: boolean): Promise<string> {
    const pointer = await retry(this.clock, async () => (await this.attempt([...ids], anew)) ?? AGAIN, OTHERS_PUBLISH);
    await this.announce(pointer);
    await this.store.markPublished(notes.filter((note) => note.ids.every((id) => ids.has(id))));
    return pointer.version;
  }

  private async attempt(ids: readonly string[], anew: boolean): Promise<CatalogPointer | undefined> {
    const { pointer: previous, etag, lines: before } = anew ? await this.pointerAlone() : await this.published();
    const complete = previous !== undefined && !anew;
    const others = complete ? [] : await this.store.ids();
    // In order, so that the same changes make the same stock artefact.
    const changes = await this.changes([...new Set([...ids, ...others])].sort());
    const lines = before.with(changes);
    if (complete && shows(previous, lines)) return previous;
    const onSale = sizeOf(before, previous);
    checkCatalogSize({ products: lines.count, bytes: lines.bytes.length }, onSale);
    const known = complete ? 0 : await this.store.lastSequence();
    const sequence = Math.max(known, previous?.sequence ?? 0) + 1;
    const publication = publicationOf(lines, newStock(before, changes), sequence, this.clock.now());
    const { pointer } = publication;
    checkCatalogSize({ indexBytes: pointer.artefacts.search.bytes }, onSale);
    // Whoever published that may have died before telling of it, and once it is not the current one nobody would.
    if (previous) await this.announce(previous);
    await putArtefacts(this.objects, publication);
    const body = JSON.stringify(pointer);
    const swapped = await this.objects.swap(CATALOG_KEYS.POINTER, body, { contentType: 'application/json' }, etag);
    if (swapped) await this.removeExpired(pointer);
    return swapped ? pointer : undefined;
  }

  /** The pointer alone: what it points to may be lost, and is not needed when everything is published anew. */
  private async pointerAlone(): Promise<Published> {
    const found = await this.objects.get(CATALOG_KEYS.POINTER);
    return { ...(found && { pointer: parsePointer(found.body), etag: found.etag }), lines: ProductLines.NONE };
  }

  /** What of the products is sold now; nothing of those that are not, or are not there. */
  private async changes(ids: readonly string[]): Promise<ReadonlyMap<string, Product | undefined>> {
    const changes = new Map<string, Product | undefined>(ids.map((id) => [id, undefined]));
    for (const product of await this.store.read(ids)) changes.set(product.id, soldPart(product));
    return changes;
  }

  /** Also for a version that was there already: whoever published it may have died before telling of it. */
  private announce({ version, artefacts, publishedAt }: CatalogPointer): Promise<void> {
    const data = { version, stock: artefacts.stock };
    return this.store.announce(version, domainEvent(CATALOG_PUBLISHED, version, publishedAt, data));
  }

  /** The version is on sale whatever becomes of old ones; the next publication tries again. */
  private async removeExpired(pointer: CatalogPointer): Promise<void> {
    try {
      const published = this.objects.list(CATALOG_KEYS.PUBLISHED);
      await this.objects.remove(await expiredKeys(published, pointer, this.clock.now()));
    } catch (error) {
      this.onFailure('Old versions could not be removed', error);
    }
  }
}

function sizeOf(lines: ProductLines, pointer: CatalogPointer | undefined): CatalogSize {
  const { products, search } = pointer?.artefacts ?? {};
  return { products: lines.count, bytes: products?.bytes ?? 0, indexBytes: search?.bytes ?? 0 };
}

/** Opening stock of SKUs that had none in the version before. */
function newStock(
  before: ProductLines,
  changes: ReadonlyMap<string, Product | undefined>,
): readonly CatalogOpeningStock[] {
  return [...changes].flatMap(([id, product]) => {
    const known = new Set(
      before
        .find(id)
        ?.skus.filter((sku) => sku.openingStock !== undefined)
        .map(({ sku }) => sku),
    );
    return (product?.skus ?? []).flatMap(({ sku, openingStock }) =>
      openingStock === undefined || known.has(sku) ? [] : [{ sku, openingStock }],
    );
  });
}
