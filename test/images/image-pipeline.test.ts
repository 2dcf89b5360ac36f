import { App, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { HttpIamAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { ServiceApi } from '../../src/api';
import { ImageFit, ImageFormat, ImageMetadata, ImagePipeline, type ImagePipelineProps } from '../../src/images';
import { MOST_ATTEMPTS } from '../../src/images/contract';

function stackWith(props: (stack: Stack) => ImagePipelineProps = () => ({})) {
  const app = new App();
  const stack = new Stack(app, 'Stack');
  const pipeline = new ImagePipeline(stack, 'Photos', props(stack));
  return { app, stack, pipeline };
}

function mistakesOf(props: (stack: Stack) => ImagePipelineProps): string {
  const { app } = stackWith(props);
  try {
    app.synth();
  } catch (error) {
    return String(error);
  }
  throw new Error('synth found no mistake');
}

/** What the function's role may do, as `action resource` with references by the id of what they refer to. */
function permissions(stack: Stack, role: string): string[] {
  const policies = Template.fromStack(stack).findResources('AWS::IAM::Policy');
  const policy = Object.entries(policies).find(([id]) => id.startsWith(`Photos${role}PartsRole`));
  const statements: { Action: string | string[]; Resource: unknown }[] =
    policy?.[1].Properties.PolicyDocument.Statement;
  return statements.flatMap(({ Action, Resource }) =>
    [Action].flat().flatMap((action) => [Resource].flat().map((resource) => `${action} ${readable(resource)}`)),
  );
}

function readable(resource: unknown): string {
  if (typeof resource === 'string') return resource;
  const [[intrinsic, value]] = Object.entries(resource as Record<string, string[] & [string, string[]]>);
  return intrinsic === 'Fn::Join' ? value[1].map(readable).join('') : value[0].replace(/[0-9A-F]{8}$/, '');
}

const EVERY_FUNCTION = ['xray:PutTraceSegments *', 'xray:PutTelemetryRecords *'];
const logs = (role: string) =>
  ['logs:CreateLogStream', 'logs:PutLogEvents'].map((action) => `${action} Photos${role}PartsLogs`);

describe('with its defaults', () => {
  const { stack, pipeline } = stackWith();
  const template = Template.fromStack(stack);

  test('thumb, card and full are made as WebP without metadata', () => {
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: {
        Variables: {
          IMAGE_VARIANTS: JSON.stringify([
            { name: 'thumb', width: 160, fit: 'inside', format: 'webp', quality: 80 },
            { name: 'card', width: 480, fit: 'inside', format: 'webp', quality: 80 },
            { name: 'full', width: 1200, fit: 'inside', format: 'webp', quality: 80 },
          ]),
          IMAGE_KEEP: 'none',
          IMAGE_MAX_BYTES: '26214400',
          IMAGE_MAX_PIXELS: '50000000',
          IMAGE_MAX_FRAMES: '100',
          SOURCE_PREFIX: 'originals/',
          OUTPUT_PREFIX: 'media/',
        },
      },
    });
  });

  test('one private bucket that is kept and tells EventBridge', () => {
    template.resourceCountIs('AWS::S3::Bucket', 1);
    template.hasResource('AWS::S3::Bucket', {
      DeletionPolicy: 'Retain',
      Properties: {
        NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } },
        PublicAccessBlockConfiguration: Match.objectLike({ BlockPublicAcls: true }),
      },
    });
    expect(pipeline.outputBucket).toBe(pipeline.sourceBucket);
  });

  test('what is put or deleted below the prefix waits in a queue, and what cannot be delivered is kept', () => {
    template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        source: ['aws.s3'],
        'detail-type': ['Object Created', 'Object Deleted'],
        detail: {
          bucket: { name: [{ Ref: Match.stringLikeRegexp('^PhotosBucket') }] },
          object: { key: [{ prefix: 'originals/' }] },
        },
      },
      Targets: [
        Match.objectLike({
          Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^PhotosArrivalsQueue'), 'Arn'] },
          DeadLetterConfig: { Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^PhotosArrivalsDeadLetters'), 'Arn'] } },
        }),
      ],
    });
    template.resourcePropertiesCountIs('AWS::SQS::Queue', { MessageRetentionPeriod: 14 * 24 * 3600 }, 5);
  });

  test('few images are worked on at one time, also while old ones are made again; each is tried five times', () => {
    const mappings = Object.values(template.findResources('AWS::Lambda::EventSourceMapping'));
    expect(
      mappings.map(({ Properties }) => [
        readable(Properties.EventSourceArn).slice(0, 10),
        Properties.BatchSize,
        Properties.ScalingConfig,
        Properties.FunctionResponseTypes,
      ]),
    ).toEqual([
      ['PhotosRepr', 1, { MaximumConcurrency: 2 }, ['ReportBatchItemFailures']],
      ['PhotosArri', 1, { MaximumConcurrency: 5 }, ['ReportBatchItemFailures']],
    ]);
    template.resourcePropertiesCountIs(
      'AWS::SQS::Queue',
      { RedrivePolicy: Match.objectLike({ maxReceiveCount: MOST_ATTEMPTS }) },
      2,
    );
  });

  test('the keeper looks in four times an hour', () => {
    template.hasResourceProperties('AWS::Events::Rule', { ScheduleExpression: 'rate(15 minutes)' });
  });

  test('each function may do what it does and nothing else', () => {
    const bucket = 'PhotosBucket';
    const deadLetters = ['sqs:SendMessage PhotosReprocessingDeadLetters', 'sqs:SendMessage PhotosArrivalsDeadLetters'];
    const of = (role: string) =>
      permissions(stack, role).filter((it) => !/ReceiveMessage|Visibility|QueueUrl|DeleteMessage|Attributes/.test(it));
    expect(of('Process')).toEqual([
      ...logs('Process'),
      ...EVERY_FUNCTION,
      `s3:ListBucket ${bucket}`,
      `s3:GetObject ${bucket}/originals/*`,
      `s3:GetObject ${bucket}/image-summaries/media/*/summary.json`,
      `s3:PutObject ${bucket}/media/*`,
      `s3:PutObject ${bucket}/image-summaries/media/*/summary.json`,
      `s3:DeleteObject ${bucket}/media/*`,
      ...deadLetters,
    ]);
    expect(of('Keeper')).toEqual([
      ...logs('Keeper'),
      'sqs:SendMessage PhotosFailedKeeperRuns',
      ...EVERY_FUNCTION,
      `s3:ListBucket ${bucket}`,
      `s3:GetObject ${bucket}/image-summaries/media/*/summary.json`,
      `s3:GetObject ${bucket}/image-summaries/media/keeper.json`,
      `s3:PutObject ${bucket}/image-summaries/media/keeper.json`,
      `s3:DeleteObject ${bucket}/media/*`,
      `s3:DeleteObject ${bucket}/image-summaries/media/*/summary.json`,
      'sqs:SendMessage PhotosReprocessingQueue',
    ]);
    expect(of('Upload')).toEqual([
      ...logs('Upload'),
      ...EVERY_FUNCTION,
      `s3:PutObject ${bucket}/originals/*`,
      `s3:PutObjectTagging ${bucket}/originals/*`,
      `s3:ListBucket ${bucket}`,
      `s3:GetObject ${bucket}/image-summaries/media/*/summary.json`,
    ]);
    expect(of('Query')).toEqual([
      ...logs('Query'),
      ...EVERY_FUNCTION,
      `s3:ListBucket ${bucket}`,
      `s3:GetObject ${bucket}/originals/*`,
      `s3:GetObject ${bucket}/media/*`,
      `s3:GetObject ${bucket}/image-summaries/media/*/summary.json`,
    ]);
  });

  test('the functions that decode images have the native layer', () => {
    template.resourceCountIs('AWS::Lambda::LayerVersion', 1);
    const layered = Object.entries(template.findResources('AWS::Lambda::Function')).filter(
      ([, it]) => it.Properties.Layers,
    );
    expect(layered.map(([id]) => id.replace(/[0-9A-F]{8}$/, '')).sort()).toEqual(['PhotosProcess', 'PhotosUpload']);
  });

  test('an API of its own with the three operations', () => {
    for (const RouteKey of ['POST /v1/images', 'GET /v1/images/{id}', 'GET /v1/images/{id}/variants/{variant}']) {
      template.hasResourceProperties('AWS::ApiGatewayV2::Route', { RouteKey });
    }
  });
});

