import type { EventBridgeEvent } from 'aws-lambda';
import { Later, type QueueHandlerOptions } from '../../runtime/queue';
import { Refusal } from '../../runtime/refusal';
import { CATALOG_KEYS } from '../contract';
import type { ImportResult } from '../domain/import-result';
import type { Imported, Importer } from '../domain/importer';

type ObjectCreated = EventBridgeEvent<'Object Created', { object: { key: string; sequencer: string; size?: number } }>;
type File = ObjectCreated['detail']['object'];

type Log = (message: string, facts: Readonly<Record<string, string | number | null>>) => void;

/** The importer, as the queue sees it. */
export type ImportedFiles = Pick<Importer, 'import'>;

/** Imports the files that S3's events tell of: all of a call in their order, published once. */
export function importQueue(importer: ImportedFiles, log: Log): QueueHandlerOptions<File> {
  return {
    parse: (body) => (JSON.parse(body) as ObjectCreated).detail.object,
    together: async (messages) => {
      const files = messages.filter(({ body }) => isFile(body));
      const imported = await importer.import(
        files.map(({ body, delivery }) => ({ ...body, repeated: delivery.receives > 1 })),
      );
      const outcomes = new Map(imported.map((outcome, index) => [files[index].delivery.messageId, outcome]));
      return async (file, { messageId }) => {
        if (!isFile(file)) return undefined;
        return conclude(file, outcomes.get(messageId), log);
      };
    },
    // A table that grows throttles for a while, and a file is hundreds of writes: time ends their retries, not a number.
    retries: 100_000,
    // One that fails holds up all that came after it.
    backOff: { firstSeconds: 2, longestSeconds: 60 },
  };
}

/** Consoles make an empty object for a folder. */
function isFile({ key }: File): boolean {
  return key.startsWith(CATALOG_KEYS.IMPORTS) && !key.endsWith('/');
}

function conclude({ key }: File, imported: Imported | undefined, log: Log): Later | undefined {
  if (!imported) return new Later(1, 'it is not its turn yet');
  if ('error' in imported) {
    throw imported.givenUp ? new Refusal('import_given_up', `${key}: ${String(imported.error)}`) : imported.error;
  }
  const { result } = imported;
  if (result) log('Imported a file', { key, ...counts(result) });
  else log('Nothing to import: the file is gone, or was imported before', { key });
  return undefined;
}

function counts({ status, imported, rejectedCount, version }: ImportResult) {
  return { status, imported, rejected: rejectedCount, version };
}
