import { deref, type JsonObject, list, object } from '../generator/json';
import { type ProblemResponse, readProblems } from './problems';
import { readSecurity, refusalsOf, type Security } from './security';

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
  readonly body?: OperationBody;
  readonly maxBodyBytes: number;
  readonly problems: readonly ProblemResponse[];
  readonly security: Security;
  /** What it does, which decides how it is throttled. */
  readonly kind: string;
}

export interface OperationBody {
  readonly required: boolean;
  readonly mediaTypes: readonly string[];
  readonly schema?: JsonObject;
  /** Whether the operation takes the bytes as they were sent, whatever their media type says. */
  readonly raw: boolean;
}

export const METHODS = ['get', 'put', 'post', 'delete', 'patch'];
const DEFAULT_MAX_BODY_BYTES = 65_536;

/** As in the enum of `src/api/throttling.ts`. */
const KINDS = ['browse', 'cart', 'checkout', 'upload', 'inference'];

/** The operations of one path. What is wrong with them is added to `faults`. */
export function readOperations(
  document: JsonObject,
  capability: string,
  apiPath: string,
  faults: string[],
): Operation[] {
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
    const body = readBody(document, where, operation, faults);
    const security = readSecurity(document, where, operation, faults);
    const expected = [...expectedProblems({ parameters, body }), ...refusalsOf(security)];
    return {
      capability,
      method: method.toUpperCase(),
      path: apiPath,
      operationId: operation.operationId as string,
      bundle: operation['x-function'] as string,
      parameters,
      body,
      maxBodyBytes: (operation['x-max-body-bytes'] as number | undefined) ?? DEFAULT_MAX_BODY_BYTES,
      problems: readProblems(document, where, operation.responses, expected, faults),
      security,
      kind: readKind(where, operation, faults),
    };
  });
}

function readKind(where: string, { 'x-kind': kind = KINDS[0] }: JsonObject, faults: string[]): string {
  if (!KINDS.includes(String(kind)))
    faults.push(`${where} has the x-kind ${kind}; it must be one of ${KINDS.join(', ')}`);
  return String(kind);
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
  if (operation['x-raw-body'] === true) return { required: required === true, mediaTypes, raw: true };
  const json = object(object(content)['application/json']);
  if (mediaTypes.includes('application/json') && mediaTypes.length > 1) {
    faults.push(`${where} takes JSON and other bodies at once; make it two operations`);
  }
  const schema = json.schema as JsonObject | undefined;
  if (schema) checkClosed(document, `${where}: body`, schema, faults);
  return { required: required === true, mediaTypes, schema, raw: false };
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

/** The problems that `src/runtime` answers with before the operation's own code is reached, or when it fails. */
function expectedProblems({ parameters, body }: Pick<Operation, 'parameters' | 'body'>): [number, string][] {
  const expected: [number, string][] = [
    [400, 'invalid_request'],
    [500, 'internal_error'],
    [503, 'busy'],
  ];
  for (const parameter of parameters) {
    if (parameter['x-missing']) expected.push([400, parameter['x-missing']]);
    if (parameter['x-invalid']) expected.push([404, parameter['x-invalid']]);
  }
  if (!body) return expected;
  expected.push([413, 'payload_too_large']);
  if (body.raw) return expected;
  expected.push([415, 'unsupported_media_type']);
  if (body.mediaTypes.includes('application/json')) expected.push([400, 'malformed_json']);
  return expected;
}
