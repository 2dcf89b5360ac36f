import { IMPORT_LIMITS } from '../contract';
import { isColumn, isOfProduct } from './columns';
import { canonical, type Product, type Sku } from './product';
import type { Row } from './row';
import { type RowValues, readValues } from './row-values';

export interface Rejection {
  readonly line: number;
  readonly id?: string;
  readonly reason: string;
}

export interface CheckedRows {
  /** The good ones, each id once. */
  readonly products: readonly Product[];
  /** By line; of products with variants, one for all their faults. */
  readonly rejected: readonly Rejection[];
  /** Columns that mean nothing to the catalogue, sorted. */
  readonly ignoredColumns: readonly string[];
}

interface Fault {
  readonly line: number;
  readonly text: string;
}

/** A product as far as it could be read, and all that is wrong with it. */
interface Draft {
  readonly product: Product;
  readonly faults: Fault[];
  /** Where it stands; of a product with a row for each variant, all of them. */
  readonly rows: readonly Row[];
  /** Where each of its SKUs stands. */
  readonly skuLines: ReadonlyMap<string, number>;
}

/** Turns rows into products; one with any fault is rejected with all its faults. */
export function checkRows(rows: readonly Row[], currency: string): CheckedRows {
  const drafts = grouped(rows).map((group) => draftOf(group, currency));
  refuseRepeatedIds(drafts);
  refuseSharedSkus(drafts);
  const all = rows.flatMap((row) => [row, ...(row.variants ?? [])]);
  const columns = new Set(all.flatMap(({ fields }) => [...fields.keys()]));
  return {
    products: drafts.filter(({ faults }) => faults.length === 0).map(({ product }) => product),
    rejected: drafts.filter(({ faults }) => faults.length > 0).map(rejectionOf),
    ignoredColumns: [...columns].filter((column) => !isColumn(column)).sort(),
  };
}

/** Rows that give their SKU and have the same id are variants of one product. */
function grouped(rows: readonly Row[]): [Row, ...Row[]][] {
  const groups: [Row, ...Row[]][] = [];
  const byId = new Map<string, Row[]>();
  for (const row of rows) {
    const id = row.fields.get('id');
    const isVariant = id !== undefined && row.fields.has('sku');
    const known = isVariant ? byId.get(id) : undefined;
    if (known) {
      known.push(row);
      continue;
    }
    const group: [Row, ...Row[]] = [row];
    groups.push(group);
    if (isVariant) byId.set(id, group);
  }
  return groups;
}

function draftOf(group: [Row, ...Row[]], currency: string): Draft {
  const [row] = group;
  if (row.variants) return withVariantsInside(row, row.variants, currency);
  return group.length > 1 ? withRowPerVariant(group, currency) : plain(row, currency);
}

const OF_A_PRODUCT = ['id', 'name', 'category'];

/** One row, one SKU. */
function plain(row: Row, currency: string): Draft {
  const values = readValues(row, currency, [...OF_A_PRODUCT, 'price']);
  const sku = { ...skuOf(values, values.price, currency), sku: values.sku ?? values.id, active: true, image: null };
  return draft(productOf(values), [row], [{ row, sku }], faultsOf(row, values));
}

/** A row whose variants stand in it; what one does not say of its price, the product says. */
function withVariantsInside(row: Row, variants: readonly Row[], currency: string): Draft {
  const values = readValues(row, currency, OF_A_PRODUCT);
  for (const column of ['sku', 'stock', 'current_stock']) {
    if (row.fields.has(column)) values.faults.push(`${column} belongs to the variants`);
  }
  if (row.options.size > 0) values.faults.push('options belong to the variants');
  if (variants.length === 0) values.faults.push('variants are missing');
  const faults = faultsOf(row, values);
  const skus = variants.map((variant): SkuOfRow => {
    const own = readValues(variant, currency, row.fields.has('price') ? ['sku'] : ['sku', 'price']);
    for (const column of variant.fields.keys()) {
      if (isOfProduct(column)) own.faults.push(`${column} belongs to the product`);
    }
    if (variant.variants) own.faults.push('variants cannot have variants');
    faults.push(...faultsOf(variant, own));
    return { row: variant, sku: skuOf(own, own.price ?? values.price, currency) };
  });
  return draft(productOf(values), [row], skus, faults);
}

/** Rows of which each has a variant; the first says what the product is, and the others may repeat it. */
function withRowPerVariant(group: [Row, ...Row[]], currency: string): Draft {
  const [first] = group;
  const product = productOf(readValues(first, currency, []));
  const faults: Fault[] = [];
  const skus = group.map((row): SkuOfRow => {
    const values = readValues(row, currency, [...(row === first ? OF_A_PRODUCT : []), 'price']);
    for (const [column, value] of row.fields) {
      if (isOfProduct(column) && (first.fields.get(column) ?? '') !== value) {
        values.faults.push(`${column} is another than on line ${first.line}`);
      }
    }
    faults.push(...faultsOf(row, values));
    const sku = skuOf(values, values.price, currency);
    return { row, sku: sku.image === product.image ? { ...sku, image: null } : sku };
  });
  return draft({ ...product, active: skus.some(({ sku }) => sku.active) }, group, skus, faults);
}

