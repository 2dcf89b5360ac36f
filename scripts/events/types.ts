import openapiTS, { astToString } from 'openapi-typescript';
import * as ts from 'typescript';
import { type JsonObject, withRefs } from '../generator/json';
import { type EventsDocument, type EventType, sharedBy } from './document';
import { constantOf, typeNameOf } from './names';

/** Name and version of each event that a capability tells, for both worlds, and the types of their data. */
export async function eventTypes(document: EventsDocument, capability: string): Promise<string> {
  const events = document.events.filter((it) => it.capability === capability);
  const declared = events.map(
    ({ type, version, summary }) =>
      `/** ${summary} */\nexport const ${constantOf(type)} = { type: '${type}', version: ${version} } as {\n` +
      `  readonly type: '${type}';\n  readonly version: ${version};\n  readonly data?: ${typeNameOf(type)};\n};\n\n` +
      `/** Data of \`${type}\`. */\nexport type ${typeNameOf(type)} = components['schemas']['${typeNameOf(type)}'];\n`,
  );
  return `\n${declared.join('\n')}\n${await schemaTypes(document, events)}`;
}

async function schemaTypes({ schemas }: EventsDocument, events: readonly EventType[]): Promise<string> {
  const own = Object.fromEntries(events.map(({ type, data }) => [typeNameOf(type), data]));
  const all = { ...sharedBy(schemas, own), ...own };
  const openApi: JsonObject = {
    openapi: '3.1.0',
    info: { title: 'Events', version: '1' },
    paths: {},
    components: {
      schemas: withRefs(all, (ref) => ref.replace('#/$defs/', '#/components/schemas/')),
    },
  };
  const nodes = await openapiTS(openApi as never, { silent: true, immutable: true });
  return astToString(nodes.filter((node) => ts.isInterfaceDeclaration(node) && node.name.text === 'components'));
}
