import { TABLE_INDEXES } from '../../src/building-blocks/contract';
import { invalid } from './dynamo-errors';
import type { Attributes, Condition } from './expressions';
import { itemSize, writeUnits } from './item-size';

/** Attributes beside its keys that an index holds. */
const INDEXES: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  TABLE_INDEXES.map(({ NAME, ATTRIBUTES }) => [NAME, ATTRIBUTES]),
);

/** The items of one table, by their keys `pk` and `sk`. */
export class MemoryTable {
  private readonly byKey = new Map<string, Attributes>();

  /** Every item, in the order of the keys. */
  items(): Attributes[] {
    return [...this.byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => structuredClone(item));
  }

  get(key: Attributes): Attributes | undefined {
    const item = this.byKey.get(textOf(key));
    return item && structuredClone(item);
  }

  replace(key: Attributes, item: Attributes | undefined): void {
    if (!item) this.byKey.delete(textOf(key));
    else this.byKey.set(textOf(item), item);
  }

  query(
    index: string | undefined,
    where: Condition,
    { newestFirst, after }: { readonly newestFirst: boolean; readonly after?: Attributes },
  ): Attributes[] {
    const sortKey = index ? keysOf(index)[1] : 'sk';
    const items = [...this.byKey.values()];
    const entries: Attributes[] = index ? items.flatMap((item): Attributes[] => asList(entryOf(index, item))) : items;
    const found = entries
      .filter(where)
      .map((entry) => structuredClone(entry))
      .sort((a, b) => order(String(a[sortKey]), String(b[sortKey])) || order(textOf(a), textOf(b)));
    if (newestFirst) found.reverse();
    return after ? found.slice(startBehind(after, found, { index, newestFirst })) : found;
  }

  /** What a change of an item costs in the indexes. */
  indexWriteUnits(before: Attributes | undefined, after: Attributes | undefined): number {
    return Object.keys(INDEXES).reduce((units, index) => {
      const [old, next] = [before && entryOf(index, before), after && entryOf(index, after)];
      if (JSON.stringify(old) === JSON.stringify(next)) return units;
      const sameKeys = old && next && keysOf(index).every((key) => old[key] === next[key]);
      if (sameKeys) return units + writeUnits(Math.max(itemSize(old), itemSize(next)));
      return units + (old ? writeUnits(itemSize(old)) : 0) + (next ? writeUnits(itemSize(next)) : 0);
    }, 0);
  }
}

/** The item that a page ended with may be gone by the time of the next; in the table itself its place is known still. */
function startBehind(
  after: Attributes,
  found: readonly Attributes[],
  { index, newestFirst }: { readonly index: string | undefined; readonly newestFirst: boolean },
): number {
  if (index) return found.findIndex((item) => textOf(item) === textOf(after)) + 1;
  const start = found.findIndex((item) => (newestFirst ? textOf(item) < textOf(after) : textOf(item) > textOf(after)));
  return start < 0 ? found.length : start;
}

/** An item as an index has it; undefined when the index does not have it. */
function entryOf(index: string, item: Attributes): Attributes | undefined {
  const keys = keysOf(index);
  if (keys.some((key) => item[key] === undefined)) return undefined;
  if (keys.some((key) => typeof item[key] !== 'string')) throw invalid(`A key of ${index} is no string.`);
  const names = ['pk', 'sk', ...keys, ...INDEXES[index]];
  return Object.fromEntries(names.flatMap((name) => (name in item ? [[name, item[name]]] : [])));
}

function asList<T>(one: T | undefined): T[] {
  return one === undefined ? [] : [one];
}

function keysOf(index: string): string[] {
  if (!INDEXES[index]) throw invalid(`There is no index ${index}.`);
  return [`${index.toLowerCase()}pk`, `${index.toLowerCase()}sk`];
}

function textOf({ pk, sk }: Attributes): string {
  if (typeof pk !== 'string' || typeof sk !== 'string' || !pk || !sk) throw invalid('A key is missing or no string.');
  return `${pk}\u0000${sk}`;
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
