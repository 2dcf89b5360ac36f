import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import {
  BatchGetCommand,
  type BatchGetCommandInput,
  BatchWriteCommand,
  type BatchWriteCommandInput,
  type DynamoDBDocumentClient,
  TransactWriteCommand,
} from '@aws-sdk/lib-dynamodb';
import type { DomainEvent } from '../../runtime/events';
import { outboxItem } from '../../runtime/outbox';
import { CATALOG_ITEMS } from '../contract';
import { canonical, type Product } from './product';

const READ_AT_ONCE = 100;
const WRITTEN_AT_ONCE = 25;
const CALLS_AT_ONCE = 8;
const ATTEMPTS = 10;

/** The truth about products. */
export interface CatalogStore {
  /** The products of these ids that exist, with every write that was acknowledged before. */
  read(ids: readonly string[]): Promise<Product[]>;
  write(products: readonly Product[]): Promise<void>;
  /** Hands a version's event to the outbox, once however often it is called. */
  announce(version: string, event: DomainEvent): Promise<void>;
}

/** Products in DynamoDB. */
export class CatalogTable implements CatalogStore {
  constructor(
    private readonly client: DynamoDBDocumentClient,
    private readonly table: string,
    private readonly sleep = (milliseconds: number) => new Promise<void>((done) => setTimeout(done, milliseconds)),
  ) {}

  async read(ids: readonly string[]): Promise<Product[]> {
    const found = await inParallel(chunks(ids, READ_AT_ONCE), (chunk) => this.readChunk(chunk));
    return found.flat();
  }

  async write(products: readonly Product[]): Promise<void> {
    await inParallel(chunks(products, WRITTEN_AT_ONCE), (chunk) => this.writeChunk(chunk));
  }

  async announce(version: string, event: DomainEvent): Promise<void> {
    const marker = { pk: CATALOG_ITEMS.PUBLICATION, sk: version, schemaVersion: 1, publishedAt: event.time };
    const TransactItems = [
      { Put: { TableName: this.table, Item: marker, ConditionExpression: 'attribute_not_exists(pk)' } },
      { Put: { TableName: this.table, Item: outboxItem(event) } },
    ];
    await this.untilDone(async () => {
      try {
        await this.client.send(new TransactWriteCommand({ TransactItems }));
        return true;
      } catch (error) {
        if (!(error instanceof TransactionCanceledException)) throw error;
        const codes = error.CancellationReasons?.map(({ Code }) => Code) ?? [];
        if (codes[0] === 'ConditionalCheckFailed') return true;
        // Another importer tells of the same version at this moment.
        if (codes.includes('TransactionConflict')) return false;
        throw error;
      }
    });
  }

  private async readChunk(ids: readonly string[]): Promise<Product[]> {
    const found: Product[] = [];
    let wanted: BatchGetCommandInput['RequestItems'] = {
      [this.table]: { Keys: ids.map(keyOf), ConsistentRead: true },
    };
    await this.untilDone(async () => {
      const reply = await this.client.send(new BatchGetCommand({ RequestItems: wanted }));
      found.push(...(reply.Responses?.[this.table] ?? []).map((item) => canonical(item as unknown as Product)));
      wanted = reply.UnprocessedKeys;
      return Object.keys(wanted ?? {}).length === 0;
    });
    return found;
  }

  private async writeChunk(products: readonly Product[]): Promise<void> {
    let wanted: BatchWriteCommandInput['RequestItems'] = {
      [this.table]: products.map((product) => ({
        PutRequest: { Item: { ...keyOf(product.id), schemaVersion: 1, ...canonical(product) } },
      })),
    };
    await this.untilDone(async () => {
      wanted = (await this.client.send(new BatchWriteCommand({ RequestItems: wanted }))).UnprocessedItems;
      return Object.keys(wanted ?? {}).length === 0;
    });
  }

  /** What is left undone is throttled or in conflict: it is tried again after longer and longer random waits. */
  private async untilDone(attempt: () => Promise<boolean>): Promise<void> {
    for (let made = 1; !(await attempt()); made++) {
      if (made === ATTEMPTS) throw new Error(`The table ${this.table} is too busy.`);
      await this.sleep(Math.random() * Math.min(10_000, 50 * 2 ** made));
    }
  }
}

function keyOf(id: string): { pk: string; sk: string } {
  return { pk: `${CATALOG_ITEMS.PRODUCT_PREFIX}${id}`, sk: CATALOG_ITEMS.PRODUCT };
}

function chunks<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, index) =>
    all.slice(index * size, (index + 1) * size),
  );
}

async function inParallel<T, R>(inputs: readonly T[], call: (input: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const lane = async () => {
    while (next < inputs.length) {
      const index = next++;
      results[index] = await call(inputs[index]);
    }
  };
  await Promise.all(Array.from({ length: CALLS_AT_ONCE }, lane));
  return results;
}
