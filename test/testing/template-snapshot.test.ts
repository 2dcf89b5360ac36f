import { TemplateSnapshot } from '../../src/testing/template-snapshot';

const HASH = 'a1'.repeat(32);

test('replaces content hashes wherever they stand, also inside other text', () => {
  const template = { Resources: { Code: { Type: 'T', Properties: { S3Key: `${HASH}.zip`, Path: [`/${HASH}`] } } } };
  expect(TemplateSnapshot.normalize(template)).toEqual({
    Resources: { Code: { Type: 'T', Properties: { S3Key: '[hash].zip', Path: ['/[hash]'] } } },
  });
});

test('leaves longer and shorter runs of hexadecimal digits alone', () => {
  const template = { Outputs: { Long: { Value: `${HASH}0` }, Short: { Value: HASH.slice(1) } } };
  expect(TemplateSnapshot.normalize(template)).toEqual(template);
});

test('takes out what the CDK adds and keeps what the user wrote', () => {
  const template = {
    Resources: {
      Table: { Type: 'T', Metadata: { 'aws:cdk:path': 'x' }, DeletionPolicy: 'Retain' },
      CDKMetadata: { Type: 'AWS::CDK::Metadata' },
    },
    Parameters: { BootstrapVersion: {}, Stage: { Type: 'String' } },
    Rules: { CheckBootstrapVersion: {} },
    Conditions: { CDKMetadataAvailable: {} },
  };
  expect(TemplateSnapshot.normalize(template)).toEqual({
    Resources: { Table: { Type: 'T', DeletionPolicy: 'Retain' } },
    Parameters: { Stage: { Type: 'String' } },
  });
});

test('gives the same text for the same template in another key order, and leaves its argument alone', () => {
  const template = { Resources: { B: { Type: 'T', Properties: { y: 1, x: HASH } }, A: { Type: 'T' } } };
  const before = JSON.stringify(template);
  const other = { Resources: { A: { Type: 'T' }, B: { Properties: { x: HASH, y: 1 }, Type: 'T' } } };
  expect(JSON.stringify(TemplateSnapshot.normalize(template))).toBe(JSON.stringify(TemplateSnapshot.normalize(other)));
  expect(JSON.stringify(template)).toBe(before);
});
