import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { type ApiDocument, readDocument } from '../../scripts/openapi/document';
import { descriptionOf, requestSchemas } from '../../scripts/openapi/validators';
import type { OperationDescription, Validate } from '../../src/runtime/operation';

const root = path.resolve(__dirname, '../..');

/** The document of fragments that a test writes, beside what all fragments share. */
export function documentOf(fragments: Readonly<Record<string, string>>): ApiDocument {
  const folder = mkdtempSync(path.join(tmpdir(), 'openapi-'));
  const shared = readFileSync(path.join(root, 'src/api/openapi.yaml'), 'utf8');
  for (const [capability, text] of Object.entries({ api: shared, ...fragments })) {
    mkdirSync(path.join(folder, 'src', capability), { recursive: true });
    writeFileSync(path.join(folder, 'src', capability, 'openapi.yaml'), text);
  }
  return readDocument(folder);
}

/** What the generator writes for a function that answers all operations. */
export function operationsOf(document: ApiDocument): Record<string, OperationDescription> {
  const ajv = requestSchemas(document, document.operations);
  return Object.fromEntries(
    document.operations.map((operation) => [
      operation.operationId,
      { ...descriptionOf(operation), validate: ajv.getSchema(operation.operationId) as unknown as Validate },
    ]),
  );
}

const problem = (name: string) => `{ $ref: '../api/openapi.yaml#/components/responses/${name}' }`;
const common = `
        '400': ${problem('InvalidParameters')}
        '500': ${problem('InternalError')}
        '503': ${problem('Busy')}`;

/** Operations of every kind of sign-in, and one that takes a signed callback. */
export const ACCOUNTS = `
openapi: 3.1.0
security: [{ customer: [] }]
paths:
  /me:
    get:
      operationId: getMe
      x-function: accounts
      summary: Who I am.
      responses:
        '200': { description: Me., content: { application/json: { schema: { type: object } } } }
        '401': ${problem('SignInRequired')}${common}
  /offers:
    get:
      operationId: getOffers
      x-function: accounts
      summary: Offers for everyone, and mine.
      security: [{ customer: [] }, {}]
      responses:
        '200': { description: Offers., content: { application/json: { schema: { type: object } } } }
        '401': ${problem('InvalidToken')}${common}
  /terms:
    get:
      operationId: getTerms
      x-function: accounts
      summary: The same for everyone.
      security: []
      responses:
        '200': { description: Terms., content: { application/json: { schema: { type: object } } } }${common}
  /customers:
    get:
      operationId: listCustomers
      x-function: accounts
      x-roles: [service, owner]
      summary: All customers.
      security: [{ staff: [] }]
      parameters:
        - { name: page, in: query, schema: { type: integer } }
      responses:
        '200': { description: Customers., content: { application/json: { schema: { type: object } } } }
        '401': ${problem('SignInRequired')}
        '403': ${problem('Forbidden')}${common}
  /callbacks:
    post:
      operationId: takeCallback
      x-function: accounts
      x-raw-body: true
      x-max-body-bytes: 100
      summary: Take a signed message.
      security: []
      parameters:
        - { name: Signature, in: header, required: true, schema: { type: string } }
      requestBody:
        required: true
        content: { application/json: { schema: { type: object } } }
      responses:
        '200': { description: Taken., content: { application/json: { schema: { type: object } } } }
        '413': ${problem('PayloadTooLarge')}${common}
`;
