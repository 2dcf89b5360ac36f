import {
  type CancellationReason,
  ConditionalCheckFailedException,
  TransactionCanceledException,
} from '@aws-sdk/client-dynamodb';
import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  TransactWriteCommand,
} from '@aws-sdk/lib-dynamodb';
import type { DomainEvent } from '../../runtime/events';
import { outboxItem } from '../../runtime/outbox';
import { ORDERING_ITEMS } from '../contract';
import { batchGet } from './batch-get';
import { orderItem, orderKey, recordOf, stockKey } from './items';
import type { OpenCart, PlacedOrder } from './model';
import type { OrderStore, Placement, StockStore } from './order-store';
import { type Clock, isPassing } from './retry';

/** Ordering's table. */
export class DynamoOrderStore implements OrderStore, StockStore {
  constructor(
    private readonly client: DynamoDBDocumentClient,
    private readonly table: string,
    private readonly clock: Clock,
  ) {}

  async find(orderId: string): Promise<OpenCart | PlacedOrder | undefined> {
    const { Item } = await this.client.send(
      new GetCommand({ TableName: this.table, Key: orderKey(orderId), ConsistentRead: true }),
    );
    return Item && recordOf(Item);
  }

  async open(cart: OpenCart): Promise<void> {
    await this.client.send(
      new PutCommand({ TableName: this.table, Item: orderItem(cart), ConditionExpression: 'attribute_not_exists(pk)' }),
    );
  }

  async save(cart: OpenCart): Promise<boolean> {
    return heldTrue(
      this.client.send(
        new PutCommand({ TableName: this.table, Item: orderItem(cart), ...openInVersion(cart.version - 1) }),
      ),
    );
  }

  async remove(cart: OpenCart): Promise<boolean> {
    return heldTrue(
      this.client.send(
        new DeleteCommand({ TableName: this.table, Key: orderKey(cart.orderId), ...openInVersion(cart.version) }),
      ),
    );
  }

  async place(order: PlacedOrder, event: DomainEvent): Promise<Placement> {
    const demand = demandOf(order);
    const TableName = this.table;
    try {
      await this.client.send(
        new TransactWriteCommand({
          TransactItems: [
            { Put: { TableName, Item: orderItem(order), ...openInVersion(order.version - 1) } },
            { Put: { TableName, Item: outboxItem(event) } },
            ...demand.map(({ sku, quantity }) => ({
              Update: {
                TableName,
                Key: stockKey(sku),
                UpdateExpression: 'SET available = available - :quantity',
                ConditionExpression: 'available >= :quantity',
                ExpressionAttributeValues: { ':quantity': quantity },
                ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
              },
            })),
          ],
        }),
      );
      return { outcome: 'placed' };
    } catch (error) {
      if (!(error instanceof TransactionCanceledException)) throw error;
      const [cart, , ...stock] = error.CancellationReasons ?? [];
      const short = demand.flatMap(({ sku }, index) =>
        refused(stock[index]) ? [[sku, Number(stock[index].Item?.available?.N ?? 0)] as const] : [],
      );
      // A cart that has changed, or is being changed, comes first: its lines may no longer be those that fall short,
      // and it may be this very request, sent twice, that takes what is missing.
      const mine = !refused(cart) && !passing(cart);
      if (mine && short.length > 0) return { outcome: 'short', available: new Map(short) };
      if (!mine || error.CancellationReasons?.some(passing)) return { outcome: 'conflict' };
      throw error;
    }
  }

  async available(skus: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const items = await batchGet(this.client, this.clock, {
      table: this.table,
      keys: skus.map(stockKey),
      attributes: ['pk', 'available'],
    });
    return new Map(
      items.map(({ pk, available }) => [String(pk).slice(ORDERING_ITEMS.STOCK_PREFIX.length), Number(available)]),
    );
  }

  async openStock(sku: string, available: number): Promise<boolean> {
    return heldTrue(
      this.client.send(
        new PutCommand({
          TableName: this.table,
          Item: { ...stockKey(sku), schemaVersion: 1, available },
          ConditionExpression: 'attribute_not_exists(pk)',
        }),
      ),
    );
  }
}

function openInVersion(version: number) {
  return {
    ConditionExpression: '#state = :open AND #version = :version',
    ExpressionAttributeNames: { '#state': 'state', '#version': 'version' },
    ExpressionAttributeValues: { ':open': 'OPEN', ':version': version },
  };
}

/** A transaction may touch an item once, so the quantities of one SKU are one demand. */
function demandOf({ lines }: PlacedOrder): { sku: string; quantity: number }[] {
  const bySku = new Map<string, number>();
  for (const { sku, quantity } of lines) bySku.set(sku, (bySku.get(sku) ?? 0) + quantity);
  return [...bySku].map(([sku, quantity]) => ({ sku, quantity }));
}

/** Whether the condition of a write held. */
async function heldTrue(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}

function refused(reason: CancellationReason | undefined): reason is CancellationReason {
  return reason?.Code === 'ConditionalCheckFailed';
}

function passing(reason: CancellationReason | undefined): boolean {
  return isPassing(reason?.Code);
}
