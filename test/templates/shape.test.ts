import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { CONSTRUCTS, templateOf } from './all-constructs';

/** CloudFormation allows 500 resources in a stack; a shop leaves its user room. */
const MOST_RESOURCES = 250;

/** Types whose resources hold data: losing their logical id means losing the data. */
const HOLDS_DATA = ['AWS::DynamoDB::GlobalTable', 'AWS::S3::Bucket', 'AWS::Glue::Database'];

function resourcesOf(name: string): Record<string, { Type: string; Properties?: Record<string, unknown> }> {
  return templateOf(name).Resources;
}

test('the default shop leaves room in its stack', () => {
  const count = Object.keys(resourcesOf('ServerlessShop')).length;
  expect(count).toBeLessThan(MOST_RESOURCES);
});

test.each(Object.entries(CONSTRUCTS))('two of %s fit in one stack', (_name, make) => {
  const stack = new Stack(new App(), 'Stack');
  make(stack, 'One');
  make(stack, 'Two');
  expect(() => Template.fromStack(stack)).not.toThrow();
});

test.each(Object.keys(CONSTRUCTS))('%s gives nothing a physical name', (name) => {
  const names = [
    'BucketName',
    'TableName',
    'QueueName',
    'FunctionName',
    'RoleName',
    'StateMachineName',
    'LogGroupName',
  ];
  const named = Object.entries(resourcesOf(name))
    .filter(([, { Type }]) =>
      /^AWS::(S3::Bucket|DynamoDB::|SQS::Queue|Lambda::Function|IAM::Role|StepFunctions::StateMachine|Logs::LogGroup)$/.test(
        Type,
      ),
    )
    .filter(([, { Properties = {} }]) => names.some((name) => typeof Properties[name] === 'string'));
  expect(named.map(([id]) => id)).toEqual([]);
});

test.each(Object.keys(CONSTRUCTS))('%s names no account, region or partition', (name) => {
  const text = JSON.stringify(templateOf(name));
  expect(text).not.toMatch(/arn:aws:/);
  expect(text).not.toMatch(/"[a-z]{2}-[a-z]+-\d"/);
});

test.each(Object.keys(CONSTRUCTS))('what holds data in %s keeps its logical id', (name) => {
  const ids = Object.entries(resourcesOf(name))
    .filter(([, { Type }]) => HOLDS_DATA.includes(Type))
    .map(([id, { Type }]) => `${Type} ${id}`)
    .sort();
  expect(ids).toMatchSnapshot();
});

test.each(Object.keys(CONSTRUCTS))('every function of %s has a role of its own', (name) => {
  const roles = Object.values(resourcesOf(name))
    .filter(({ Type }) => Type === 'AWS::Lambda::Function')
    .map(({ Properties }) => JSON.stringify(Properties?.Role));
  expect(new Set(roles).size).toBe(roles.length);
});
