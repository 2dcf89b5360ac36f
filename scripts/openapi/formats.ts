import { LINE } from '../../src/runtime/text';
import type { Json, JsonObject } from '../generator/json';

/** Formats of the house's own, and the pattern that each stands for. */
const PATTERNS = new Map([['line', LINE]]);

/** The same for validators. */
export const FORMATS = Object.fromEntries([...PATTERNS].map(([name, pattern]) => [name, new RegExp(pattern, 'u')]));

/** A copy for clients, in which every schema with such a format says its pattern as well. */
export function withPatterns(document: JsonObject): JsonObject {
  return JSON.parse(JSON.stringify(document), (_name, value: Json) => {
    const schema = value as JsonObject | null;
    const pattern = PATTERNS.get(String(schema?.format));
    return pattern === undefined ? value : { ...schema, pattern };
  });
}
