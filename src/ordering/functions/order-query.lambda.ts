import { dynamo, settings } from '../../runtime/entry';
import { httpHandler } from '../../runtime/http';
import { ORDERING_ENV } from '../contract';
import { DynamoOrderStore } from '../domain/dynamo-order-store';
import { orderOfId } from '../domain/order-query';
import { systemClock } from '../domain/retry';
import { operations } from './order-query.api.generated';

const env = settings([ORDERING_ENV.TABLE]);
const orders = new DynamoOrderStore(dynamo(), env[ORDERING_ENV.TABLE], systemClock);

export const handler = httpHandler(operations, {
  async getOrder({ path }) {
    return { status: 200, body: await orderOfId(orders, path.id) };
  },
});
