import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDb } from '../../src/runtime/aws/dynamodb';
import { conditionFailed, invalid, transactionCancelled } from './dynamo-errors';
import { type Attributes, Expressions } from './expressions';
import { itemSize, writeUnits } from './item-size';
import { MemoryTable } from './memory-table';

const MOST_ITEM_BYTES = 400 * 1024;
const MOST_TRANSACTION_BYTES = 4 * 1024 * 1024;
const MOST_IN = { transaction: 100, batchGet: 100, batchWrite: 25 };

/** What lies between a caller and the table: calls take time there, and may get lost. */
export type Network = <T>(operation: string, apply: () => T, writes?: number) => Promise<T>;

const UNDISTURBED: Network = async (_, apply) => apply();

type Input<Operation extends keyof DynamoDb> = Parameters<DynamoDb[Operation]>[0];
type TransactItem = NonNullable<Input<'transactWrite'>['TransactItems']>[number];

interface Conditional {
  readonly ConditionExpression?: string;
  readonly ExpressionAttributeNames?: Record<string, string>;
  readonly ExpressionAttributeValues?: Record<string, unknown>;
  readonly ReturnValuesOnConditionCheckFailure?: string;
}

/** A write that was checked, and what it would leave behind; undefined deletes. */
interface Change {
  readonly table: MemoryTable;
  readonly key: Attributes;
  readonly before: Attributes | undefined;
  readonly after: Attributes | undefined;
}

/**
 * DynamoDB in memory: single writes and transactions are atomic, conditions and limits are DynamoDB's, and what it does
 * not know is an error. Tables come into being when they are first named; they have the house's keys and indexes.
 */
export class MemoryDynamoDb implements DynamoDb {
  private readonly tables = new Map<string, MemoryTable>();
  private readonly transactions = new Set<string>();
  /** Write units spent so far, those of indexes included, by DynamoDB's rules. */
  writeUnits = 0;

  constructor(private readonly network: Network = UNDISTURBED) {}

  /** A table as it is at this moment, for a test to look into or to prepare. */
  table(name: string): MemoryTable {
    const table = this.tables.get(name) ?? new MemoryTable();
    this.tables.set(name, table);
    return table;
  }

  get(input: Input<'get'>) {
    return this.network('GetItem', () => {
      const expressions = expressionsOf(input);
      const projection = expressions.projection(input.ProjectionExpression);
      expressions.end();
      const item = this.table(named(input.TableName)).get(input.Key as Attributes);
      return item ? { Item: projection(item) } : {};
    });
  }

  put(input: Input<'put'>) {
    return this.network('PutItem', () => {
      this.apply([this.checked(input, keyOf(input.Item), () => stored(input.Item))]);
      return {};
    });
  }

  update(input: Input<'update'>) {
    return this.network('UpdateItem', () => {
      const [change] = this.apply([this.checkedUpdate(input)]);
      const { ReturnValues } = input;
      const Attributes =
        ReturnValues === 'ALL_NEW' ? change.after : ReturnValues === 'ALL_OLD' ? change.before : undefined;
      return Attributes ? { Attributes } : {};
    });
  }

  delete(input: Input<'delete'>) {
    return this.network('DeleteItem', () => {
      const [{ before }] = this.apply([this.checked(input, input.Key as Attributes, () => undefined)]);
      return input.ReturnValues === 'ALL_OLD' && before ? { Attributes: before } : {};
    });
  }

  query(input: Input<'query'>) {
    return this.network('Query', () => {
      if (input.IndexName && input.ConsistentRead) throw invalid('Consistent reads are not supported on indexes.');
      const expressions = expressionsOf(input);
      const where = expressions.condition(input.KeyConditionExpression);
      const filter = expressions.condition(input.FilterExpression);
      const projection = expressions.projection(input.ProjectionExpression);
      expressions.end();
      const found = this.table(named(input.TableName)).query(input.IndexName, where, {
        newestFirst: input.ScanIndexForward === false,
        after: input.ExclusiveStartKey,
      });
      const page = found.slice(0, input.Limit ?? found.length);
      const more = page.length < found.length;
      return {
        Items: page.filter(filter).map(projection),
        ...(more && { LastEvaluatedKey: keyOf(page.at(-1)) }),
      };
    });
  }

  batchGet(input: Input<'batchGet'>) {
    return this.network('BatchGetItem', () => {
      const Responses: Record<string, Attributes[]> = {};
      for (const [name, { Keys = [], ...rest }] of Object.entries(input.RequestItems ?? {})) {
        limited('Keys', Keys, MOST_IN.batchGet);
        const expressions = expressionsOf(rest);
        const projection = expressions.projection(rest.ProjectionExpression);
        expressions.end();
        Responses[name] = distinct(Keys).flatMap((key) => {
          const item = this.table(name).get(key);
          return item ? [projection(item)] : [];
        });
      }
      return { Responses, UnprocessedKeys: {} };
    });
  }

  batchWrite(input: Input<'batchWrite'>) {
    return this.network('BatchWriteItem', () => {
      for (const [name, requests] of Object.entries(input.RequestItems ?? {})) {
        limited('requests', requests, MOST_IN.batchWrite);
        const keys = requests.map(({ PutRequest, DeleteRequest }) => keyOf(PutRequest?.Item ?? DeleteRequest?.Key));
        distinct(keys);
        this.apply(
          requests.map(({ PutRequest }, index) =>
            this.checked({ TableName: name }, keys[index], () => PutRequest && stored(PutRequest.Item)),
          ),
        );
      }
      return { UnprocessedItems: {} };
    });
  }

