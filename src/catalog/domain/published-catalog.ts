import type { Clock } from '../../runtime/clock';
import type { Objects } from '../../runtime/objects';
import { Refusal } from '../../runtime/refusal';
import { CATALOG_KEYS } from '../contract';
import { Catalog } from './catalog';
import { ArtefactMissing, parsePointer, readIndexOf, readLines } from './publication';

/** How long readers may show the version before the current one. */
const RECHECK_AFTER_MS = 2000;

interface Loaded {
  readonly etag: string;
  readonly catalog: Catalog;
}

/** The current version, kept in memory as long as it is the current one. */
export class PublishedCatalog {
  private loaded?: Loaded;
  private checkedAt = Number.NEGATIVE_INFINITY;

  /** @param onFailure is told why a version that is in memory could not be checked or replaced; it goes on being shown */
  constructor(
    private readonly objects: Objects,
    private readonly clock: Pick<Clock, 'now'>,
    private readonly onFailure: (error: unknown) => void,
  ) {}

  /** @throws Refusal `catalogue_unpublished` */
  async current(): Promise<Catalog> {
    const now = this.clock.now().getTime();
    if (this.loaded && now - this.checkedAt < RECHECK_AFTER_MS) return this.loaded.catalog;
    this.checkedAt = now;
    this.loaded = this.loaded ? await this.refreshed(this.loaded) : await this.load();
    return this.loaded.catalog;
  }

  /** What cannot be read now is tried again after the usual time: an old catalogue is better than none. */
  private async refreshed(known: Loaded): Promise<Loaded> {
    try {
      return await this.load(known);
    } catch (error) {
      this.onFailure(error);
      return known;
    }
  }

  private async load(known?: Loaded): Promise<Loaded> {
    try {
      return await this.attempt(known);
    } catch (error) {
      // It expired between the pointer and the artefact; the pointer tells of another by now.
      if (error instanceof ArtefactMissing) return this.attempt(known);
      throw error;
    }
  }

  private async attempt(known?: Loaded): Promise<Loaded> {
    const found = known
      ? await this.objects.getIfChanged(CATALOG_KEYS.POINTER, known.etag)
      : await this.objects.get(CATALOG_KEYS.POINTER);
    if (known && found === 'unchanged') return known;
    if (!found || found === 'unchanged') {
      throw new Refusal('catalogue_unpublished', 'No catalogue has been published yet.', {}, 5);
    }
    const pointer = parsePointer(found.body);
    const [lines, indexFor] = await Promise.all([readLines(this.objects, pointer), readIndexOf(this.objects, pointer)]);
    return { etag: found.etag, catalog: new Catalog(lines, indexFor(lines)) };
  }
}
