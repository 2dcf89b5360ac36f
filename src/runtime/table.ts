import { randomUUID } from 'node:crypto';
import type { DynamoDb } from './aws/dynamodb';
import { AwsError } from './aws/error';
import type { Clock } from './clock';
import { chunksOf, inParallel } from './parallel';
import { AGAIN, isPassingName, type Patience, retry } from './retry';

export type Item = Record<string, unknown>;

export interface Key {
  readonly pk: string;
  readonly sk: string;
}

/** What must hold for a write, and what its expressions speak of. */
export interface Expressions {
  readonly condition?: string;
  /** Attribute names by placeholder, such as `{'#state': 'state'}`. */
  readonly names?: Readonly<Record<string, string>>;
  /** Values by placeholder, such as `{':open': 'OPEN'}`. */
  readonly values?: Readonly<Item>;
}

export interface Update extends Expressions {
  readonly key: Key;
  /** Such as `SET available = available - :quantity`. */
  readonly update: string;
}

/** One write of a transaction. */
export type Write =
  | ({ readonly put: Item } & Expressions)
  | Update
  | ({ readonly remove: Key } & Expressions)
  | ({ readonly check: Key } & Expressions);

/** What became of a conditional write: when its condition did not hold, what was there instead. */
export type Written = { readonly held: true } | { readonly held: false; readonly found: Item | undefined };

/** What became of a transaction: all of it, or nothing and why, in the order of the writes. */
export type Transacted = { readonly done: true } | { readonly done: false; readonly reasons: readonly Reason[] };

export interface Reason {
  /** The condition did not hold. */
  readonly refused: boolean;
  /** Others are at the item, or the table is throttled: it may succeed a moment later. */
  readonly passing: boolean;
  /** What was there, of a write whose condition did not hold. */
  readonly found?: Item;
}

export interface Query extends Expressions {
  readonly index?: string;
  /** Such as `pk = :pk AND sk < :before`. */
  readonly where: string;
  readonly attributes?: readonly string[];
  readonly newestFirst?: boolean;
  /** Of one page. */
  readonly limit?: number;
  readonly startAt?: Item;
}

export interface Page {
  readonly items: readonly Item[];
  /** Where the next page starts; undefined after the last one. */
  readonly next?: Item;
}

const READ_AT_ONCE = 100;
const WRITTEN_AT_ONCE = 25;
const CALLS_AT_ONCE = 8;

/** Of a job that nobody waits for with a page open. */
const OF_A_JOB: Patience = { attempts: 12, firstWaitMs: 100, longestWaitMs: 10_000 };

/**
 * One table, in the shapes that stores think in.
 *
 * Reads are consistent but on indexes. A reply that was lost is asked for again underneath, so a conditional write may
 * find its own work: stores recognise it by what they wrote (`found`).
 */
export class Table {
  constructor(
    private readonly db: DynamoDb,
    readonly name: string,
    private readonly clock: Clock,
  ) {}

  async get(key: Key): Promise<Item | undefined> {
    return (await this.db.get({ TableName: this.name, Key: key, ConsistentRead: true })).Item;
  }

  /** The items among the keys that are there, in no order; only the attributes that are named, if any are. */
  async getAll(keys: readonly Key[], attributes?: readonly string[]): Promise<Item[]> {
    const found = await inParallel(chunksOf(keys, READ_AT_ONCE), CALLS_AT_ONCE, (chunk) =>
      this.getChunk(chunk, attributes),
    );
    return found.flat();
  }

  async query(query: Query): Promise<Page> {
    const { Items = [], LastEvaluatedKey } = await this.db.query({
      TableName: this.name,
      IndexName: query.index,
      KeyConditionExpression: query.where,
      FilterExpression: query.condition,
      ExpressionAttributeNames:
        query.names || query.attributes ? { ...query.names, ...placeholders(query.attributes) } : undefined,
      ExpressionAttributeValues: query.values,
      ProjectionExpression: projection(query.attributes),
      ConsistentRead: query.index === undefined,
      ScanIndexForward: !query.newestFirst,
      Limit: query.limit,
      ExclusiveStartKey: query.startAt,
    });
    return { items: Items, next: LastEvaluatedKey };
  }

  /** Every item that a query finds, page by page. */
  async *queryAll(query: Query): AsyncGenerator<Item> {
    let next = query.startAt;
    do {
      const page = await this.query({ ...query, startAt: next });
      yield* page.items;
      next = page.next;
    } while (next);
  }

  put(item: Item, expressions: Expressions = {}): Promise<Written> {
    return written(this.db.put({ TableName: this.name, Item: item, ...conditional(expressions) }));
  }

