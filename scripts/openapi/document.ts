import { existsSync, readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { parse } from 'yaml';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly explode?: boolean;
  readonly schema: JsonObject;
  readonly 'x-missing'?: string;
  readonly 'x-invalid'?: string;
}

export interface Operation {
  readonly capability: string;
  readonly method: string;
  readonly path: string;
  readonly operationId: string;
  readonly bundle: string;
  readonly parameters: readonly Parameter[];
  readonly body?: { readonly required: boolean; readonly mediaTypes: readonly string[]; readonly schema?: JsonObject };
  readonly maxBodyBytes: number;
  readonly problemCodes: readonly string[];
}

export interface ApiDocument {
  /** One OpenAPI 3.1 document with every path and component of the fragments. */
  readonly merged: JsonObject;
  readonly operations: readonly Operation[];
  readonly capabilities: readonly string[];
}

const METHODS = ['get', 'put', 'post', 'delete', 'patch'];
const DEFAULT_MAX_BODY_BYTES = 65_536;

/**
 * Reads and merges `src/<capability>/openapi.yaml`.
 *
 * @throws one error that lists every mistake in the fragments.
 */
export function readDocument(root: string): ApiDocument {
  const faults: string[] = [];
  const fragments = readFragments(path.join(root, 'src'));
  const merged = merge(fragments, faults);
  const operations: Operation[] = [];
  for (const [capability, fragment] of fragments) {
    for (const apiPath of Object.keys(object(fragment.paths))) {
      operations.push(...readPath(merged, capability, apiPath, faults));
    }
  }
  checkUnique(operations, faults);
  if (faults.length > 0)
    throw new Error(`The OpenAPI fragments are wrong:\n${faults.map((it) => `- ${it}`).join('\n')}`);
  return { merged, operations, capabilities: [...new Set(operations.map(({ capability }) => capability))] };
}

/** The document with only the paths of one capability, and the components that they reach. */
export function onlyCapability({ merged, operations }: ApiDocument, capability: string): JsonObject {
  const kept = new Set(operations.filter((it) => it.capability === capability).map((it) => it.path));
  const paths = Object.fromEntries(Object.entries(object(merged.paths)).filter(([name]) => kept.has(name)));
  return { ...merged, paths, components: reachable(merged, paths) };
}

