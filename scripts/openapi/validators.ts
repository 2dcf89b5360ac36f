import Ajv from 'ajv';
import { type JsonObject, reachable, withRefs } from '../generator/json';
import { AJV_OPTIONS, standaloneModule } from '../generator/standalone';
import type { ApiDocument } from './document';
import { FORMATS } from './formats';
import type { Operation, Parameter } from './operations';

/**
 * The module that a function bundle imports: for each of its operations the route, what the parameters are, and a
 * validator compiled by ajv, so that no schema is read or compiled when the function starts.
 */
export async function validatorModule(
  root: string,
  document: ApiDocument,
  operations: readonly Operation[],
): Promise<string> {
  const ajv = requestSchemas(document, operations);
  const descriptions = operations.map(
    (it) => `  ${it.operationId}: { ...${JSON.stringify(descriptionOf(it))}, validate: ${it.operationId} },`,
  );
  const names = operations.map((it) => it.operationId);
  return standaloneModule(root, ajv, names, `export const operations = {\n${descriptions.join('\n')}\n};`);
}

/** A validator of requests under the id of each operation. */
export function requestSchemas(document: ApiDocument, operations: readonly Operation[]): Ajv {
  const ajv = new Ajv({ ...AJV_OPTIONS, formats: FORMATS, useDefaults: true });
  for (const operation of operations) ajv.addSchema(requestSchema(document, operation), operation.operationId);
  return ajv;
}

/** The types that go with it. */
export function validatorTypes(operations: readonly Operation[]): string {
  const members = operations.map((operation) => {
    const { operationId } = operation;
    const traits = traitsOf(operation).join('; ');
    return `  readonly ${operationId}: Operation<Operations['${operationId}']${traits && `, { ${traits} }`}>;`;
  });
  return `import type { Operation } from '../../runtime/http';
import type { operations as Operations } from './api.generated';

export declare const operations: {
${members.join('\n')}
};
`;
}

/** What the operation's types do not tell of its requests; see `Traits` in src/runtime/operation.ts. */
function traitsOf({ parameters, security, body }: Operation): string[] {
  const defaulted = parameters.filter((it) => it.schema.default !== undefined).map((it) => `'${it.name}'`);
  return [
    ...(defaulted.length > 0 ? [`defaulted: ${defaulted.join(' | ')}`] : []),
    ...(security.signIn === 'none' ? [] : [`signIn: '${security.signIn}'`]),
    ...(body?.raw ? ['rawBody: true'] : []),
  ];
}

/** What `src/runtime/http.ts` needs to know before it can validate; see `OperationDescription` in operation.ts. */
export function descriptionOf(operation: Operation) {
  const { parameters, body, problems, security } = operation;
  return {
    route: `${operation.method} ${operation.path}`,
    query: Object.fromEntries(parameters.filter((it) => it.in === 'query').map((it) => [it.name, kindOf(it)])),
    headers: parameters.filter((it) => it.in === 'header').map((it) => it.name.toLowerCase()),
    missing: codes(parameters, 'x-missing'),
    invalid: codes(parameters, 'x-invalid'),
    mediaTypes: [...(body?.mediaTypes ?? [])],
    bodyRequired: body?.required ?? false,
    rawBody: body?.raw ?? false,
    maxBodyBytes: operation.maxBodyBytes,
    statuses: Object.fromEntries(problems.flatMap(({ status, codes }) => codes.map((code) => [code, status]))),
    signIn: security.signIn,
    roles: [...security.roles],
    retryAfter: problems.filter((it) => it.retryAfter).map((it) => it.status),
  };
}

function kindOf({ schema }: Parameter): 'string' | 'integer' | 'array' {
  return schema.type === 'integer' || schema.type === 'array' ? schema.type : 'string';
}

function codes(parameters: readonly Parameter[], key: 'x-missing' | 'x-invalid'): Record<string, string> {
  return Object.fromEntries(parameters.flatMap((it) => (it[key] ? [[it.name.toLowerCase(), it[key]]] : [])));
}

/**
 * One schema for the whole request, so that the place of an error reads `/body/quantity` or `/query/limit`.
 * Parameters that are not declared never reach it: the runtime refuses or drops them.
 */
function requestSchema(document: ApiDocument, { parameters, body }: Operation): JsonObject {
  const part = (place: Parameter['in']): JsonObject => {
    const members = parameters.filter((it) => it.in === place);
    return {
      required: members.filter((it) => it.required).map((it) => it.name.toLowerCase()),
      properties: Object.fromEntries(members.map((it) => [it.name.toLowerCase(), it.schema])),
    };
  };
  const schema: JsonObject = {
    required: body?.schema && body.required ? ['body'] : [],
    properties: {
      path: part('path'),
      query: part('query'),
      header: part('header'),
      ...(body?.schema && { body: body.schema }),
    },
  };
  const $defs = reachable(document.merged, schema).schemas ?? {};
  return withRefs({ ...schema, $defs }, (ref) => ref.replace('#/components/schemas/', '#/$defs/'));
}
