/** The parts of an OpenAPI document that are looked at here. */
export interface OpenApiDocument {
  readonly info: { readonly title: string };
  readonly security?: Operation['security'];
  readonly paths: Record<string, Record<string, unknown>>;
  readonly components?: Record<string, Record<string, unknown>>;
}

interface Operation {
  readonly operationId: string;
  readonly security?: readonly Readonly<Record<string, unknown>>[];
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
      ([key, value]) => !METHODS.includes(key) || operations.has((value as Operation).operationId),
    );
    if (kept.some(([key]) => METHODS.includes(key))) paths[path] = Object.fromEntries(kept);
  }
  const { securitySchemes, ...components } = full.components ?? {};
  return {
    ...full,
    info: { ...full.info, title },
    paths,
    components: { ...schemesOf(full, paths), ...reachable(components, paths) },
  };
}

/** Method and path of each operation of a document, such as `GET /products/{id}`. */
export function routesOf({ paths }: OpenApiDocument): string[] {
  return Object.entries(paths).flatMap(([path, item]) =>
    METHODS.filter((method) => method in item).map((method) => `${method.toUpperCase()} ${path}`),
  );
}

/** The security schemes that the operations, or the document as a whole, name. */
function schemesOf(full: OpenApiDocument, paths: OpenApiDocument['paths']): Record<string, Record<string, unknown>> {
  const items = Object.values(paths).flatMap((item) => Object.entries(item));
  const operations = items.filter(([key]) => METHODS.includes(key)).map(([, value]) => value as Operation);
  const named = new Set([full, ...operations].flatMap(({ security = [] }) => security.flatMap(Object.keys)));
  const kept = Object.entries(full.components?.securitySchemes ?? {}).filter(([name]) => named.has(name));
  return kept.length > 0 ? { securitySchemes: Object.fromEntries(kept) } : {};
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
