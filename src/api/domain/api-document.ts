/** The parts of an OpenAPI document that are looked at here. */
export interface OpenApiDocument {
  readonly info: { readonly title: string };
  readonly paths: Record<string, Record<string, unknown>>;
  readonly components?: Record<string, Record<string, unknown>>;
}

const METHODS = ['get', 'put', 'post', 'delete', 'patch'];

/** The document of those operations alone that are deployed, with the components they refer to. */
export function documentOf<Document extends OpenApiDocument>(
  full: Document,
  operations: ReadonlySet<string>,
  title: string,
): Document {
  const paths: OpenApiDocument['paths'] = {};
  for (const [path, item] of Object.entries(full.paths)) {
    const kept = Object.entries(item).filter(
      ([key, value]) => !METHODS.includes(key) || operations.has((value as { operationId: string }).operationId),
    );
    if (kept.some(([key]) => METHODS.includes(key))) paths[path] = Object.fromEntries(kept);
  }
  return { ...full, info: { ...full.info, title }, paths, components: reachable(full.components ?? {}, paths) };
}

function reachable(
  components: Record<string, Record<string, unknown>>,
  from: unknown,
): Record<string, Record<string, unknown>> {
  const found = new Set<string>();
  const visit = (part: unknown): void => {
    for (const [, reference] of JSON.stringify(part).matchAll(/"#\/components\/([^"]+)"/g)) {
      if (found.has(reference)) continue;
      found.add(reference);
      const [kind, name] = reference.split('/');
      visit(components[kind]?.[name] ?? null);
    }
  };
  visit(from);
  const kept = Object.entries(components).map(([kind, named]) => [
    kind,
    Object.fromEntries(Object.entries(named).filter(([name]) => found.has(`${kind}/${name}`))),
  ]);
  return Object.fromEntries(kept.filter(([, named]) => Object.keys(named as object).length > 0));
}
