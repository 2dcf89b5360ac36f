import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { readDocument } from '../../scripts/openapi/document';
import type { Operation } from '../../scripts/openapi/operations';
import { operations } from '../../src/ordering/functions/checkout.api.generated';

const root = path.resolve(__dirname, '../..');

test('every operation says which function answers it and which problems it has', () => {
  for (const { operationId, bundle, problems } of readDocument(root).operations) {
    expect([operationId, bundle, problems.length > 0]).toEqual([operationId, expect.any(String), true]);
  }
});

test('a code has the status of the response that lists it', () => {
  const document = readDocument(root);
  const { problems } = document.operations.find((it) => it.operationId === 'checkOut') as Operation;
  expect(problems.find((it) => it.status === 409)?.codes).toContain('price_changed');
  expect(operations.checkOut.statuses).toMatchObject({ price_changed: 409, idempotency_key_reused: 422, busy: 503 });
  expect(operations.checkOut.retryAfter).toEqual([429, 503]);
});

test('every refusal in the code behind an operation is documented by its capability', () => {
  const { operations: all } = readDocument(root);
  const codes = (capability: string) =>
    new Set(all.filter((it) => it.capability === capability).flatMap((it) => it.problems.flatMap((one) => one.codes)));
  const thrown = all.flatMap(({ capability, bundle }) =>
    codesIn(
      // The generator sees to it that what the runtime refuses is documented.
      entriesOf(capability, bundle)
        .flatMap((entry) => reachableFrom(entry))
        .filter((it) => !it.startsWith('src/runtime/')),
    ).map((code) => ({ capability, code })),
  );
  expect(new Set(thrown.map(({ code }) => code)).size).toBeGreaterThan(20);
  const undocumented = thrown.filter(({ capability, code }) => !codes(capability).has(code)).map(({ code }) => code);
  // Told only to who invokes the classifier's function.
  expect([...new Set(undocumented)].sort()).toEqual(['image_not_found', 'image_not_readable']);
});

/** A source file and what it imports, directly or through others, types aside. */
/** A bundle may be built from one of several entries, such as one for each kind of model. */
function entriesOf(capability: string, bundle: string): string[] {
  const folder = `src/${capability}/functions`;
  const entries = readdirSync(path.join(root, folder)).filter((it) => it.endsWith('.lambda.ts'));
  const own = entries.filter((it) => it === `${bundle}.lambda.ts` || it.startsWith(`${bundle}-`));
  expect(own).not.toEqual([]);
  return own.map((it) => `${folder}/${it}`);
}

function reachableFrom(entry: string, seen = new Set<string>()): string[] {
  if (seen.has(entry)) return [];
  seen.add(entry);
  const imports = /(?:^(?:import|export) (?!type )[^;]*?from |import\()'(\.[^']+?)(?:\.js)?'/gm;
  for (const [, name] of readFileSync(path.join(root, entry), 'utf8').matchAll(imports)) {
    const file = path.posix.join(path.posix.dirname(entry), `${name}.ts`);
    if (existsSync(path.join(root, file))) reachableFrom(file, seen);
  }
  return [...seen];
}

function codesIn(files: readonly string[]): string[] {
  const thrown = /new Refusal\(\s*'(\w+)'/g;
  return files.flatMap((file) =>
    [...readFileSync(path.join(root, file), 'utf8').matchAll(thrown)].map(([, code]) => code),
  );
}

describe('mistakes', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'openapi-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const fragment = (capability: string, text: string) => {
    mkdirSync(path.join(folder, 'src', capability), { recursive: true });
    writeFileSync(path.join(folder, 'src', capability, 'openapi.yaml'), text);
  };

  test('are reported all at once', () => {
    fragment('api', readFileSync(path.join(root, 'src/api/openapi.yaml'), 'utf8'));
    fragment(
      'things',
      `
openapi: 3.1.0
paths:
  /things/{id}:
    put:
      operationId: putThing
      x-function: thing
      parameters:
        - { name: name, in: path, required: true, schema: { type: string } }
      requestBody:
        content: { application/json: { schema: { type: object, properties: {} } } }
      responses:
        '404': { $ref: '../api/openapi.yaml#/components/responses/Nowhere' }
        '409': { x-codes: [busy], content: { application/problem+json: {} } }
        '500': { $ref: '../api/openapi.yaml#/components/responses/InternalError' }
        '503': { $ref: '../api/openapi.yaml#/components/responses/Busy' }
`,
    );
    expect(() => readDocument(folder)).toThrow(
      [
        'The OpenAPI fragments are wrong:',
        '- things: ../api/openapi.yaml#/components/responses/Nowhere leads nowhere',
        '- things: PUT /things/{id} lacks summary',
        '- things: PUT /things/{id} declares the path parameters [name], its path has [id]',
        '- things: PUT /things/{id}: path parameter name lacks x-invalid',
        '- things: PUT /things/{id}: body lacks additionalProperties: false',
        '- things: PUT /things/{id}: response 404 lacks x-codes',
        '- things: PUT /things/{id}: response 404 is no problem document',
        '- things: PUT /things/{id}: response 409 lacks the header Retry-After',
        '- things: PUT /things/{id}: busy is listed twice; a code has one status',
        '- things: PUT /things/{id}: response 400 does not list invalid_request',
        '- things: PUT /things/{id}: response 413 does not list payload_too_large',
        '- things: PUT /things/{id}: response 415 does not list unsupported_media_type',
        '- things: PUT /things/{id}: response 400 does not list malformed_json',
      ].join('\n'),
    );
  });
});
