import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Storefront } from '../../src/storefront';

const stack = new Stack(new App(), 'Stack', { env: { account: '111111111111', region: 'eu-west-1' } });
new Storefront(stack, 'Storefront');
const template = Template.fromStack(stack);

test('pages and API are one origin to the browser', () => {
  template.hasResourceProperties('AWS::CloudFront::Distribution', {
    DistributionConfig: { CacheBehaviors: [Match.objectLike({ PathPattern: '/v1/*' })] },
  });
});

test('keeps no error that may be over a moment later', () => {
  template.hasResourceProperties('AWS::CloudFront::Distribution', {
    DistributionConfig: {
      CustomErrorResponses: [500, 502, 503, 504].map((ErrorCode) => ({ ErrorCode, ErrorCachingMinTTL: 0 })),
    },
  });
});