describe('with what the user has', () => {
  test('variants, metadata and limits reach the functions', () => {
    const { stack } = stackWith(() => ({
      variants: [
        { name: 'square', width: 200, height: 200, fit: ImageFit.COVER, format: ImageFormat.AVIF },
        { name: 'Print_1', width: 16383, format: ImageFormat.PNG },
        { name: 'small', width: 1, format: ImageFormat.JPEG, quality: 100 },
      ],
      keepMetadata: ImageMetadata.COPYRIGHT,
      maxBytes: 1000,
      maxPixels: 2000,
      maxFrames: 1,
    }));
    Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', {
      Environment: {
        Variables: {
          IMAGE_VARIANTS: JSON.stringify([
            { name: 'square', width: 200, height: 200, fit: 'cover', format: 'avif', quality: 50 },
            { name: 'Print_1', width: 16383, fit: 'inside', format: 'png' },
            { name: 'small', width: 1, fit: 'inside', format: 'jpeg', quality: 100 },
          ]),
          IMAGE_KEEP: 'copyright',
          IMAGE_MAX_BYTES: '1000',
          IMAGE_MAX_PIXELS: '2000',
          IMAGE_MAX_FRAMES: '1',
        },
      },
    });
  });

  test('a bucket of the same app is made to tell EventBridge; the whole of it may be originals', () => {
    const { stack, pipeline } = stackWith((scope) => ({
      source: { bucket: new s3.Bucket(scope, 'Mine'), prefix: '' },
      output: { bucket: new s3.Bucket(scope, 'Out'), prefix: '' },
    }));
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::S3::Bucket', 2);
    template.resourcePropertiesCountIs('AWS::S3::Bucket', { NotificationConfiguration: Match.anyValue() }, 1);
    template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        detail: { bucket: { name: [{ Ref: Match.stringLikeRegexp('^Mine') }] }, object: Match.absent() },
      },
    });
    expect(permissions(stack, 'Process')).toEqual(
      expect.arrayContaining([
        's3:GetObject Mine/*',
        's3:PutObject Out/*',
        's3:GetObject Out/image-summaries/*/summary.json',
      ]),
    );
    expect(pipeline.sourceBucket.node.id).toBe('Mine');
  });

  test('an imported bucket brings a warning that names the consequence', () => {
    const { stack } = stackWith((scope) => ({
      source: { bucket: s3.Bucket.fromBucketName(scope, 'Mine', 'my-photos') },
    }));
    Template.fromStack(stack).resourceCountIs('AWS::S3::Bucket', 0);
    Annotations.fromStack(stack).hasWarning('/Stack/Photos', Match.stringLikeRegexp('go unnoticed unless'));
  });

  test('a key encrypts the bucket, and each function may use it for what it does', () => {
    const { stack } = stackWith((scope) => ({ encryptionKey: new kms.Key(scope, 'Key') }));
    const keys = (role: string) => permissions(stack, role).filter((it) => it.startsWith('kms:'));
    expect(keys('Process')).toEqual(expect.arrayContaining(['kms:Decrypt Key', 'kms:GenerateDataKey Key']));
    expect(keys('Query')).toEqual(['kms:Decrypt Key']);
    expect(keys('Upload')).toEqual(['kms:GenerateDataKey Key', 'kms:Decrypt Key']);
    Template.fromStack(stack).hasResourceProperties('AWS::S3::Bucket', {
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          Match.objectLike({ ServerSideEncryptionByDefault: Match.objectLike({ SSEAlgorithm: 'aws:kms' }) }),
        ],
      },
    });
  });

  describe('images that came over HTTP', () => {
    const rules = (props: (scope: Stack) => ImagePipelineProps) => {
      const { stack } = stackWith(props);
      const [bucket] = Object.values(Template.fromStack(stack).findResources('AWS::S3::Bucket'));
      return (bucket?.Properties.LifecycleConfiguration?.Rules ?? []).filter((rule: object) => 'TagFilters' in rule);
    };
    const rule = (days: number) => ({
      Status: 'Enabled',
      Prefix: 'originals/',
      ExpirationInDays: days,
      TagFilters: [{ Key: 'upload', Value: 'unclaimed' }],
    });
    const guarded = (scope: Stack) => new ServiceApi(scope, 'Guarded', { authorizer: new HttpIamAuthorizer() });

    test('go by themselves where everyone may upload, unless somebody keeps them', () => {
      expect(rules(() => ({}))).toEqual([rule(30)]);
      expect(rules(() => ({ uploadExpiry: Duration.days(7) }))).toEqual([rule(7)]);
    });

    test('stay where somebody says who may upload, unless they shall not', () => {
      expect(rules((scope) => ({ api: guarded(scope) }))).toEqual([]);
      expect(rules((scope) => ({ api: guarded(scope), uploadExpiry: Duration.days(7) }))).toEqual([rule(7)]);
    });

    test('in a bucket of the user are the matter of its rules', () => {
      const bucket = (scope: Stack) => new s3.Bucket(scope, 'Mine');
      expect(rules((scope) => ({ source: { bucket: bucket(scope) } }))).toEqual([]);
      const stack = new Stack(new App(), 'Stack');
      const uploadExpiry = Duration.hours(36);
      const { node } = new ImagePipeline(stack, 'Photos', { source: { bucket: bucket(stack) }, uploadExpiry });
      expect(node.validate()).toEqual([
        'uploadExpiry is 1 day 12 hours; it must be whole days, from 1 to 3650.',
        expect.stringContaining('uploadExpiry is for the bucket that the pipeline makes.'),
      ]);
    });
  });

  test('two fit in one stack', () => {
    const stack = new Stack(new App(), 'Stack');
    new ImagePipeline(stack, 'One');
    new ImagePipeline(stack, 'Two');
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::ApiGatewayV2::Api', 2);
    template.resourceCountIs('AWS::Lambda::LayerVersion', 1);
    const pipelines = Object.values(template.findResources('AWS::Lambda::Function')).flatMap(
      ({ Properties }) => Properties.Environment?.Variables.METRIC_OWNER ?? [],
    );
    expect(pipelines).toEqual(
      ['/One', '/Two'].map((path) => ({ 'Fn::Join': ['', [{ Ref: 'AWS::StackName' }, path]] })),
    );
  });

  test('the API of others is used', () => {
    const { stack, pipeline } = stackWith((scope) => ({ api: new ServiceApi(scope, 'Api') }));
    Template.fromStack(stack).resourceCountIs('AWS::ApiGatewayV2::Api', 1);
    expect(pipeline.api.node.path).toBe('Stack/Api');
  });

  test('grants and metrics', () => {
    const { stack, pipeline } = stackWith();
    const role = new iam.Role(stack, 'Role', { assumedBy: new iam.AccountRootPrincipal() });
    pipeline.grantPutSource(role);
    pipeline.grantReadOutput(role);
    pipeline.grantDeleteSource(role);
    pipeline.grantKeepUploads(role);
    const [policy] = Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy')).filter((it) =>
      JSON.stringify(it.Properties.Roles).includes('"Role'),
    );
    expect(policy.Properties.PolicyDocument.Statement.map((it: { Action: string }) => it.Action)).toEqual([
      's3:PutObject',
      's3:ListBucket',
      's3:GetObject',
      's3:DeleteObject',
      's3:DeleteObjectTagging',
    ]);
    const metrics = [pipeline.metricReady(), pipeline.metricRejected(), pipeline.metricFailed()];
    expect(metrics.map((it) => [it.namespace, it.metricName, stack.resolve(it.dimensions)])).toEqual(
      ['ImagesReady', 'ImagesRejected', 'ImagesFailed'].map((name) => [
        'ServerlessShop',
        name,
        { Pipeline: { 'Fn::Join': ['', [{ Ref: 'AWS::StackName' }, '/Photos']] } },
      ]),
    );
  });
});

