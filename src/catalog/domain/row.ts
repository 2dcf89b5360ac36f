import type { CatalogOption } from '../contract';

/** One product of a file, or one variant, every value as it was written. */
export interface Row {
  /** Line on which it begins, counted from 1. */
  readonly line: number;
  /** Values by column. Absent and empty are the same: not here. */
  readonly fields: ReadonlyMap<string, string>;
  /** By language; those in the catalogue's own have an empty one. */
  readonly options: ReadonlyMap<string, readonly CatalogOption[]>;
  /** Those that stand inside it. A file of lines has a row for each variant instead. */
  readonly variants?: readonly Row[];
  /** What keeps it from being read as a row. */
  readonly faults: readonly string[];
}

/** A file that cannot be read at all. */
export class BrokenFile extends Error {
  constructor(
    message: string,
    readonly line?: number,
  ) {
    super(message);
    this.name = 'BrokenFile';
  }
}

/** The values that are there. */
export function present(fields: readonly (readonly [string, string])[]): Map<string, string> {
  return new Map(
    fields.map(([column, text]): [string, string] => [column, text.trim()]).filter(([column, text]) => column && text),
  );
}
