import { systemClock } from '../../runtime/clock';
import { settings, table } from '../../runtime/entry';
import { httpHandler } from '../../runtime/http';
import { OrderTable } from '../adapters/order-table';
import { ORDERING_ENV } from '../contract';
import { orderOfId } from '../domain/order-query';
import { operations } from './order-query.api.generated';

const env = settings([ORDERING_ENV.TABLE]);
const orders = new OrderTable(table(env[ORDERING_ENV.TABLE]));

export const handler = httpHandler(operations, {
  async getOrder({ path }) {
    return { status: 200, body: await orderOfId(orders, systemClock, path.id) };
  },
});