  update({ key, update, ...expressions }: Update): Promise<Written> {
    return written(
      this.db.update({ TableName: this.name, Key: key, UpdateExpression: update, ...conditional(expressions) }),
    );
  }

  remove(key: Key, expressions: Expressions = {}): Promise<Written> {
    return written(this.db.delete({ TableName: this.name, Key: key, ...conditional(expressions) }));
  }

  /** Writes items over whatever is there; what DynamoDB leaves undone is asked for again. */
  async putAll(items: readonly Item[]): Promise<void> {
    await inParallel(chunksOf(items, WRITTEN_AT_ONCE), CALLS_AT_ONCE, (chunk) =>
      this.writeChunk(chunk.map((Item) => ({ PutRequest: { Item } }))),
    );
  }

  async removeAll(keys: readonly Key[]): Promise<void> {
    await inParallel(chunksOf(keys, WRITTEN_AT_ONCE), CALLS_AT_ONCE, (chunk) =>
      this.writeChunk(chunk.map((Key) => ({ DeleteRequest: { Key } }))),
    );
  }

  /**
   * All writes or none. The same call, sent again because its reply was lost, counts once (for the ten minutes that
   * DynamoDB remembers it).
   */
  async transact(writes: readonly Write[]): Promise<Transacted> {
    try {
      await this.db.transactWrite({
        ClientRequestToken: randomUUID(),
        TransactItems: writes.map((write) => this.transactItem(write)),
      });
      return { done: true };
    } catch (error) {
      if (!(error instanceof AwsError) || !error.cancellationReasons) throw error;
      return {
        done: false,
        reasons: error.cancellationReasons.map(({ Code, Item }) => ({
          refused: Code === 'ConditionalCheckFailed',
          passing: isPassingName(Code),
          ...(Item && { found: Item }),
        })),
      };
    }
  }

  private transactItem(write: Write) {
    const TableName = this.name;
    if ('put' in write) return { Put: { TableName, Item: write.put, ...conditional(write) } };
    if ('update' in write) {
      return { Update: { TableName, Key: write.key, UpdateExpression: write.update, ...conditional(write) } };
    }
    if ('remove' in write) return { Delete: { TableName, Key: write.remove, ...conditional(write) } };
    const { condition = '', names, values } = write;
    return {
      ConditionCheck: {
        TableName,
        Key: write.check,
        ConditionExpression: condition,
        ExpressionAttributeNames: names,
        ExpressionAttributeValues: values,
      },
    };
  }

  private async getChunk(keys: readonly Key[], attributes?: readonly string[]): Promise<Item[]> {
    const found: Item[] = [];
    let pending: Item[] = keys.map((key) => ({ ...key }));
    return retry(this.clock, async () => {
      const { Responses, UnprocessedKeys } = await this.db.batchGet({
        RequestItems: {
          [this.name]: {
            Keys: pending,
            ConsistentRead: true,
            ProjectionExpression: projection(attributes),
            ExpressionAttributeNames: placeholders(attributes),
          },
        },
      });
      found.push(...(Responses?.[this.name] ?? []));
      pending = UnprocessedKeys?.[this.name]?.Keys ?? [];
      return pending.length > 0 ? AGAIN : found;
    });
  }

  private async writeChunk(requests: BatchRequest[]): Promise<void> {
    let pending: BatchRequest[] = requests;
    await retry(
      this.clock,
      async () => {
        const { UnprocessedItems } = await this.db.batchWrite({ RequestItems: { [this.name]: pending } });
        pending = (UnprocessedItems?.[this.name] ?? []) as BatchRequest[];
        return pending.length > 0 ? AGAIN : undefined;
      },
      OF_A_JOB,
    );
  }
}

type BatchRequest = { PutRequest: { Item: Item } } | { DeleteRequest: { Key: Key } };

function conditional({ condition, names, values }: Expressions) {
  return {
    ...(condition && {
      ConditionExpression: condition,
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
    }),
    ExpressionAttributeNames: names,
    ExpressionAttributeValues: values,
  };
}

async function written(write: Promise<unknown>): Promise<Written> {
  try {
    await write;
    return { held: true };
  } catch (error) {
    if (error instanceof AwsError && error.name === 'ConditionalCheckFailedException') {
      return { held: false, found: error.item };
    }
    throw error;
  }
}

/** Attributes by placeholder: any name may be a word that DynamoDB keeps for itself. */
function placeholders(attributes: readonly string[] = []): Record<string, string> | undefined {
  if (attributes.length === 0) return undefined;
  return Object.fromEntries(attributes.map((attribute, index) => [`#p${index}`, attribute]));
}

function projection(attributes: readonly string[] = []): string | undefined {
  return attributes.length === 0 ? undefined : attributes.map((_, index) => `#p${index}`).join(', ');
}
