import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { readEvents } from '../../scripts/events/document';
import { readerModule } from '../../scripts/events/readers';

const root = path.resolve(__dirname, '../..');
const document = readEvents(root);

test.each(document.readers)('the committed validators of $bundle are what the event files say', async (reader) => {
  const module = `src/${reader.capability}/functions/${reader.bundle}.events.generated.js`;
  const committed = readFileSync(path.join(root, module), 'utf8');
  expect(committed).toContain(await readerModule(root, document, reader));
});
