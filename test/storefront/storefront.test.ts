import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Storefront, type StorefrontProps } from '../../src/storefront';

const stack = new Stack(new App(), 'Stack', { env: { account: '111111111111', region: 'eu-west-1' } });
new Storefront(stack, 'Storefront');
const template = Template.fromStack(stack);

test('pages and API are one origin to the browser', () => {
  template.hasResourceProperties('AWS::CloudFront::Distribution', {
    DistributionConfig: { CacheBehaviors: [Match.objectLike({ PathPattern: '/v1/*' })] },
  });
});

test('what visitors without scripts are told is the name, unless there is more to say', () => {
  const shop = (id: string, props: StorefrontProps) => {
    const stack = new Stack(new App(), id);
    new Storefront(stack, 'Storefront', props);
    return Template.fromStack(stack);
  };
  const told = (Title: string, Description: string) => ({ Title, Description });
  shop('A', { shopName: 'Willow & Pine' }).hasResourceProperties(
    'Custom::PublishedSite',
    told('Willow & Pine', 'Willow & Pine'),
  );
  shop('B', { shopDescription: 'Things for home.' }).hasResourceProperties(
    'Custom::PublishedSite',
    told('Shop', 'Things for home.'),
  );
  expect(() => shop('C', { shopDescription: 'x'.repeat(301) })).toThrow('shopDescription has 301 characters');
});

test('keeps no error that may be over a moment later', () => {
  template.hasResourceProperties('AWS::CloudFront::Distribution', {
    DistributionConfig: {
      CustomErrorResponses: [500, 502, 503, 504].map((ErrorCode) => ({ ErrorCode, ErrorCachingMinTTL: 0 })),
    },
  });
});
