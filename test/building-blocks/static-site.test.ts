import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { App, Aws, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { StaticSite, type StaticSiteProps } from '../../src/building-blocks/static-site';

let pages: string;

beforeAll(() => {
  pages = mkdtempSync(path.join(tmpdir(), 'pages-'));
  writeFileSync(path.join(pages, 'index.html'), '<!doctype html>');
});

afterAll(() => rmSync(pages, { recursive: true }));

function siteIn(stack: Stack, id = 'Site', props: Partial<StaticSiteProps> = {}): StaticSite {
  return new StaticSite(stack, id, { pages, description: 'Back office', ...props });
}

function newStack(): Stack {
  return new Stack(new App(), 'Stack', { env: { account: '111111111111', region: 'eu-west-1' } });
}

function templateOf(props: Partial<StaticSiteProps> = {}): Template {
  const stack = newStack();
  siteIn(stack, 'Site', props);
  return Template.fromStack(stack);
}

function propertiesOf(template: Template, type: string): Record<string, unknown>[] {
  return Object.values(template.findResources(type)).map(({ Properties }) => Properties);
}

test('the distribution serves the folder that was published', () => {
  const template = templateOf();
  const [{ Version }] = propertiesOf(template, 'Custom::PublishedSite');
  const [{ DistributionConfig }] = propertiesOf(template, 'AWS::CloudFront::Distribution') as {
    DistributionConfig: { Origins: { OriginPath: unknown }[] };
  }[];
  expect(deployed(Version)).toMatch(/^site\/site-[0-9a-f]{8}-b7c0\/[0-9a-f]{64}$/);
  expect(DistributionConfig.Origins.map(({ OriginPath }) => deployed(OriginPath))).toEqual([`/${deployed(Version)}`]);
});

/** What CloudFormation makes of a value in a stack whose id ends in b7c0. */
function deployed(value: unknown): string {
  if (typeof value === 'string') return value;
  const [[intrinsic, argument]] = Object.entries(value as Record<string, never>);
  if (intrinsic === 'Ref') return 'arn:aws:cloudformation:eu-west-1:111111111111:stack/Stack/b7c0';
  if (intrinsic === 'Fn::Join') return (argument[1] as unknown[]).map(deployed).join(argument[0]);
  const [index, { 'Fn::Split': split }] = argument as [number, { 'Fn::Split': [string, unknown] }];
  return deployed(split[1]).split(split[0])[index];
}

test('two sites with the same pages in one bucket have folders of their own, and may touch no other', () => {
  const stack = newStack();
  const bucket = new s3.Bucket(stack, 'Bucket');
  siteIn(stack, 'One', { bucket });
  siteIn(stack, 'Two', { bucket });
  const template = Template.fromStack(stack);
  const versions = propertiesOf(template, 'Custom::PublishedSite').map(({ Version }) => JSON.stringify(Version));
  expect(new Set(versions).size).toBe(2);
  const writable = propertiesOf(template, 'AWS::IAM::Policy')
    .flatMap(
      ({ PolicyDocument }) => (PolicyDocument as { Statement: { Action: unknown; Resource: unknown }[] }).Statement,
    )
    .filter(({ Action }) => JSON.stringify(Action).includes('DeleteObject'))
    .map(({ Resource }) => JSON.stringify(Resource));
  expect(new Set(writable).size).toBe(2);
});

test("the publisher may write and delete the same whatever the version: it takes the one before away with the next one's role", () => {
  const template = templateOf();
  const [{ SourceKey }] = propertiesOf(template, 'Custom::PublishedSite') as { SourceKey: string }[];
  const policies = propertiesOf(template, 'AWS::IAM::Policy');
  const statements = policies.flatMap(
    ({ PolicyDocument }) => (PolicyDocument as { Statement: { Action: unknown; Resource: unknown }[] }).Statement,
  );
  const writing = statements.filter(({ Action }) => /PutObject|DeleteObject/.test(JSON.stringify(Action)));
  expect(writing).toHaveLength(1);
  expect(JSON.stringify(writing)).not.toContain(SourceKey.replace('.zip', ''));
});

describe('the distribution may read what it serves, and nothing else', () => {
  interface Statement {
    readonly Principal?: { readonly Service?: string };
    readonly Action: unknown;
    readonly Resource: unknown;
    readonly Condition: unknown;
  }

  /** What the policies of the buckets allow the service of the distribution. */
  function readable(template: Template) {
    return propertiesOf(template, 'AWS::S3::BucketPolicy')
      .flatMap(({ PolicyDocument }) => (PolicyDocument as { Statement: Statement[] }).Statement)
      .filter(({ Principal }) => Principal?.Service === 'cloudfront.amazonaws.com')
      .map(({ Action, Resource, Condition }) => {
        expect(Action).toBe('s3:GetObject');
        const [bucket, ...key] = (Resource as { 'Fn::Join': [string, unknown[]] })['Fn::Join'][1];
        return { bucket, key: deployed({ 'Fn::Join': ['', key] }), Condition };
      });
  }
  const attributeOf = (id: string) => ({ 'Fn::GetAtt': [expect.stringMatching(`^${id}`), 'Arn'] });
  const PAGES = expect.stringMatching(/^\/site\/site-[0-9a-f]{8}-\*$/);

  test('from buckets of its own stack, which know it by name', () => {
    const stack = newStack();
    siteIn(stack, 'Site', { folders: { 'media/': new s3.Bucket(stack, 'Photos') } });
    const Condition = {
      StringEquals: {
        'AWS:SourceArn': {
          'Fn::Join': [
            '',
            [
              'arn:',
              { Ref: 'AWS::Partition' },
              ':cloudfront::111111111111:distribution/',
              { Ref: expect.stringMatching(/^SiteDistribution/) },
            ],
          ],
        },
      },
    };
    const found = readable(Template.fromStack(stack));
    expect(found).toHaveLength(2);
    expect(found).toEqual(
      expect.arrayContaining([
        { bucket: attributeOf('Photos'), key: '/media/*', Condition },
        { bucket: attributeOf('Site'), key: PAGES, Condition },
      ]),
    );
  });

  test('from one bucket of another stack for both', () => {
    const app = new App();
    const env = { account: '111111111111', region: 'eu-west-1' };
    const data = new Stack(app, 'Data', { env });
    const bucket = new s3.Bucket(data, 'Bucket');
    siteIn(new Stack(app, 'Pages', { env }), 'Site', { bucket, folders: { 'media/': bucket } });
    const found = readable(Template.fromStack(data));
    expect(found.map(({ key }) => key).sort()).toEqual(['/media/*', PAGES]);
    for (const { Condition } of found) expect(Condition).toEqual({ ArnLike: { 'AWS:SourceArn': expect.anything() } });
  });

  test('of a bucket whose policy is not ours, users are told what it must allow', () => {
    const stack = newStack();
    siteIn(stack, 'Site', { folders: { 'media/': s3.Bucket.fromBucketName(stack, 'Mine', 'mine') } });
    Annotations.fromStack(stack).hasWarning('/Stack/Site/Files', Match.stringLikeRegexp('s3:GetObject on media/\\*'));
  });
});

test('everything comes from its own origin unless the site says otherwise, directive by directive', () => {
  const policyOf = (template: Template) => {
    const [{ ResponseHeadersPolicyConfig }] = propertiesOf(template, 'AWS::CloudFront::ResponseHeadersPolicy') as {
      ResponseHeadersPolicyConfig: {
        SecurityHeadersConfig: { ContentSecurityPolicy: { ContentSecurityPolicy: string } };
      };
    }[];
    return ResponseHeadersPolicyConfig.SecurityHeadersConfig.ContentSecurityPolicy.ContentSecurityPolicy.split('; ');
  };
  const strict = policyOf(templateOf());
  expect(strict).toEqual(expect.arrayContaining(["default-src 'none'", "script-src 'self'", "connect-src 'self'"]));
  const signIn = ["'self'", 'https://cognito-idp.eu-west-1.amazonaws.com'];
  const own = policyOf(templateOf({ contentSecurityPolicy: { 'connect-src': signIn } }));
  expect(own).toEqual(strict.map((it) => (it.startsWith('connect-src') ? ['connect-src', ...signIn].join(' ') : it)));
});

test('a site without an API serves its files alone, and may show error pages of its own', () => {
  const template = templateOf({ errorPages: { 404: 'not-found.html', 503: 'down.html' } });
  const page = (ErrorCode: number, ResponseCode: number, ResponsePagePath: string) => ({
    ErrorCode,
    ResponseCode,
    ResponsePagePath,
    ErrorCachingMinTTL: 0,
  });
  template.hasResourceProperties('AWS::CloudFront::Distribution', {
    DistributionConfig: {
      CacheBehaviors: Match.absent(),
      CustomErrorResponses: Match.arrayEquals([
        // S3 says "forbidden" of what is not there to those who may not list the bucket.
        page(403, 404, '/not-found.html'),
        page(404, 404, '/not-found.html'),
        page(503, 503, '/down.html'),
        ...[500, 502, 504].map((ErrorCode) => ({ ErrorCode, ErrorCachingMinTTL: 0 })),
      ]),
    },
  });
});

test('its settings reach the publisher as JSON, in one order, with what is known at deployment only', () => {
  const [{ Config }] = propertiesOf(
    templateOf({ config: { pool: Aws.REGION, client: 'abc' } }),
    'Custom::PublishedSite',
  );
  expect(Config).toEqual({ 'Fn::Join': ['', ['{"client":"abc","pool":"', { Ref: 'AWS::Region' }, '"}']] });
});

test.each<[Partial<StaticSiteProps>, string]>([
  [{ domainNames: ['admin.example.com'] }, 'domainNames needs a certificate'],
  [
    {
      api: { domainName: 'api.example.com', prefix: '/v1' },
      errorPages: { 404: 'not-found.html' },
    },
    'errorPages would take the place of what the API answers',
  ],
])('says what is wrong: %j', (props, message) => {
  expect(siteIn(newStack(), 'Site', props).node.validate()).toEqual([expect.stringContaining(message)]);
});