/** The components that a value refers to, directly or through others; sorted by name. */
export function reachable(document: JsonObject, from: Json): JsonObject {
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

export function forEachRef(value: Json, visit: (holder: JsonObject & { $ref: string }) => void): void {
  if (Array.isArray(value)) {
    for (const item of value) forEachRef(item, visit);
  } else if (value !== null && typeof value === 'object') {
    if (typeof value.$ref === 'string') visit(value as JsonObject & { $ref: string });
    for (const item of Object.values(value)) forEachRef(item, visit);
  }
}

function readFragments(src: string): Map<string, JsonObject> {
  const capabilities = readdirSync(src).filter((name) => existsSync(path.join(src, name, 'openapi.yaml')));
  return new Map(
    capabilities.sort().map((name) => [name, parse(readFileSync(path.join(src, name, 'openapi.yaml'), 'utf8'))]),
  );
}

function merge(fragments: Map<string, JsonObject>, faults: string[]): JsonObject {
  const common = fragments.get('api');
  if (!common) throw new Error('src/api/openapi.yaml is missing: it holds what all fragments share.');
  const paths: JsonObject = {};
  const components: Record<string, JsonObject> = {};
  for (const [capability, fragment] of fragments) {
    localiseRefs(capability, fragments, faults);
    for (const [name, item] of Object.entries(object(fragment.paths))) {
      if (name in paths) faults.push(`${capability}: another fragment has the path ${name} already`);
      paths[name] = item;
    }
    for (const [kind, members] of Object.entries(object(fragment.components))) {
      components[kind] ??= {};
      for (const [name, member] of Object.entries(object(members))) {
        const known = components[kind][name];
        if (known !== undefined && JSON.stringify(known) !== JSON.stringify(member)) {
          faults.push(`${capability}: another fragment has a different ${kind}/${name}`);
        }
        components[kind][name] = member;
      }
    }
  }
  return { openapi: common.openapi, info: common.info, servers: common.servers, paths, components };
}

/** `../api/openapi.yaml#/components/schemas/Money` becomes `#/components/schemas/Money`; both must exist. */
function localiseRefs(capability: string, fragments: Map<string, JsonObject>, faults: string[]): void {
  forEachRef(fragments.get(capability) as JsonObject, (holder) => {
    const [file, pointer] = holder.$ref.split('#');
    const owner = file === '' ? capability : /^\.\.\/([a-z-]+)\/openapi\.yaml$/.exec(file)?.[1];
    const fragment = owner === undefined ? undefined : fragments.get(owner);
    const target = pointer?.match(/^\/components\/(\w+)\/(\w+)$/);
    const found = fragment && target && object(object(fragment.components)[target[1]])[target[2]];
    if (!found) faults.push(`${capability}: ${holder.$ref} leads nowhere`);
    holder.$ref = `#${pointer}`;
  });
}

function readPath(document: JsonObject, capability: string, apiPath: string, faults: string[]): Operation[] {
  const item = object(object(document.paths)[apiPath]);
  return METHODS.filter((method) => method in item).map((method) => {
    const operation = object(item[method]);
    const where = `${capability}: ${method.toUpperCase()} ${apiPath}`;
    const parameters = [...list(item.parameters), ...list(operation.parameters)].map(
      (it) => deref(document, it) as unknown as Parameter,
    );
    for (const name of ['operationId', 'x-function', 'summary']) {
      if (typeof operation[name] !== 'string') faults.push(`${where} lacks ${name}`);
    }
    checkPathParameters(where, apiPath, parameters, faults);
    return {
      capability,
      method: method.toUpperCase(),
      path: apiPath,
      operationId: operation.operationId as string,
      bundle: operation['x-function'] as string,
      parameters,
      body: readBody(document, where, operation, faults),
      maxBodyBytes: (operation['x-max-body-bytes'] as number | undefined) ?? DEFAULT_MAX_BODY_BYTES,
      problemCodes: readProblemCodes(document, where, operation, parameters, faults),
    };
  });
}

function checkPathParameters(where: string, apiPath: string, parameters: readonly Parameter[], faults: string[]): void {
  const inPath = [...apiPath.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
  const declared = parameters.filter((it) => it.in === 'path').map((it) => it.name);
  if ([...inPath].sort().join() !== [...declared].sort().join()) {
    faults.push(`${where} declares the path parameters [${declared.join(', ')}], its path has [${inPath.join(', ')}]`);
  }
  for (const { name, in: place, 'x-invalid': code } of parameters) {
    if (place === 'path' && !code) faults.push(`${where}: path parameter ${name} lacks x-invalid`);
  }
}

function readBody(document: JsonObject, where: string, operation: JsonObject, faults: string[]): Operation['body'] {
  if (!operation.requestBody) return undefined;
  const { required, content } = deref(document, operation.requestBody);
  const mediaTypes = Object.keys(object(content));
  const json = object(object(content)['application/json']);
  if (mediaTypes.includes('application/json') && mediaTypes.length > 1) {
    faults.push(`${where} takes JSON and other bodies at once; make it two operations`);
  }
  const schema = json.schema as JsonObject | undefined;
  if (schema) checkClosed(document, `${where}: body`, schema, faults);
  return { required: required === true, mediaTypes, schema };
}

/** Unknown fields of a request are mistakes of the sender, so every object in it must say what it takes. */
function checkClosed(document: JsonObject, where: string, schema: JsonObject, faults: string[]): void {
  const resolved = deref(document, schema);
  if (resolved.type === 'object' && resolved.additionalProperties !== false) {
    faults.push(`${where} lacks additionalProperties: false`);
  }
  for (const [name, member] of Object.entries(object(resolved.properties))) {
    checkClosed(document, `${where}.${name}`, object(member), faults);
  }
}

function readProblemCodes(
  document: JsonObject,
  where: string,
  operation: JsonObject,
  parameters: readonly Parameter[],
  faults: string[],
): string[] {
  const byStatus = new Map<string, string[]>();
  for (const [status, response] of Object.entries(object(operation.responses))) {
    const { 'x-codes': codes, content } = deref(document, response);
    if (Number(status) < 400) continue;
    if (!Array.isArray(codes) || codes.length === 0) faults.push(`${where}: response ${status} lacks x-codes`);
    if (!object(content)['application/problem+json'])
      faults.push(`${where}: response ${status} is no problem document`);
    byStatus.set(status, (codes ?? []) as string[]);
  }
  const expect = (status: string, code: string) => {
    if (!byStatus.get(status)?.includes(code)) faults.push(`${where}: response ${status} does not list ${code}`);
  };
  expect('400', 'invalid_request');
  expect('500', 'internal_error');
  for (const parameter of parameters) {
    if (parameter['x-missing']) expect('400', parameter['x-missing']);
    if (parameter['x-invalid']) expect('404', parameter['x-invalid']);
  }
  if (operation.requestBody) {
    expect('413', 'payload_too_large');
    expect('415', 'unsupported_media_type');
    const { content } = deref(document, operation.requestBody);
    if (object(content)['application/json']) expect('400', 'malformed_json');
  }
  return [...byStatus.values()].flat();
}

function checkUnique(operations: readonly Operation[], faults: string[]): void {
  const ids = operations.map((it) => it.operationId);
  for (const id of new Set(ids.filter((it, index) => ids.indexOf(it) !== index))) {
    faults.push(`operationId ${id} is used more than once`);
  }
  for (const { bundle, capability } of operations) {
    const other = operations.find((it) => it.bundle === bundle && it.capability !== capability);
    if (other) faults.push(`function ${bundle} answers for ${capability} and for ${other.capability}`);
  }
}

function deref(document: JsonObject, value: Json): JsonObject {
  const holder = object(value);
  return typeof holder.$ref === 'string' ? deref(document, resolve(document, holder.$ref)) : holder;
}

function resolve(document: JsonObject, ref: string): JsonObject {
  const [, ...names] = ref.split('/');
  return names.reduce<JsonObject>((value, name) => object(value[name]), document);
}

function object(value: Json | undefined): JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? value : {};
}

function list(value: Json | undefined): Json[] {
  return Array.isArray(value) ? value : [];
}
