import { OrderTable } from '../../../src/ordering/adapters/order-table';
import type { Cart, Order } from '../../../src/ordering/domain/model';
import type { DynamoDb } from '../../../src/runtime/aws/dynamodb';
import { systemClock } from '../../../src/runtime/clock';
import { Table } from '../../../src/runtime/table';
import { transactionCancelled } from '../../simulation/dynamo-errors';

describe('a cancelled checkout', () => {
  const order = {
    id: 'o'.repeat(22),
    number: 'SO-00000-00000-0000',
    state: 'PLACED',
    placedAt: '2026-05-01T12:00:00.000Z',
    contact: { email: 'ada@example.com' },
    total: { amount: 0, currency: 'USD' },
    lines: ['mug', 'hat'].map((sku) => ({ sku, quantity: 2, options: [], unitPrice: { amount: 1 }, adjustments: [] })),
    adjustments: [],
  } as unknown as Order;
  const cart = { key: 'c', version: 2, state: 'ORDERED', lines: [], writes: [], expiresAt: 1 } as Cart;
  const event = { id: 'event', type: 'order.placed', version: 1, time: '2026-05-01T12:00:00.000Z', data: {} };

  /** @param codes why the cart, the order, the event, and the stock of mugs and hats were refused */
  async function place(...codes: string[]) {
    const db = {
      transactWrite: async () => {
        throw transactionCancelled(codes.map((Code) => ({ Code, Item: { available: 1 } })));
      },
    } as unknown as DynamoDb;
    return new OrderTable(new Table(db, 'table', systemClock)).place(cart, order, event);
  }

  test.each([
    [
      'of two that fall short',
      ['None', 'None', 'None', 'ConditionalCheckFailed', 'ConditionalCheckFailed'],
      ['mug', 'hat'],
    ],
    [
      'of one, while others take the other',
      ['None', 'None', 'None', 'TransactionConflict', 'ConditionalCheckFailed'],
      ['hat'],
    ],
  ])('tells the stock %s', async (_, codes, short) => {
    expect(await place(...codes)).toEqual({ outcome: 'short', available: new Map(short.map((sku) => [sku, 1])) });
  });

  test.each([
    ['the cart has changed', ['ConditionalCheckFailed', 'None', 'None', 'ConditionalCheckFailed', 'None']],
    ['the same request placed it', ['ConditionalCheckFailed', 'ConditionalCheckFailed', 'None', 'None', 'None']],
    [
      'the same request is taking the last one',
      ['TransactionConflict', 'None', 'None', 'ConditionalCheckFailed', 'None'],
    ],
    ['others take stock', ['None', 'None', 'None', 'None', 'TransactionConflict']],
    ['the table is throttled', ['None', 'None', 'ThrottlingError', 'None', 'None']],
  ])('is looked at again when %s', async (_, codes) => {
    expect(await place(...codes)).toEqual({ outcome: 'conflict' });
  });

  test.each([
    [['None', 'None', 'ItemCollectionSizeLimitExceeded', 'None', 'None'], 'a reason that is not known'],
    [['None', 'ConditionalCheckFailed', 'None', 'None', 'None'], 'that of another'],
  ])('is an error when trying again cannot help', async (codes, message) => {
    await expect(place(...codes)).rejects.toThrow(message);
  });
});
