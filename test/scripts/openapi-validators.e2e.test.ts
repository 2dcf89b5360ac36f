import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { readDocument } from '../../scripts/openapi/document';
import { validatorModule } from '../../scripts/openapi/validators';

const root = path.resolve(__dirname, '../..');

test('the committed validators are what the fragments say', async () => {
  const document = readDocument(root);
  const operations = document.operations.filter((it) => it.bundle === 'checkout');
  const committed = readFileSync(path.join(root, 'src/ordering/functions/checkout.api.generated.js'), 'utf8');
  expect(committed).toContain(await validatorModule(root, document, operations));
});
