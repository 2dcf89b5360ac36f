import { existsSync, readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import Ajv from 'ajv/dist/2020';
import { parse } from 'yaml';
import { forEachRef, type Json, type JsonObject, list, object } from '../generator/json';

/** An event that a capability tells others. */
export interface EventType {
  readonly type: string;
  readonly capability: string;
  readonly version: number;
  readonly summary: string;
  readonly description?: string;
  /** JSON Schema of the data; it refers to the document's `schemas` as `#/$defs/<name>`. */
  readonly data: JsonObject;
  readonly example: JsonObject;
}

/** A function that reads events. */
export interface Reader {
  readonly capability: string;
  readonly bundle: string;
  readonly types: readonly string[];
}

export interface EventsDocument {
  readonly events: readonly EventType[];
  readonly readers: readonly Reader[];
  /** What the events share, by name. */
  readonly schemas: JsonObject;
}

const MEMBERS = ['tells', 'reads', 'schemas'];
const EVENT_MEMBERS = ['version', 'summary', 'description', 'data', 'example'];

/**
 * Reads and merges `src/<capability>/events.yaml`.
 *
 * @throws one error that lists every mistake in the files
 */
export function readEvents(root: string): EventsDocument {
  const faults: string[] = [];
  const fragments = readFragments(path.join(root, 'src'));
  for (const [capability, fragment] of fragments) {
    checkMembers(capability, fragment, MEMBERS, faults);
    localiseRefs(capability, fragments, faults);
  }
  const document = {
    events: [...fragments].flatMap(([capability, { tells }]) => readTold(capability, object(tells), faults)),
    readers: [...fragments].flatMap(([capability, { reads }]) => readReaders(capability, object(reads))),
    schemas: mergeSchemas(fragments, faults),
  };
  checkTypes(document, faults);
  checkReaders(root, document, faults);
  if (faults.length === 0) checkExamples(document, faults);
  if (faults.length > 0) throw new Error(`The event files are wrong:\n${faults.map((it) => `- ${it}`).join('\n')}`);
  return document;
}

/** JSON Schema of what stands in the `detail` of an event on the bus. */
export function detailSchema({ schemas }: EventsDocument, { version, data }: EventType): JsonObject {
  return {
    type: 'object',
    required: ['id', 'time', 'schemaVersion', 'data'],
    properties: {
      id: { type: 'string', minLength: 1, description: 'The same for each repetition of the event.' },
      time: { type: 'string', format: 'date-time' },
      schemaVersion: { const: version },
      data,
    },
    $defs: sharedBy(schemas, data),
  };
}

/** The shared schemas that a value refers to, directly or through others; sorted by name. */
export function sharedBy(schemas: JsonObject, from: Json): JsonObject {
  const found = new Set<string>();
  const visit = (value: Json) =>
    forEachRef(value, ({ $ref }) => {
      const name = $ref.slice('#/$defs/'.length);
      if (found.has(name)) return;
      found.add(name);
      visit(schemas[name]);
    });
  visit(from);
  return Object.fromEntries([...found].sort().map((name) => [name, schemas[name]]));
}

function readFragments(src: string): Map<string, JsonObject> {
  const capabilities = readdirSync(src).filter((name) => existsSync(path.join(src, name, 'events.yaml')));
  return new Map(
    capabilities.sort().map((name) => [name, parse(readFileSync(path.join(src, name, 'events.yaml'), 'utf8'))]),
  );
}

function readTold(capability: string, tells: JsonObject, faults: string[]): EventType[] {
  return Object.entries(tells).map(([type, value]) => {
    const event = object(value);
    const where = `${capability}: ${type}`;
    checkMembers(where, event, EVENT_MEMBERS, faults);
    if (!/^[a-z]+(_[a-z]+)*(\.[a-z]+(_[a-z]+)*)+$/.test(type)) faults.push(`${where} is not named like order.placed`);
    if (!Number.isInteger(event.version)) faults.push(`${where} lacks a version, a whole number`);
    if (typeof event.summary !== 'string') faults.push(`${where} lacks a summary`);
    if (object(event.data).type !== 'object') faults.push(`${where} lacks data of the type object`);
    checkOpen(where, event.data, faults);
    return { ...event, type, capability } as unknown as EventType;
  });
}

function readReaders(capability: string, reads: JsonObject): Reader[] {
  return Object.entries(reads).map(([bundle, types]) => ({ capability, bundle, types: list(types) as string[] }));
}

function checkMembers(where: string, value: JsonObject, known: readonly string[], faults: string[]): void {
  for (const name of Object.keys(value)) {
    if (!known.includes(name)) faults.push(`${where} has ${name}; known are ${known.join(', ')}`);
  }
}

/** A reader that knows yesterday's members must take today's event. */
function checkOpen(where: string, schema: Json | undefined, faults: string[]): void {
  for (const value of Object.values((schema ?? {}) as JsonObject)) {
    if (value !== null && typeof value === 'object') checkOpen(where, value, faults);
  }
  if (object(schema).additionalProperties === false) {
    faults.push(`${where} has an object that is closed; later versions of the writer could not add to it`);
  }
}

/** `../ordering/events.yaml#/schemas/Money` and `#/schemas/Money` become `#/$defs/Money`; both must exist. */
function localiseRefs(capability: string, fragments: Map<string, JsonObject>, faults: string[]): void {
  forEachRef(fragments.get(capability) as JsonObject, (holder) => {
    const [, file, name] = /^(?:\.\.\/([a-z-]+)\/events\.yaml)?#\/schemas\/(\w+)$/.exec(holder.$ref) ?? [];
    const schemas = object(fragments.get(file ?? capability)?.schemas);
    if (!name || !(name in schemas)) faults.push(`${capability}: ${holder.$ref} leads nowhere`);
    holder.$ref = `#/$defs/${name}`;
  });
}

function mergeSchemas(fragments: Map<string, JsonObject>, faults: string[]): JsonObject {
  const merged: JsonObject = {};
  for (const [capability, fragment] of fragments) {
    for (const [name, schema] of Object.entries(object(fragment.schemas))) {
      if (name in merged) faults.push(`${capability}: another file has the schema ${name} already`);
      checkOpen(`${capability}: ${name}`, schema, faults);
      merged[name] = schema;
    }
  }
  return merged;
}

function checkTypes({ events }: EventsDocument, faults: string[]): void {
  for (const { type, capability } of events) {
    const first = events.find((it) => it.type === type);
    if (first?.capability !== capability) faults.push(`${capability}: ${first?.capability} tells ${type} already`);
  }
}

function checkReaders(root: string, { events, readers }: EventsDocument, faults: string[]): void {
  for (const { capability, bundle, types } of readers) {
    // A function, or what several functions of one kind have in common.
    const entry = `src/${capability}/functions/${bundle}`;
    if (!['.lambda.ts', '.ts'].some((suffix) => existsSync(path.join(root, entry + suffix)))) {
      faults.push(`${capability}: there is no ${entry}.lambda.ts`);
    }
    if (types.length === 0) faults.push(`${capability}: ${bundle} lacks a list of event types`);
    for (const type of types) {
      if (!events.some((it) => it.type === type)) faults.push(`${capability}: nobody tells ${type}`);
    }
  }
}

function checkExamples(document: EventsDocument, faults: string[]): void {
  const ajv = new Ajv({ allErrors: true, strict: true, strictRequired: false, formats: { 'date-time': true } });
  for (const event of document.events) {
    const detail = { id: 'id', time: '2026-05-01T12:00:00.000Z', schemaVersion: event.version, data: event.example };
    const validate = ajv.compile(detailSchema(document, event));
    if (validate(detail)) continue;
    const errors = (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
    faults.push(`${event.capability}: the example of ${event.type} is not what its data says: ${errors.join(', ')}`);
  }
}
