import { settings } from '../../runtime/entry';
import { httpHandler } from '../../runtime/http';
import { STORE_CONFIG_ENV } from '../contract';
import { operations } from './store-config.api.generated';

const config = JSON.parse(settings([STORE_CONFIG_ENV.CONFIG])[STORE_CONFIG_ENV.CONFIG]);

export const handler = httpHandler(operations, {
  getConfig: async () => ({ status: 200, headers: { 'cache-control': 'public, max-age=60' }, body: config }),
});
