/** Values of a parsed YAML or JSON document, and the references in it. */

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

/** An object as it is; nothing, for anything else. */
export function object(value: Json | undefined): JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? value : {};
}

export function list(value: Json | undefined): Json[] {
  return Array.isArray(value) ? value : [];
}

/** What `#/components/schemas/Money` leads to. */
export function resolve(document: JsonObject, ref: string): JsonObject {
  const [, ...names] = ref.split('/');
  return names.reduce<JsonObject>((value, name) => object(value[name]), document);
}

/** The value itself, or what it refers to. */
export function deref(document: JsonObject, value: Json): JsonObject {
  const holder = object(value);
  return typeof holder.$ref === 'string' ? deref(document, resolve(document, holder.$ref)) : holder;
}

export function forEachRef(value: Json, visit: (holder: JsonObject & { $ref: string }) => void): void {
  if (Array.isArray(value)) {
    for (const item of value) forEachRef(item, visit);
  } else if (value !== null && typeof value === 'object') {
    if (typeof value.$ref === 'string') visit(value as JsonObject & { $ref: string });
    for (const item of Object.values(value)) forEachRef(item, visit);
  }
}

/** A copy with every reference replaced. */
export function withRefs(value: JsonObject, replace: (ref: string) => string): JsonObject {
  const copy = structuredClone(value);
  forEachRef(copy, (holder) => {
    holder.$ref = replace(holder.$ref);
  });
  return copy;
}

/** The components that a value refers to, directly or through others; sorted by name. */
export function reachable(document: JsonObject, from: Json): Record<string, JsonObject> {
  const seen = new Set<string>();
  const visit = (value: Json) =>
    forEachRef(value, ({ $ref }) => {
      if (seen.has($ref)) return;
      seen.add($ref);
      visit(resolve(document, $ref));
    });
  visit(from);
  const components: Record<string, JsonObject> = {};
  for (const ref of [...seen].sort()) {
    const [, , kind, name] = ref.split('/');
    components[kind] ??= {};
    components[kind][name] = resolve(document, ref);
  }
  return components;
}
