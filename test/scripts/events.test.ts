import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import Ajv from 'ajv/dist/2020';
import { detailSchema, readEvents } from '../../scripts/events/document';
import { publishedSchemas } from '../../scripts/events/published';
import { ShopEvent } from '../../src/serverless-shop';

const root = path.resolve(__dirname, '../..');
const document = readEvents(root);

test('a shop offers every event that is told', () => {
  const told = document.events.map(({ type }) => type);
  expect(Object.values(ShopEvent).sort()).toEqual(told.sort());
});

test('the published JSON Schemas stand alone, and take their examples', () => {
  const ajv = new Ajv({ strict: true, strictRequired: false, formats: { 'date-time': true } });
  const published = Object.values(publishedSchemas(document)) as { detail: object; example: object }[];
  expect(published.length).toBeGreaterThan(1);
  for (const { detail, example } of published) {
    const validate = ajv.compile(detail);
    const told = { id: 'id', time: '2026-05-01T12:00:00.000Z', schemaVersion: 1, data: example };
    expect(validate(told)).toBe(true);
    expect(validate({ ...told, data: {} })).toBe(false);
  }
});

/**
 * Events wait in queues, dead-letter queues and archives while their writer changes. `told` keeps the data of each as
 * it was first told in its version: a schema that refuses it needs a new version.
 */
test.each(document.events)('$type is valid in its version as it was first told', (event) => {
  const file = path.join(__dirname, 'told', `${event.type}.${event.version}.json`);
  const data = JSON.parse(readFileSync(file, 'utf8'));
  const validate = new Ajv({ strict: false, allErrors: true, formats: { 'date-time': true } }).compile(
    detailSchema(document, event),
  );
  validate({ id: 'id', time: '2026-05-01T12:00:00.000Z', schemaVersion: event.version, data });
  expect(validate.errors ?? []).toEqual([]);
});

describe('mistakes', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'events-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const fragment = (capability: string, text: string) => {
    mkdirSync(path.join(folder, 'src', capability), { recursive: true });
    writeFileSync(path.join(folder, 'src', capability, 'events.yaml'), text);
  };

  test('are reported all at once', () => {
    fragment(
      'things',
      `
told: {}
tells:
  thing.made:
    versions: 1
    data: { type: object, additionalProperties: false, properties: { size: { $ref: '#/schemas/Size' } } }
    example: {}
reads:
  thing-worker: [thing.lost]
`,
    );
    fragment(
      'others',
      `
tells:
  thing.made: { version: 1, summary: Made., data: { type: object }, example: {} }
  Made: { version: 1, summary: Made., data: { type: array }, example: {} }
`,
    );
    expect(() => readEvents(folder)).toThrow(
      [
        'The event files are wrong:',
        '- things has told; known are tells, reads, schemas',
        '- things: #/schemas/Size leads nowhere',
        '- others: Made is not named like order.placed',
        '- others: Made lacks data of the type object',
        '- things: thing.made has versions; known are version, summary, description, data, example',
        '- things: thing.made lacks a version, a whole number',
        '- things: thing.made lacks a summary',
        '- things: thing.made has an object that is closed; later versions of the writer could not add to it',
        '- things: others tells thing.made already',
        '- things: there is no src/things/functions/thing-worker.lambda.ts',
        '- things: nobody tells thing.lost',
      ].join('\n'),
    );
  });

  test('an example must be what the data says', () => {
    fragment(
      'things',
      `
tells:
  thing.made:
    version: 1
    summary: Made.
    data: { type: object, required: [size], properties: { size: { type: integer } } }
    example: { size: large }
`,
    );
    expect(() => readEvents(folder)).toThrow(
      'things: the example of thing.made is not what its data says: /data/size must be integer',
    );
  });
});
