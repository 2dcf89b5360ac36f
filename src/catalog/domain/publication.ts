import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { Objects } from '../../runtime/objects';
import { CATALOG_KEYS, type CatalogArtefact, type CatalogOpeningStock, type CatalogPointer } from '../contract';
import { type CatalogIndex, indexOf, readIndex, writeIndex } from './catalog-index';
import { ProductLines } from './product-lines';

type ArtefactName = keyof CatalogPointer['artefacts'];

/** A version ready to be stored, and its pointer. */
export interface Publication {
  readonly pointer: CatalogPointer;
  readonly contents: Readonly<Record<ArtefactName, Buffer>>;
}

const FILE_NAMES: Readonly<Record<ArtefactName, string>> = {
  products: 'products.ndjson.gz',
  search: 'search.gz',
  stock: 'stock.json.gz',
};

/** Makes the version of a number; the hash keeps two that are made at once apart. */
export function publicationOf(
  lines: ProductLines,
  stock: readonly CatalogOpeningStock[],
  sequence: number,
  now: Date,
): Publication {
  const contents = {
    products: lines.bytes,
    search: writeIndex(indexOf(lines)),
    stock: Buffer.from(JSON.stringify(stock)),
  };
  const hashes = {
    products: sha256(contents.products),
    search: sha256(contents.search),
    stock: sha256(contents.stock),
  };
  const version = `${String(sequence).padStart(8, '0')}-${sha256(Object.values(hashes).join()).slice(0, 12)}`;
  const artefact = (name: ArtefactName): CatalogArtefact => ({
    key: `${CATALOG_KEYS.PUBLISHED}${version}/${FILE_NAMES[name]}`,
    sha256: hashes[name],
    bytes: contents[name].length,
  });
  const artefacts = { products: artefact('products'), search: artefact('search'), stock: artefact('stock') };
  return { pointer: { schemaVersion: 1, version, sequence, artefacts, publishedAt: now.toISOString() }, contents };
}

/** Whether a version shows these products. */
export function shows({ artefacts: { products } }: CatalogPointer, { bytes }: ProductLines): boolean {
  return products.bytes === bytes.length && products.sha256 === sha256(bytes);
}

export async function putArtefacts(objects: Objects, { pointer, contents }: Publication): Promise<void> {
  const put = async (name: ArtefactName) => {
    // Little is gained by a harder compression of what is read for a few minutes or hours.
    const body = await promisify(gzip)(contents[name], { level: 4 });
    await objects.put(pointer.artefacts[name].key, body, { contentType: 'application/gzip' });
  };
  await Promise.all([put('products'), put('search'), put('stock')]);
}

/** @throws when it is of a kind that this code does not know */
export function parsePointer(body: Uint8Array): CatalogPointer {
  const pointer = JSON.parse(Buffer.from(body).toString('utf8')) as CatalogPointer;
  if (pointer.schemaVersion === 1) return pointer;
  throw new Error(`${CATALOG_KEYS.POINTER} has schemaVersion ${pointer.schemaVersion}, which this code does not know.`);
}

/** An artefact that is not there: its version has expired, or someone has deleted it. */
export class ArtefactMissing extends Error {
  constructor(key: string) {
    super(`The published artefact ${key} is missing.`);
    this.name = 'ArtefactMissing';
  }
}

/** @throws ArtefactMissing; another error when it is not what was published */
export async function readLines(objects: Objects, { artefacts: { products } }: CatalogPointer): Promise<ProductLines> {
  return new ProductLines(await readArtefact(objects, products));
}

/** What another version of this code has written in another form is made from the products instead. */
export async function readIndexOf(
  objects: Objects,
  { artefacts: { search } }: CatalogPointer,
): Promise<(lines: ProductLines) => CatalogIndex> {
  const index = readIndex(await readArtefact(objects, search));
  return (lines) => index ?? indexOf(lines);
}

async function readArtefact(objects: Objects, { key, sha256: expected, bytes }: CatalogArtefact): Promise<Buffer> {
  const stored = await objects.get(key);
  if (!stored) throw new ArtefactMissing(key);
  const content = await promisify(gunzip)(stored.body, { maxOutputLength: Math.max(1, bytes) });
  const found = sha256(content);
  if (found !== expected) throw new Error(`The artefact ${key} has the SHA-256 ${found} instead of ${expected}.`);
  return content;
}

function sha256(content: Buffer | string): string {
  return createHash('sha256').update(content).digest('hex');
}