function productOf({ id, name, description, category, style, image, active, translations }: RowValues): Product {
  return {
    id,
    name,
    description,
    category,
    ...(style ? { style } : {}),
    image,
    active,
    skus: [],
    ...(translations ? { translations } : {}),
  };
}

function skuOf(
  { sku = '', options, image, active, openingStock }: RowValues,
  price: Sku['price'] | undefined,
  currency: string,
): Sku {
  return {
    sku,
    ...options,
    price: price ?? { amount: 0, currency },
    image,
    active,
    ...(openingStock === undefined ? {} : { openingStock }),
  };
}

interface SkuOfRow {
  readonly row: Row;
  readonly sku: Sku;
}

function draft(product: Product, rows: readonly Row[], skus: readonly SkuOfRow[], faults: Fault[]): Draft {
  const whole = canonical({ ...product, skus: skus.map(({ sku }) => sku) });
  const [{ line }] = rows;
  const skuLines = new Map<string, number>();
  for (const { row, sku } of skus) {
    const earlier = skuLines.get(sku.sku);
    if (sku.sku && earlier !== undefined) {
      faults.push({ line: row.line, text: `sku ${sku.sku} is already on line ${earlier}` });
    } else skuLines.set(sku.sku, row.line);
  }
  if (skus.length > IMPORT_LIMITS.VARIANTS) {
    faults.push({ line, text: `has ${skus.length} variants; at most ${IMPORT_LIMITS.VARIANTS} are allowed` });
  }
  const bytes = Buffer.byteLength(JSON.stringify(whole));
  if (bytes > IMPORT_LIMITS.PRODUCT_BYTES) {
    const most = IMPORT_LIMITS.PRODUCT_BYTES;
    faults.push({ line, text: `has ${bytes} bytes in all languages and variants; at most ${most} are allowed` });
  }
  faults.push(...optionFaults(skus));
  return { product: whole, faults, rows, skuLines };
}

/** A page can offer variants to choose from only if all have the same options, and no two the same values. */
function optionFaults(skus: readonly SkuOfRow[]): Fault[] {
  if (skus.length < 2) return [];
  const [{ row: first, sku: example }] = skus;
  const namesOf = ({ options }: Sku) => options.map(({ name }) => name).join('; ');
  const seen = new Map<string, number>();
  return skus.flatMap(({ row: { line }, sku }): Fault[] => {
    if (sku.options.length === 0) return [{ line, text: 'options are missing, which tell variants apart' }];
    if (namesOf(sku) !== namesOf(example)) {
      return [{ line, text: `options are not the same, in the same order, as on line ${first.line}` }];
    }
    const values = JSON.stringify(sku.options.map(({ value }) => value));
    const earlier = seen.get(values);
    if (earlier !== undefined) return [{ line, text: `options are those of line ${earlier}` }];
    seen.set(values, line);
    return [];
  });
}

function refuseRepeatedIds(drafts: readonly Draft[]): void {
  const lines = new Map<string, number>();
  for (const { product, rows, faults } of drafts) {
    if (!product.id) continue;
    const [{ line }] = rows;
    const earlier = lines.get(product.id);
    if (earlier === undefined) lines.set(product.id, line);
    else faults.push({ line, text: `id is already on line ${earlier}` });
  }
}

/** Which of two products a SKU belongs to cannot be guessed, so neither is imported. */
function refuseSharedSkus(drafts: readonly Draft[]): void {
  const owners = new Map<string, Draft>();
  const shared = new Map<string, Set<Draft>>();
  for (const draft of drafts) {
    for (const sku of draft.skuLines.keys()) {
      const owner = owners.get(sku);
      if (!sku || owner?.product.id === draft.product.id) continue;
      if (!owner) owners.set(sku, draft);
      else shared.set(sku, (shared.get(sku) ?? new Set([owner])).add(draft));
    }
  }
  for (const [sku, claimants] of shared) {
    for (const draft of claimants) {
      const others = [...claimants].filter((other) => other !== draft);
      const places = others.map(({ product, skuLines }) => `line ${skuLines.get(sku)}, of product ${product.id}`);
      draft.faults.push({ line: draft.skuLines.get(sku) ?? 0, text: `sku ${sku} is also on ${places.join('; ')}` });
    }
  }
}

function faultsOf({ line }: Row, { faults }: RowValues): Fault[] {
  return faults.map((text) => ({ line, text }));
}

function rejectionOf({ product: { id }, faults }: Draft): Rejection {
  const [{ line }] = faults;
  const reason = faults.map((fault) => (fault.line === line ? fault.text : `line ${fault.line}: ${fault.text}`));
  return { line, ...(id ? { id } : {}), reason: reason.join('; ') };
}
