import { existsSync, readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { parse } from 'yaml';
import { forEachRef, type Json, type JsonObject, object, reachable } from '../generator/json';
import { METHODS, type Operation, readOperations } from './operations';

export interface ApiDocument {
  /** One OpenAPI 3.1 document with every path and component of the fragments. */
  readonly merged: JsonObject;
  readonly operations: readonly Operation[];
  readonly capabilities: readonly string[];
}

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
      operations.push(...readOperations(merged, capability, apiPath, faults));
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
      paths[name] = withSecurity(object(item), fragment.security);
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
  const { openapi, info, servers, security } = common;
  return { openapi, info, servers, ...(security !== undefined && { security }), paths, components };
}

/** A fragment's `security` is that of its own operations, not of the others that it is merged with. */
function withSecurity(item: JsonObject, security: Json | undefined): JsonObject {
  if (security === undefined) return item;
  return Object.fromEntries(
    Object.entries(item).map(([key, value]) => [
      key,
      METHODS.includes(key) && value ? { security, ...object(value) } : value,
    ]),
  );
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