describe('mistakes', () => {
  test('are told all at once', () => {
    const mistakes = mistakesOf(() => ({
      variants: [
        { name: 'a b', width: 0 },
        { name: 'wide', width: 16384, height: 1.5 },
        { name: 'wide', width: 10, fit: ImageFit.COVER },
        { name: 'lossless', width: 10, format: ImageFormat.PNG, quality: 50 },
        { name: 'vivid', width: 10, quality: 101 },
      ],
      source: { prefix: 'photos' },
      output: { prefix: '/out/' },
      maxBytes: 0,
      maxPixels: 100_000_001,
      maxFrames: 2.5,
      removalPolicy: RemovalPolicy.DESTROY,
      functions: { architecture: lambda.Architecture.X86_64 },
    }));
    for (const part of [
      'variant "a b": a name is 1 to 32 letters',
      'variant "a b": width is 0; it must be a whole number of pixels from 1 to 16383.',
      'variant "wide": width is 16384',
      'variant "wide": height is 1.5',
      'variants have the same name: wide',
      'variant "wide": fit cover needs a height',
      'variant "lossless": PNG loses nothing',
      'variant "vivid": quality is 101; it must be a whole number from 1 to 100.',
      'source.prefix is "photos"; it must be names',
      'output.prefix is "/out/"',
      'maxBytes is 0; it must be a whole number from 1 to 104857600.',
      'maxPixels is 100000001',
      'maxFrames is 2.5',
      'removalPolicy DESTROY would delete data',
      'Pass functions.sharpLayer',
    ]) {
      expect(mistakes).toContain(part);
    }
  });

  test.each([
    ['the same', 'photos/', 'photos/'],
    ['a prefix below', 'photos/', 'photos/made/'],
    ['the whole bucket', '', 'media/'],
  ])('output under the source: %s', (_, source, output) => {
    expect(mistakesOf(() => ({ source: { prefix: source }, output: { prefix: output } }))).toContain(
      'would be taken for originals without end',
    );
  });

  test('originals under the output', () => {
    expect(mistakesOf(() => ({ source: { prefix: 'media/in/' } }))).toContain('would be given out with the variants');
  });

  test.each([
    ['originals', { source: { prefix: 'image-summaries/' } }, 'which would be taken for originals'],
    ['variants', { output: { prefix: 'image-summaries/more/' } }, 'so that they would be given out with the variants'],
  ])('%s where the summaries are', (_, props, mistake) => {
    expect(mistakesOf(() => props)).toContain(`where the summaries are, ${mistake}`);
  });

  test('the same bucket imported twice is the same bucket', () => {
    const mistakes = mistakesOf((scope) => ({
      source: { bucket: s3.Bucket.fromBucketName(scope, 'In', 'my-photos') },
      output: { bucket: s3.Bucket.fromBucketName(scope, 'Out', 'my-photos'), prefix: 'originals/made/' },
    }));
    expect(mistakes).toContain('would be taken for originals without end');
  });

  test('output below the same prefix of another bucket is none', () => {
    const { app } = stackWith((scope) => ({
      output: { bucket: new s3.Bucket(scope, 'Out'), prefix: 'originals/' },
    }));
    expect(() => app.synth()).not.toThrow();
  });

  test('no variants, or too many', () => {
    expect(mistakesOf(() => ({ variants: [] }))).toContain('variants is empty');
    const variants = Array.from({ length: 21 }, (_, index) => ({ name: `v${index}`, width: 10 }));
    expect(mistakesOf(() => ({ variants }))).toContain('there are 21 variants; at most 20');
  });
});
