import { BatchGetCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { type Clock, CONFLICT, withoutConflict } from './retry';

type Item = Record<string, unknown>;

export interface Keys {
  readonly table: string;
  /** Up to 100. */
  readonly keys: readonly { readonly pk: string; readonly sk: string }[];
  /** Attributes to read. */
  readonly attributes: readonly string[];
}

/**
 * Reads items as they are at this moment: prices are charged and stock is promised by what is read.
 * What DynamoDB leaves out of an answer is asked for again.
 */
export async function batchGet(client: DynamoDBDocumentClient, clock: Clock, wanted: Keys): Promise<Item[]> {
  const { table, attributes } = wanted;
  const found: Item[] = [];
  let pending: Item[] = [...wanted.keys];
  if (pending.length === 0) return found;
  const names = Object.fromEntries(attributes.map((attribute, index) => [`#${index}`, attribute]));
  return withoutConflict(clock, async () => {
    const { Responses, UnprocessedKeys } = await client.send(
      new BatchGetCommand({
        RequestItems: {
          [table]: {
            Keys: pending,
            ConsistentRead: true,
            ProjectionExpression: Object.keys(names).join(', '),
            ExpressionAttributeNames: names,
          },
        },
      }),
    );
    found.push(...(Responses?.[table] ?? []));
    pending = UnprocessedKeys?.[table]?.Keys ?? [];
    return pending.length > 0 ? CONFLICT : found;
  });
}
