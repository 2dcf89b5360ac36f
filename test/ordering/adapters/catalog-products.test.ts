import { CatalogProducts } from '../../../src/ordering/adapters/catalog-products';
import { systemClock } from '../../../src/runtime/clock';
import { Table } from '../../../src/runtime/table';
import { MemoryDynamoDb } from '../../simulation/memory-dynamo';

test('products are sold while they are active and priced in the currency of the shop', async () => {
  const db = new MemoryDynamoDb();
  const put = (sku: string, currency: string, more = {}) => {
    const price = { amount: 1, currency };
    const item = {
      pk: `SKU#${sku}`,
      sk: 'SKU',
      kind: 'sku',
      sku,
      productId: `${sku}s`,
      name: sku,
      image: null,
      price,
      active: true,
    };
    db.table('catalogue').replace(item, { ...item, ...more });
  };
  const options = [{ name: 'Size', value: 'M' }];
  const translations = { zh: { name: '马克杯', options: [{ name: '尺寸', value: '中' }] } };
  put('mug', 'EUR', { openingStock: 0, options, translations });
  put('pen', 'EUR');
  put('hat', 'USD');
  put('old', 'EUR', { active: false });
  put('set', 'EUR', { kind: 'bundle' });
  const products = new CatalogProducts(new Table(db, 'catalogue', systemClock), 'EUR');
  const price = { amount: 1, currency: 'EUR' };
  expect([...(await products.find(['mug', 'pen', 'hat', 'old', 'never'])).values()]).toEqual([
    { sku: 'mug', productId: 'mugs', name: 'mug', options, image: null, price, stocked: true, translations },
    { sku: 'pen', productId: 'pens', name: 'pen', image: null, price, stocked: false },
  ]);
  await expect(products.find(['set'])).rejects.toThrow('set is of kind bundle, which is no SKU.');
});
