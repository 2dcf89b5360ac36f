import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { list, object } from '../../scripts/generator/json';
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
  expect(operations.checkOut.retryAfter).toEqual([503]);
});

test('every refusal in the code is documented', () => {
  const { operations: documentedOperations, merged } = readDocument(root);
  const shared = Object.values(object(object(merged.components).responses)).flatMap((it) =>
    list(object(it)['x-codes']),
  );
  const documented = new Set([
    ...documentedOperations.flatMap(({ problems }) => problems.flatMap(({ codes }) => codes)),
    ...(shared as string[]),
  ]);
  const sources = (readdirSync(path.join(root, 'src'), { recursive: true }) as string[]).filter((it) =>
    it.endsWith('.ts'),
  );
  const thrown = sources.flatMap((file) =>
    [
      ...readFileSync(path.join(root, 'src', file), 'utf8').matchAll(/new (?:Refusal|Problem\(\s*\d+,)\(?\s*'(\w+)'/g),
    ].map(([, code]) => code),
  );
  expect(thrown.length).toBeGreaterThan(20);
  // Told to who invokes the classifier's function, where there is no operation, and of messages in queues.
  const elsewhere = ['image_not_readable', 'route_not_found', 'unreadable_event', 'unreadable_message'];
  expect([...new Set(thrown)].filter((code) => !documented.has(code)).sort()).toEqual(elsewhere);
});

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
