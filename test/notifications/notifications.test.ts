import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as events from 'aws-cdk-lib/aws-events';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { MailTransport, Notifications, type NotificationsProps } from '../../src/notifications';

function synthesize(props: (stack: Stack) => NotificationsProps) {
  const stack = new Stack(new App({ context: { 'aws:cdk:enable-asset-metadata': true } }), 'Test');
  const notifications = new Notifications(stack, 'Notifications', props(stack));
  return { stack, notifications, template: Template.fromStack(stack) };
}

const viaSes = MailTransport.ses({ from: 'shop@example.com' });

function environment(template: Template): Record<string, unknown> {
  const [worker] = Object.values(
    template.findResources('AWS::Lambda::Function', { Properties: { Description: 'Writes and sends order mails' } }),
  );
  return worker.Properties.Environment.Variables;
}

test('orders on the bus reach the mail worker through a queue', () => {
  const { stack, notifications, template } = synthesize((stack) => ({
    mail: viaSes,
    bus: events.EventBus.fromEventBusName(stack, 'Bus', 'theirs'),
    shopName: 'Corner Shop',
    shopUrl: 'https://shop.example.com',
    defaultLanguage: 'zh',
  }));
  template.hasResourceProperties('AWS::Events::Rule', {
    EventBusName: 'theirs',
    EventPattern: { source: ['cdk-serverless-shop.ordering'], 'detail-type': ['order.placed'] },
  });
  template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
    BatchSize: 1,
    ScalingConfig: { MaximumConcurrency: 5 },
    FunctionResponseTypes: ['ReportBatchItemFailures'],
  });
  template.hasResourceProperties('AWS::SQS::Queue', {
    VisibilityTimeout: 270,
    RedrivePolicy: Match.objectLike({ maxReceiveCount: 200 }),
  });
  expect(environment(template)).toMatchObject({
    SHOP_NAME: 'Corner Shop',
    SHOP_URL: 'https://shop.example.com',
    DEFAULT_LANGUAGE: 'zh',
    MAIL_FROM: 'shop@example.com',
  });
  expect(stack.resolve(notifications.metricMailDeadLetters().toMetricConfig().metricStat?.dimensions)).toEqual([
    { name: 'QueueName', value: stack.resolve(notifications.mailWorker.deadLetterQueue.queueName) },
  ]);
  expect(notifications.metricMailAge().metricName).toBe('ApproximateAgeOfOldestMessage');
});

test('with defaults: a bus of its own, no links, English', () => {
  const { template } = synthesize(() => ({ mail: viaSes }));
  template.resourceCountIs('AWS::Events::EventBus', 1);
  expect(environment(template)).toMatchObject({ SHOP_NAME: 'Shop', SHOP_URL: '', DEFAULT_LANGUAGE: 'en' });
});

test('SES: only from that address, with whatever identities and configuration set SES finds for a mail', () => {
  const { template } = synthesize(() => ({ mail: viaSes }));
  template.hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: {
      Statement: Match.arrayWith([
        {
          Action: 'ses:SendEmail',
          Effect: 'Allow',
          Resource: '*',
          Condition: { StringEquals: { 'ses:FromAddress': 'shop@example.com' } },
        },
      ]),
    },
  });
});

test('SMTP: reads that secret only', () => {
  const { stack, template } = synthesize((stack) => ({
    mail: MailTransport.smtp({
      host: 'smtp.example.com',
      secret: new secretsmanager.Secret(stack, 'Secret'),
      from: 'shop@example.com',
    }),
  }));
  expect(environment(template)).toMatchObject({
    MAIL_SMTP_HOST: 'smtp.example.com',
    MAIL_SMTP_PORT: '587',
    MAIL_SMTP_SECRET_ARN: { Ref: stack.getLogicalId(stack.node.findChild('Secret').node.defaultChild as never) },
  });
  template.hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: {
      Statement: Match.arrayWith([
        Match.objectLike({
          Action: 'secretsmanager:GetSecretValue',
          Resource: { Ref: Match.stringLikeRegexp('^Secret') },
        }),
      ]),
    },
  });
});

test('SMTP: an imported secret may be named without the characters that its ARN ends with', () => {
  const { template } = synthesize((stack) => ({
    mail: MailTransport.smtp({
      host: 'smtp.example.com',
      port: 465,
      secret: secretsmanager.Secret.fromSecretNameV2(stack, 'Secret', 'mail'),
      from: 'shop@example.com',
    }),
  }));
  expect(environment(template)).toMatchObject({ MAIL_SMTP_PORT: '465' });
  expect(JSON.stringify(template.findResources('AWS::IAM::Policy'))).toContain(':secret:mail-??????');
});

test('a function of the user: may be called, and nothing else', () => {
  const { template } = synthesize((stack) => ({
    mail: MailTransport.custom({
      handler: lambda.Function.fromFunctionAttributes(stack, 'Handler', {
        functionArn: 'arn:aws:lambda:eu-west-1:111122223333:function:mine',
      }),
    }),
  }));
  expect(environment(template)).toMatchObject({
    MAIL_HANDLER_ARN: 'arn:aws:lambda:eu-west-1:111122223333:function:mine',
  });
  template.hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: {
      Statement: Match.arrayWith([
        {
          Action: 'lambda:InvokeFunction',
          Effect: 'Allow',
          Resource: 'arn:aws:lambda:eu-west-1:111122223333:function:mine',
        },
      ]),
    },
  });
});

test.each([
  ['ses', viaSes],
  [
    'custom',
    MailTransport.custom({
      handler: lambda.Function.fromFunctionArn(
        new Stack(),
        'Handler',
        'arn:aws:lambda:eu-west-1:111122223333:function:mine',
      ),
    }),
  ],
])('the worker of %s runs a bundle of its own, without the SMTP client and small', (name, mail) => {
  const { template, stack } = synthesize(() => ({ mail }));
  const [worker] = Object.values(template.findResources('AWS::Lambda::Function'));
  const { directory } = (stack.node.root as App).synth();
  const shipped = readFileSync(path.resolve(directory, worker.Metadata['aws:asset:path'], 'index.js'), 'utf8');
  expect(shipped).toBe(readFileSync(path.resolve(`assets/functions/mail-worker-${name}/index.js`), 'utf8'));
  expect(shipped).not.toMatch(/STARTTLS|nodemailer/i);
  expect(Buffer.byteLength(shipped)).toBeLessThanOrEqual(100_000);
});

test('all mistakes are told at once', () => {
  const app = new App();
  const stack = new Stack(app, 'Test');
  new Notifications(stack, 'Notifications', {
    mail: MailTransport.smtp({
      host: ' ',
      port: 0,
      secret: new secretsmanager.Secret(stack, 'Secret'),
      from: 'Shop <shop@example.com>',
    }),
    shopName: 'two\nlines',
    shopUrl: 'https://shop.example.com/',
    defaultLanguage: 'fr',
  });
  const synth = () => app.synth();
  for (const mistake of [
    'host is empty; it must be the host name of a mail server.',
    'port is 0; it must be a whole number from 1 to 65535.',
    'from is "Shop <shop@example.com>"; it must be an address alone, such as shop@example.com.',
    'shopName must be one line of 1 to 100 characters.',
    'shopUrl is https://shop.example.com/; it must be an origin without a slash at the end',
    'defaultLanguage is fr; mails are written in en and zh.',
  ]) {
    expect(synth).toThrow(mistake);
  }
});
