import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { ContextTable } from '../../src/building-blocks/context-table';

test('the indexes for lists hold what a list shows, the one for finding holds keys, and none repeats an item', () => {
  const stack = new Stack(new App(), 'Shop');
  new ContextTable(stack, 'Data');
  const [{ Properties }] = Object.values(Template.fromStack(stack).findResources('AWS::DynamoDB::GlobalTable'));
  const keys = (index: string) => [
    { AttributeName: `${index}pk`, KeyType: 'HASH' },
    { AttributeName: `${index}sk`, KeyType: 'RANGE' },
  ];
  expect(Properties.GlobalSecondaryIndexes).toEqual([
    {
      IndexName: 'GSI1',
      KeySchema: keys('gsi1'),
      Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['listed'] },
    },
    {
      IndexName: 'GSI2',
      KeySchema: keys('gsi2'),
      Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['listed'] },
    },
    { IndexName: 'GSI3', KeySchema: keys('gsi3'), Projection: { ProjectionType: 'KEYS_ONLY' } },
  ]);
});
