import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { CATALOG_KEYS } from '../contract';
import type { Objects } from './objects';
import { canonical, type Product } from './product';

/** All products that are sold, as one artefact that never changes. */
export interface Snapshot {
  readonly schemaVersion: 1;
  /** By id. */
  readonly products: readonly Product[];
}

/** Which snapshot is the current one. */
export interface Pointer {
  readonly version: string;
  /** Goes up by one with each version. */
  readonly sequence: number;
  readonly snapshotKey: string;
  readonly stockKey: string;
  /** Of the snapshot's JSON, in hexadecimal. */
  readonly sha256: string;
  /** ISO 8601 in UTC. */
  readonly publishedAt: string;
}

/** A snapshot ready to be stored, and its pointer. */
export interface Publication {
  readonly pointer: Pointer;
  readonly snapshot: Uint8Array;
  readonly stock: Uint8Array;
}

/** Makes the version of these products that follows `previous`, or nothing when they are what `previous` shows. */
export function publicationOf(
  products: readonly Product[],
  previous: Pointer | undefined,
  now: Date,
): Publication | undefined {
  const sold = products
    .filter(({ active }) => active)
    .map(canonical)
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  const json = JSON.stringify({ schemaVersion: 1, products: sold } satisfies Snapshot);
  const sha256 = createHash('sha256').update(json).digest('hex');
  if (sha256 === previous?.sha256) return undefined;
  const sequence = (previous?.sequence ?? 0) + 1;
  // The number orders versions; the hash keeps two that are made at once apart.
  const version = `${String(sequence).padStart(8, '0')}-${sha256.slice(0, 12)}`;
  const stock = sold.flatMap(({ sku, openingStock }) => (openingStock === undefined ? [] : [{ sku, openingStock }]));
  return {
    pointer: {
      version,
      sequence,
      snapshotKey: `${CATALOG_KEYS.PUBLISHED}${version}/snapshot.json.gz`,
      stockKey: `${CATALOG_KEYS.PUBLISHED}${version}/stock.json.gz`,
      sha256,
      publishedAt: now.toISOString(),
    },
    snapshot: gzipSync(json),
    stock: gzipSync(JSON.stringify(stock)),
  };
}

export function parsePointer(body: Uint8Array): Pointer {
  return JSON.parse(Buffer.from(body).toString('utf8')) as Pointer;
}

/** @throws when the snapshot is missing or is not the one that was published */
export async function readSnapshot(objects: Objects, { snapshotKey, sha256 }: Pointer): Promise<Snapshot> {
  const stored = await objects.get(snapshotKey);
  if (!stored) throw new Error(`The published snapshot ${snapshotKey} is missing.`);
  const json = gunzipSync(stored.body);
  const found = createHash('sha256').update(json).digest('hex');
  if (found !== sha256) throw new Error(`The snapshot ${snapshotKey} has the SHA-256 ${found} instead of ${sha256}.`);
  return JSON.parse(json.toString('utf8')) as Snapshot;
}