  transactWrite(input: Input<'transactWrite'>) {
    const { TransactItems = [], ClientRequestToken } = input;
    const apply = () => {
      if (ClientRequestToken && this.transactions.has(ClientRequestToken)) return {};
      limited('TransactItems', TransactItems, MOST_IN.transaction);
      const outcomes = TransactItems.map((item) => this.attempt(item));
      distinct(TransactItems.map(keyOfTransactItem));
      if (outcomes.some((outcome) => 'Code' in outcome)) {
        throw transactionCancelled(outcomes.map((outcome) => ('Code' in outcome ? outcome : { Code: 'None' })));
      }
      this.apply(outcomes as Change[], true);
      if (ClientRequestToken) this.transactions.add(ClientRequestToken);
      return {};
    };
    return this.network('TransactWriteItems', apply, TransactItems.length);
  }

  private attempt(item: TransactItem): Change | { Code: string; Item?: Attributes } {
    try {
      const { Put, Update, Delete, ConditionCheck } = item;
      if (Put) return this.checked(Put, keyOf(Put.Item), () => stored(Put.Item));
      if (Update) return this.checkedUpdate(Update);
      if (Delete) return this.checked(Delete, Delete.Key as Attributes, () => undefined);
      if (!ConditionCheck) throw invalid('A transaction item is empty.');
      return this.checked(ConditionCheck, ConditionCheck.Key as Attributes, (before) => before);
    } catch (error) {
      if ((error as Error).name !== 'ConditionalCheckFailedException') throw error;
      return { Code: 'ConditionalCheckFailed', Item: (error as { item?: Attributes }).item };
    }
  }

  private checkedUpdate(input: Conditional & { TableName?: string; Key?: Attributes; UpdateExpression?: string }) {
    const key = input.Key as Attributes;
    const expressions = expressionsOf(input);
    const condition = expressions.condition(input.ConditionExpression);
    const update = expressions.update(input.UpdateExpression);
    expressions.end();
    const table = this.table(named(input.TableName));
    const before = table.get(key);
    refuseUnless(condition(before ?? {}), before, input);
    return { table, key, before, after: stored(update(before ?? { ...key })) };
  }

  private checked(
    input: Conditional & { TableName?: string },
    key: Attributes,
    after: (before: Attributes | undefined) => Attributes | undefined,
  ): Change {
    const expressions = expressionsOf(input);
    const condition = expressions.condition(input.ConditionExpression);
    expressions.end();
    const table = this.table(named(input.TableName));
    const before = table.get(key);
    refuseUnless(condition(before ?? {}), before, input);
    return { table, key, before, after: after(before) };
  }

  private apply(changes: readonly Change[], transactional = false): readonly Change[] {
    const bytes = changes.map(({ before, after }) => Math.max(itemSize(before ?? {}), itemSize(after ?? {})));
    if (transactional && bytes.reduce((sum, size) => sum + size, 0) > MOST_TRANSACTION_BYTES) {
      throw invalid('The transaction is larger than 4 MB.');
    }
    changes.forEach(({ table, key, before, after }, index) => {
      this.writeUnits += writeUnits(bytes[index], transactional);
      this.writeUnits += table.indexWriteUnits(before, after);
      table.replace(key, after);
    });
    return changes;
  }
}

function expressionsOf({
  ExpressionAttributeNames: names,
  ExpressionAttributeValues: values,
}: Pick<Conditional, 'ExpressionAttributeNames' | 'ExpressionAttributeValues'>): Expressions {
  return new Expressions({ names, values: values && stored(values) });
}

function refuseUnless(holds: boolean, before: Attributes | undefined, input: Conditional): void {
  if (holds) return;
  throw conditionFailed(input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD' ? before : undefined);
}

/** An item as it comes back: what DynamoDB cannot hold is refused, and objects are its own. */
function stored(item: Attributes | undefined): Attributes {
  const back = unmarshall(marshall(item ?? {}, { removeUndefinedValues: true }));
  if (itemSize(back) > MOST_ITEM_BYTES) throw invalid('Item size has exceeded the maximum allowed size');
  return back;
}

function keyOf(item: Attributes | undefined): Attributes {
  return { pk: item?.pk, sk: item?.sk };
}

function keyOfTransactItem({ Put, Update, Delete, ConditionCheck }: TransactItem): Attributes {
  return keyOf((Put?.Item ?? Update?.Key ?? Delete?.Key ?? ConditionCheck?.Key) as Attributes);
}

function limited(what: string, list: readonly unknown[], most: number): void {
  if (list.length === 0 || list.length > most) throw invalid(`${list.length} ${what}; 1 to ${most} are allowed.`);
}

function distinct(keys: readonly Attributes[]): readonly Attributes[] {
  const all = new Set(keys.map((key) => JSON.stringify(keyOf(key))));
  if (all.size < keys.length) throw invalid('The same item is named twice.');
  return keys;
}

function named(table: string | undefined): string {
  if (!table) throw invalid('No table is named.');
  return table;
}
