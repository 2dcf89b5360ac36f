import Ajv from 'ajv';
import { AJV_OPTIONS, standaloneModule } from '../generator/standalone';
import { detailSchema, type EventsDocument, type EventType, type Reader } from './document';
import { constantOf, typeNameOf } from './names';

/** What a function needs in order to read its events: a version and a validator by type. */
export async function readerModule(root: string, document: EventsDocument, reader: Reader): Promise<string> {
  const ajv = new Ajv({ ...AJV_OPTIONS, formats: { 'date-time': true } });
  const events = eventsOf(document, reader);
  for (const event of events) ajv.addSchema(detailSchema(document, event), constantOf(event.type));
  const members = events.map(
    ({ type, version }) => `  '${type}': { version: ${version}, validate: ${constantOf(type)} },`,
  );
  const names = events.map(({ type }) => constantOf(type));
  return standaloneModule(root, ajv, names, `export const events = {\n${members.join('\n')}\n};`);
}

/** The types that go with it. */
export function readerTypes(document: EventsDocument, reader: Reader): string {
  const events = eventsOf(document, reader);
  const imports = [...new Set(events.map((it) => it.capability))].map((capability) => {
    const names = events.filter((it) => it.capability === capability).map(({ type }) => typeNameOf(type));
    const from = capability === reader.capability ? '../events.generated' : `../../${capability}/events.generated`;
    return `import type { ${names.sort().join(', ')} } from '${from}';`;
  });
  const members = events.map(({ type }) => `  readonly '${type}': EventReader<${typeNameOf(type)}>;`);
  return `import type { EventReader } from '../../runtime/events';
${imports.join('\n')}

export declare const events: {
${members.join('\n')}
};
`;
}

function eventsOf({ events }: EventsDocument, { types }: Reader): EventType[] {
  return [...types].sort().map((type) => events.find((it) => it.type === type) as EventType);
}
