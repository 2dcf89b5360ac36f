import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { CONSTRUCTS, stackOf } from './all-constructs';

// The CDK makes every function wait for its role's policies, and names the role as well, which the function names anyway.
const REDUNDANT_DEPENDENCY = 'W3005';

const FOLDER = mkdtempSync(path.join(tmpdir(), 'cfn-lint-'));
let cfnLint: string;

beforeAll(() => {
  const environment = path.resolve(__dirname, '../../local/python/environment.py');
  const requirements = path.join(__dirname, 'requirements.txt');
  const output = execFileSync('python3', [environment, requirements, 'cfn-lint'], { encoding: 'utf8' });
  const python = output
    .split('\n')
    .find((line) => line.startsWith('= '))
    ?.slice(2) as string;
  cfnLint = path.join(path.dirname(python), 'cfn-lint');
}, 300_000);

afterAll(() => rmSync(FOLDER, { recursive: true, force: true }));

function lint(files: string[]): string {
  const { stdout, stderr } = spawnSync(
    cfnLint,
    ['--format', 'parseable', '--regions', 'eu-west-1', '--ignore-checks', REDUNDANT_DEPENDENCY, '--', ...files],
    {
      encoding: 'utf8',
    },
  );
  return `${stdout}${stderr}`;
}

test('cfn-lint finds nothing in the template of any construct', () => {
  const files = Object.entries(CONSTRUCTS).map(([name, make]) => {
    const file = path.join(FOLDER, `${name.replace(/[^A-Za-z]/g, '')}.json`);
    writeFileSync(file, JSON.stringify(Template.fromStack(stackOf(make).stack).toJSON()));
    return file;
  });
  expect(lint(files)).toBe('');
}, 300_000);

test('cfn-lint is really asked: a wrong property is found', () => {
  const file = path.join(FOLDER, 'wrong.json');
  writeFileSync(
    file,
    JSON.stringify({ Resources: { Queue: { Type: 'AWS::SQS::Queue', Properties: { Nonsense: 1 } } } }),
  );
  expect(lint([file])).toContain('Nonsense');
}, 60_000);
