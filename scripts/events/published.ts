import { EVENT_SOURCE_PREFIX } from '../../src/building-blocks/contract';
import type { JsonObject } from '../generator/json';
import { detailSchema, type EventsDocument, type EventType } from './document';

/** Every event with the JSON Schema of its detail and an example, for listeners in any language. */
export function publishedSchemas(document: EventsDocument): JsonObject {
  return Object.fromEntries(
    sorted(document).map((event) => {
      const { type, capability, version, summary, description, example } = event;
      const told = { source: sourceOf(event), version, summary, ...(description && { description }), example };
      const title = `Detail of ${type}, told by ${capability}`;
      const $schema = 'https://json-schema.org/draft/2020-12/schema';
      return [type, { ...told, detail: { $schema, title, ...detailSchema(document, event) } }];
    }),
  );
}

/** The same for people. */
export function eventsPage(document: EventsDocument, notice: string): string {
  const sections = sorted(document).map((event) => {
    const { type, version, summary, description, example } = event;
    const readers = document.readers.filter(({ types }) => types.includes(type)).map(({ bundle }) => `\`${bundle}\``);
    return [
      `## ${type}`,
      summary,
      ...(description ? [description] : []),
      `Source \`${sourceOf(event)}\`, version ${version}, read by ${readers.join(', ') || 'nothing of ours'}. Its data, for instance:`,
      `\`\`\`json\n${JSON.stringify(example, null, 2)}\n\`\`\``,
    ].join('\n\n');
  });
  return `<!-- ${notice} -->\n\n# Events\n\n${INTRODUCTION}\n\n${sections.join('\n\n')}\n`;
}

const INTRODUCTION = `What happens in a shop is told on its EventBridge bus: the detail type is the name below, the detail is \`{id, time, schemaVersion, data}\`, and \`resources\` holds what tells two shops on one bus apart: the \`eventResource\` of the shop or of its part.

Every event comes at least once and in no certain order; a repetition has the same \`id\`. Data may get further members under the same \`schemaVersion\`, so a listener skips what it does not know. The JSON Schema of each detail is in \`assets/events.json\` of the package.`;

function sorted({ events }: EventsDocument): EventType[] {
  return [...events].sort((a, b) => (a.type < b.type ? -1 : 1));
}

function sourceOf({ capability }: EventType): string {
  return `${EVENT_SOURCE_PREFIX}.${capability}`;
}
