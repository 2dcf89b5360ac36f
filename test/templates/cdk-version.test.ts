import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { version } from 'aws-cdk-lib/package.json';

const ROOT = path.resolve(__dirname, '../..');
/** Set by the jest project that tests with the newest CDK. */
const { NEWEST_CDK } = globalThis as { NEWEST_CDK?: string };

function manifest(folder: string): Record<string, Record<string, string>> {
  return JSON.parse(readFileSync(path.join(ROOT, folder, 'package.json'), 'utf8'));
}

test('is the one that is meant: the newest where that is tested, else the oldest that users may have', () => {
  const meant = NEWEST_CDK
    ? manifest(NEWEST_CDK).dependencies['aws-cdk-lib']
    : manifest('.').peerDependencies['aws-cdk-lib'].replace('^', '');
  expect(version).toBe(meant);
});
