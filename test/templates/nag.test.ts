import { App, Duration, Stack } from 'aws-cdk-lib';
import * as apigatewayv2 from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import * as origins from 'aws-cdk-lib/aws-cloudfront-origins';
import * as events from 'aws-cdk-lib/aws-events';
import * as glue from 'aws-cdk-lib/aws-glue';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { MailTransport, QueueWorker, ServerlessShop } from '../../src';
import { CONSTRUCTS } from './all-constructs';
import { REGION, USES } from './all-uses';
import { acknowledgementsIn, type Finding, findingsIn, isAt } from './nag';

const mail = MailTransport.ses({ from: 'shop@example.com' });

/** Users' own functions stand for code that is not ours; and who turns tracing off is told that it is off. */
const ofOurOwn = ({ at, rule }: Finding): boolean =>
  !isAt(at, 'Stack/ItFunction') && !/Tracing|Xray|AwsSolutions-SF2/.test(rule);

/** Every mistake that our own resources are excused for, in resources that are not ours. */
class Faulty extends Construct {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const handler = new lambda.Function(this, 'Function', {
      runtime: lambda.Runtime.NODEJS_24_X,
      handler: 'index.handler',
      code: lambda.Code.fromInline('exports.handler = async () => ({})'),
      tracing: lambda.Tracing.ACTIVE,
      timeout: Duration.seconds(5),
    });
    handler.addToRolePolicy(new iam.PolicyStatement({ actions: ['s3:DeleteObject'], resources: ['*'] }));
    const queue = new sqs.Queue(this, 'Queue');
    new lambda.EventSourceMapping(this, 'Mapping', { target: handler, eventSourceArn: queue.queueArn });
    new secretsmanager.Secret(this, 'Secret');
    const bucket = new s3.Bucket(this, 'Bucket');
    new cloudfront.Distribution(this, 'Distribution', {
      defaultBehavior: { origin: origins.S3BucketOrigin.withOriginAccessControl(bucket) },
    });
    new apigatewayv2.HttpApi(this, 'Api').addRoutes({
      path: '/admin',
      integration: new HttpLambdaIntegration('Integration', handler),
    });
    new events.Rule(this, 'Rule', {
      schedule: events.Schedule.rate(Duration.hours(1)),
      targets: [{ bind: () => ({ arn: handler.functionArn }) }],
    });
    const command = { name: 'glueetl' };
    new glue.CfnJob(this, 'Job', { command, role: 'arn:aws:iam::111122223333:role/glue' });
  }
}

const withoutThing = (rule: string): string => rule.replace(/\[.*/, '');

describe('a user with cdk-nag', () => {
  test.each(Object.entries(USES))('%s: has nothing to do', (_name, use) => {
    expect(findingsIn(use()).filter(ofOurOwn)).toEqual([]);
  });

  test('is told the same of faulty resources beside our own as without us', () => {
    const alone = new App();
    new Faulty(new Stack(alone, 'Theirs', REGION), 'Faulty');
    const expected = findingsIn(alone);

    const app = new App();
    const stack = new Stack(app, 'Theirs', REGION);
    for (const [name, make] of Object.entries(CONSTRUCTS)) {
      make(new Stack(app, name.replace(/\W/g, ''), REGION), 'It');
    }
    new Faulty(stack, 'Faulty');
    expect(findingsIn(app).filter(({ at }) => isAt(at, 'Theirs'))).toEqual(expected);

    const faults = expected.map(({ rule }) => withoutThing(rule));
    for (const { rule } of acknowledgementsIn(app)) expect(faults).toContain(withoutThing(rule));
  });

  test('is told the same of faulty resources in the stack of the shop', () => {
    const faults = (app: App) => findingsIn(app).filter(({ at }) => isAt(at, 'Stack/Faulty'));
    const alone = new App();
    new Faulty(new Stack(alone, 'Stack', REGION), 'Faulty');

    const app = new App();
    const stack = new Stack(app, 'Stack', REGION);
    new ServerlessShop(stack, 'Shop', { mail });
    new Faulty(stack, 'Faulty');
    expect(faults(app)).toEqual(faults(alone));
  });

  test('is told of what they add to our constructs', () => {
    const app = new App();
    const stack = new Stack(app, 'Stack', REGION);
    const shop = new ServerlessShop(stack, 'Shop', { mail });
    const handler = new lambda.Function(stack, 'Handler', {
      runtime: lambda.Runtime.NODEJS_24_X,
      handler: 'index.handler',
      code: lambda.Code.fromInline('exports.handler = async () => ({})'),
    });
    new QueueWorker(stack, 'Worker', { handler });
    handler.addEventSourceMapping('Own', { eventSourceArn: new sqs.Queue(stack, 'Queue').queueArn });
    shop.api.addRoutes([{ method: 'GET', path: '/secret', operationId: 'readSecret' }], handler);
    const integration = new HttpLambdaIntegration('Integration', handler);
    shop.api.httpApi.addRoutes({ path: '/open', methods: [apigatewayv2.HttpMethod.GET], integration });
    shop.catalog.grantImport(handler);

    const found = findingsIn(app);
    const rulesAt = (pattern: RegExp) => found.filter(({ at }) => pattern.test(at)).map(({ rule }) => rule);
    expect(rulesAt(/HttpApi\/GET--open/)).toEqual(['AwsSolutions-APIG4']);
    expect(rulesAt(/HttpApi\/GET--v1--secret/)).toEqual(['AwsSolutions-APIG4']);
    expect(rulesAt(/Handler\/Own/)).toEqual(['Serverless-LambdaEventSourceMappingDestination']);
    expect(rulesAt(/Handler\/SqsEventSource/)).toEqual([]);
    expect(rulesAt(/Handler\/Resource/)).toContain('Serverless-LambdaDLQ');
    expect(rulesAt(/Handler\/ServiceRole\/DefaultPolicy/)).toContainEqual(expect.stringContaining('/imports/*'));
  });
});
