import { S3Client } from '@aws-sdk/client-s3';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { strToU8, zipSync } from 'fflate';
import { logger } from '../../src/runtime/entry';
import { Storefront } from '../../src/storefront';
import { handler } from '../../src/storefront/functions/site-publisher.lambda';

describe('the distribution', () => {
  const stack = new Stack(new App(), 'Stack', { env: { account: '111111111111', region: 'eu-west-1' } });
  new Storefront(stack, 'Storefront');
  const template = Template.fromStack(stack);
  const [{ Properties: site }] = Object.values(template.findResources('Custom::PublishedSite'));

  test('serves the folder that was published', () => {
    expect(site.Version).toMatch(/^site\/[0-9a-f]{64}$/);
    const [{ Properties }] = Object.values(template.findResources('AWS::CloudFront::Distribution'));
    const paths = Properties.DistributionConfig.Origins.map((it: { OriginPath?: string }) => it.OriginPath);
    expect(paths).toContain(`/${site.Version}`);
  });

  test('keeps no error that may be over a moment later', () => {
    template.hasResourceProperties('AWS::CloudFront::Distribution', {
      DistributionConfig: {
        CustomErrorResponses: [500, 502, 503, 504].map((ErrorCode) => ({ ErrorCode, ErrorCachingMinTTL: 0 })),
      },
    });
  });

  test("the publisher may write and delete the same whatever the version: it takes the one before away with the next one's role", () => {
    const policies = Object.entries(template.findResources('AWS::IAM::Policy')).filter(([id]) => /Publisher/.test(id));
    expect(policies).toHaveLength(1);
    expect(JSON.stringify(policies)).not.toContain(site.Version);
    expect(JSON.stringify(policies)).toContain('/site/*');
  });
});

describe('the publisher', () => {
  afterEach(() => jest.restoreAllMocks());

  const deletion = {
    RequestType: 'Delete',
    ResponseURL: 'https://cloudformation.example/',
    ResourceProperties: { TargetBucket: 'bucket', Version: 'site/old' },
  } as unknown as CloudFormationCustomResourceEvent;

  test('waits for a permission that has just been given', async () => {
    const denied = Object.assign(new Error('Access Denied'), { name: 'AccessDenied' });
    const archive = zipSync({ 'index.html': strToU8('<!doctype html>') });
    const replies = [denied, { Body: { transformToByteArray: async () => archive } }, {}];
    const send = jest.spyOn(S3Client.prototype, 'send').mockImplementation(async () => {
      const reply = replies.shift();
      if (reply instanceof Error) throw reply;
      return reply;
    });
    jest.spyOn(logger, 'info').mockReturnValue();
    const answer = jest.spyOn(global, 'fetch').mockResolvedValue(new Response());
    await handler({ ...deletion, RequestType: 'Create' } as CloudFormationCustomResourceEvent);
    expect(JSON.parse(String(answer.mock.calls[0][1]?.body))).toMatchObject({ Status: 'SUCCESS' });
    expect(send).toHaveBeenCalledTimes(3);
  });

  test.each([
    [[], 'SUCCESS'],
    [[{ Key: 'site/old/index.html', Code: 'AccessDenied' }], 'FAILED'],
  ])('tells CloudFormation how taking a version away went: %j', async (Errors, status) => {
    const replies = [{ Contents: [{ Key: 'site/old/index.html' }] }, { Errors }];
    jest.spyOn(S3Client.prototype, 'send').mockImplementation(async () => replies.shift());
    jest.spyOn(logger, 'error').mockReturnValue();
    const answer = jest.spyOn(global, 'fetch').mockResolvedValue(new Response());
    await handler(deletion);
    expect(JSON.parse(String(answer.mock.calls[0][1]?.body))).toMatchObject({
      Status: status,
      PhysicalResourceId: 'site/old',
    });
  });
});
