import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { CatalogProducts } from '../../src/ordering/domain/catalog-products';
import { DynamoOrderStore } from '../../src/ordering/domain/dynamo-order-store';
import type { PlacedOrder } from '../../src/ordering/domain/model';
import { systemClock } from '../../src/ordering/domain/retry';

/** A client whose every call is answered, or refused, by the test. */
function clientOf(answer: () => unknown): DynamoDBDocumentClient {
  return { send: async () => answer() } as unknown as DynamoDBDocumentClient;
}

describe('a cancelled checkout', () => {
  const order = {
    state: 'PLACED',
    orderId: 'o'.repeat(22),
    version: 2,
    lines: ['mug', 'hat'].map((sku) => ({ sku, quantity: 2 })),
  } as unknown as PlacedOrder;
  const event = { id: 'event', type: 'order.placed', version: 1, time: '2026-05-01T12:00:00.000Z', data: {} };

  /** @param codes why the cart, the event, and the stock of mugs and hats were refused */
  async function place(...codes: string[]) {
    const CancellationReasons = codes.map((Code) => ({ Code, Item: { available: { N: '1' } } }));
    const client = clientOf(() => {
      throw new TransactionCanceledException({ message: 'Transaction cancelled', $metadata: {}, CancellationReasons });
    });
    return new DynamoOrderStore(client, 'table', systemClock).place(order, event);
  }

  test.each([
    ['of two that fall short', ['None', 'None', 'ConditionalCheckFailed', 'ConditionalCheckFailed'], ['mug', 'hat']],
    ['of one, while others take the other', ['None', 'None', 'TransactionConflict', 'ConditionalCheckFailed'], ['hat']],
  ])('tells the stock %s', async (_, codes, short) => {
    expect(await place(...codes)).toEqual({ outcome: 'short', available: new Map(short.map((sku) => [sku, 1])) });
  });

  test.each([
    ['the cart has changed', ['ConditionalCheckFailed', 'None', 'ConditionalCheckFailed', 'None']],
    ['the same request is taking the last one', ['TransactionConflict', 'None', 'ConditionalCheckFailed', 'None']],
    ['others take stock', ['None', 'None', 'None', 'TransactionConflict']],
    ['the table is throttled', ['None', 'ThrottlingError', 'None', 'None']],
  ])('is looked at again when %s', async (_, codes) => {
    expect(await place(...codes)).toEqual({ outcome: 'conflict' });
  });

  test('is an error when trying again cannot help', async () => {
    await expect(place('None', 'ItemCollectionSizeLimitExceeded', 'None', 'None')).rejects.toThrow('cancelled');
  });
});

test('products are sold while they are active and priced in the currency of the shop', async () => {
  const item = (sku: string, currency: string, active = true) => ({
    sku,
    name: sku,
    price: { amount: 1, currency },
    active,
  });
  const items = [item('mug', 'EUR'), item('hat', 'USD'), item('old', 'EUR', false)];
  const client = clientOf(() => ({ Responses: { table: items } }));
  const found = await new CatalogProducts(client, 'table', systemClock, 'EUR').find(['mug', 'hat', 'old']);
  expect([...found.keys()]).toEqual(['mug']);
});
