/** Breaks each rule of `.dependency-cruiser.cjs` once, in a capability that the rules have never heard of. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';

const ROOT = path.resolve(__dirname, '..');
const CONFIG = '.dependency-cruiser.cjs';

interface Violation {
  readonly from: string;
  readonly rule: { readonly name: string };
}

/** What the rules say of a project with these files. */
function violations(files: Record<string, string>): string[] {
  const folder = mkdtempSync(path.join(tmpdir(), 'layers-'));
  try {
    for (const file of [CONFIG, 'tsconfig.dev.json']) cpSync(path.join(ROOT, file), path.join(folder, file));
    symlinkSync(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'));
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
      writeFileSync(path.join(folder, file), text);
    }
    const depcruise = path.join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
    const args = [depcruise, '--config', CONFIG, '--output-type', 'json', ...new Set(Object.keys(files).map(topOf))];
    const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
    if (!stdout) throw new Error(stderr);
    const found: Violation[] = JSON.parse(stdout).summary.violations;
    return [...new Set(found.map(({ from, rule }) => `${from}: ${rule.name}`))].sort();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const topOf = (file: string) => file.split('/')[0];
const imports = (...modules: string[]) => `${modules.map((it) => `import '${it}';`).join('\n')}\nexport {};\n`;

/** Two capabilities, and what they stand on, as they should be. */
const GOOD = {
  'src/index.ts': "export * from './reviews';\n",
  'src/runtime/entry.ts': imports('@aws-sdk/client-s3'),
  'src/runtime/contract.ts': 'export {};\n',
  'src/runtime/refusal.ts': 'export {};\n',
  'src/building-blocks/table.ts': imports('aws-cdk-lib', '../runtime/contract'),
  'src/catalog/contract.ts': 'export {};\n',
  'src/catalog/index.ts': imports('aws-cdk-lib'),
  'src/catalog/domain/product.ts': imports('yaml'),
  'src/reviews/contract.ts': 'export {};\n',
  'src/reviews/index.ts': imports('../building-blocks/table', '../catalog', './contract'),
  'src/reviews/domain/review.ts': imports('node:crypto', '../../catalog/contract', '../../runtime/refusal'),
  'src/reviews/adapters/review-table.ts': imports('@aws-sdk/client-dynamodb', '../domain/review'),
  'src/reviews/functions/review.lambda.ts': imports('../../runtime/entry', '../adapters/review-table'),
};

test('a capability that keeps the rules breaks none', () => {
  expect(violations(GOOD)).toEqual([]);
});

test.each<[rule: string, file: string, text: string]>([
  ['contract-imports-nothing', 'src/reviews/contract.ts', imports('node:path')],
  ['constructs-run-no-function-code', 'src/reviews/index.ts', imports('./adapters/review-table')],
  ['functions-know-no-cdk', 'src/reviews/functions/other.lambda.ts', imports('aws-cdk-lib')],
  ['functions-know-no-construct', 'src/reviews/adapters/other.ts', imports('../index')],
  ['constructs-need-only-the-cdk', 'src/reviews/index.ts', imports('yaml')],
  ['capabilities-meet-at-the-door', 'src/reviews/index.ts', imports('../catalog/inside')],
  ['functions-meet-at-the-contract', 'src/reviews/functions/other.lambda.ts', imports('../../catalog/domain/product')],
  ['foundations-know-no-capability', 'src/building-blocks/table.ts', imports('../reviews')],
  ['runtime-knows-only-itself', 'src/runtime/refusal.ts', imports('../building-blocks/contract')],
  ['domain-stays-pure', 'src/reviews/domain/other.ts', imports('../../runtime/http')],
  ['domain-stays-pure', 'src/reviews/domain/other.ts', imports('../adapters/review-table')],
  ['domain-computes-only', 'src/reviews/domain/other.ts', imports('node:http')],
  ['domain-computes-only', 'src/reviews/domain/other.ts', imports('node:fs')],
  ['domain-needs-no-package-reviews', 'src/reviews/domain/other.ts', imports('@aws-sdk/client-s3')],
  ['domain-needs-no-package-reviews', 'src/reviews/domain/other.ts', imports('yaml')],
  ['adapters-face-outwards', 'src/reviews/adapters/other.ts', imports('../functions/review.lambda')],
  ['environment-is-read-at-the-entry', 'src/reviews/adapters/other.ts', imports('../../runtime/entry')],
  ['local-cloud-knows-no-construct', 'local/test/other.test.ts', imports('../../src')],
  ['pages-know-the-api-only', 'web/src/app.tsx', imports('../../src/reviews/contract')],
  ['definition-stands-alone', 'projenrc/build.ts', imports('../src/reviews/contract')],
  ['definition-stands-alone', 'projenrc/build.ts', imports('yaml')],
  ['examples-are-users', 'examples/typescript/app.ts', imports('../../src/reviews')],
  ['nothing-needs-a-test', 'src/reviews/domain/other.ts', imports('../../../test/reviews')],
])('%s: %s', (rule, file, text) => {
  const target = {
    'src/building-blocks/contract.ts': '',
    'src/catalog/inside.ts': '',
    'src/runtime/http.ts': '',
    'test/reviews.ts': 'export {};\n',
  };
  expect(violations({ ...GOOD, ...target, [file]: text })).toContain(`${file}: ${rule}`);
});

test('a circle is found, even one of types', () => {
  const found = violations({
    'src/reviews/a.ts': "import type { B } from './b';\nexport interface A { b: B }\n",
    'src/reviews/b.ts': "import type { A } from './a';\nexport interface B { a?: A }\n",
  });
  expect(found).toEqual(['src/reviews/a.ts: no-circular']);
});
