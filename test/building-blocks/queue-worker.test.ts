import { App, Duration, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { QueueWorker, type QueueWorkerProps } from '../../src/building-blocks';
import { BundledFunction } from '../../src/building-blocks/bundled-function';

function synthesize(
  props: Partial<QueueWorkerProps> = {},
  use: (worker: QueueWorker, stack: Stack) => void = () => {},
) {
  const stack = new Stack(new App(), 'Test');
  const worker =
    props.handler ??
    new lambda.Function(stack, 'Function', {
      runtime: lambda.Runtime.NODEJS_24_X,
      handler: 'index.handler',
      code: lambda.Code.fromInline('exports.handler = async () => ({ batchItemFailures: [] })'),
      timeout: Duration.seconds(10),
    });
  const queueWorker = new QueueWorker(stack, 'Worker', { ...props, handler: worker });
  use(queueWorker, stack);
  return { template: Template.fromStack(stack), stack, queueWorker };
}

test('with defaults: a queue that hides messages for six times the time-out, and dead letters after five tries', () => {
  const { template } = synthesize();
  template.resourceCountIs('AWS::SQS::Queue', 2);
  template.hasResourceProperties('AWS::SQS::Queue', {
    FifoQueue: Match.absent(),
    VisibilityTimeout: 60,
    MessageRetentionPeriod: 345_600,
    SqsManagedSseEnabled: true,
    RedrivePolicy: { maxReceiveCount: 5, deadLetterTargetArn: Match.anyValue() },
  });
  template.hasResourceProperties('AWS::SQS::Queue', {
    MessageRetentionPeriod: 1_209_600,
    RedrivePolicy: Match.absent(),
    SqsManagedSseEnabled: true,
  });
  template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
    BatchSize: 10,
    ScalingConfig: Match.absent(),
    FunctionResponseTypes: ['ReportBatchItemFailures'],
  });
});

test('a FIFO queue has FIFO dead letters, and takes the events of one rule in their order', () => {
  const { template, queueWorker } = synthesize({ fifo: true, maxConcurrency: 3 }, (worker) => {
    worker.listenTo('Placed', { eventPattern: { detailType: ['order.placed'] } });
  });
  const queues = Object.values(template.findResources('AWS::SQS::Queue')).map(({ Properties }) => Properties);
  expect(queues.filter(({ FifoQueue }) => FifoQueue)).toHaveLength(2);
  for (const queue of queues.filter(({ FifoQueue }) => FifoQueue)) {
    expect(queue).toMatchObject({
      ContentBasedDeduplication: true,
      DeduplicationScope: 'messageGroup',
      FifoThroughputLimit: 'perMessageGroupId',
    });
  }
  const undelivered = queueWorker.undeliveredQueue;
  expect(undelivered?.fifo).toBe(false);
  template.hasResourceProperties('AWS::Events::Rule', {
    Targets: [
      {
        SqsParameters: { MessageGroupId: 'Placed' },
        DeadLetterConfig: { Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^WorkerUndelivered'), 'Arn'] } },
      },
    ],
  });
  template.hasResourceProperties('AWS::Lambda::EventSourceMapping', { ScalingConfig: { MaximumConcurrency: 3 } });
});

test('a standard queue keeps events that cannot be sent among its dead letters', () => {
  const { template, queueWorker } = synthesize({}, (worker) => {
    worker.listenTo('Placed', { eventPattern: { detailType: ['order.placed'] } });
  });
  expect(queueWorker.undeliveredQueue).toBeUndefined();
  template.hasResourceProperties('AWS::Events::Rule', {
    Targets: [
      {
        SqsParameters: Match.absent(),
        DeadLetterConfig: { Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^WorkerDeadLetters'), 'Arn'] } },
      },
    ],
  });
});

test('our own functions send what they refuse to the dead-letter queue; those of users are left alone', () => {
  const stack = new Stack(new App(), 'Test');
  const encryptionKey = new kms.Key(stack, 'Key');
  const worker = new BundledFunction(stack, 'Function', { bundle: 'stock-opener', description: 'Ours' });
  new QueueWorker(stack, 'Worker', { handler: worker, encryptionKey });
  const template = Template.fromStack(stack);
  const deadLetters = Match.stringLikeRegexp('^WorkerDeadLetters');
  const queue = Match.stringLikeRegexp('^WorkerQueue');
  template.hasResourceProperties('AWS::Lambda::Function', {
    Environment: {
      Variables: {
        DEAD_LETTER_QUEUES: { 'Fn::Join': ['', [{ 'Fn::GetAtt': [queue, 'Arn'] }, '=', { Ref: deadLetters }]] },
      },
    },
  });
  const statement = (Action: unknown, Resource: unknown) =>
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: { Statement: Match.arrayWith([Match.objectLike({ Action, Resource })]) },
    });
  statement('sqs:SendMessage', { 'Fn::GetAtt': [deadLetters, 'Arn'] });
  statement(Match.arrayWith(['sqs:ChangeMessageVisibility']), {
    'Fn::GetAtt': [Match.stringLikeRegexp('^WorkerQueue'), 'Arn'],
  });
  statement(Match.arrayWith(['kms:GenerateDataKey']), { 'Fn::GetAtt': [Match.stringLikeRegexp('^Key'), 'Arn'] });

  const { template: users } = synthesize();
  users.hasResourceProperties('AWS::Lambda::Function', { Environment: Match.absent() });
});

test('a function of ours that works off two queues knows the dead-letter queue of each', () => {
  const stack = new Stack(new App(), 'Test');
  const worker = new BundledFunction(stack, 'Function', { bundle: 'stock-opener', description: 'Ours' });
  for (const id of ['First', 'Second']) new QueueWorker(stack, id, { handler: worker });
  const pair = (id: string) => [
    { 'Fn::GetAtt': [Match.stringLikeRegexp(`^${id}Queue`), 'Arn'] },
    '=',
    { Ref: Match.stringLikeRegexp(`^${id}DeadLetters`) },
  ];
  Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', {
    Environment: {
      Variables: { DEAD_LETTER_QUEUES: { 'Fn::Join': ['', [...pair('First'), ' ', ...pair('Second')]] } },
    },
  });
});

test('whoever may redrive can take the dead letters and put them back, and nothing else', () => {
  const { template } = synthesize({}, (worker, stack) => {
    worker.grantRedrive(new iam.Role(stack, 'Operator', { assumedBy: new iam.AccountRootPrincipal() }));
  });
  template.hasResourceProperties('AWS::IAM::Policy', {
    Roles: [{ Ref: Match.stringLikeRegexp('^Operator') }],
    PolicyDocument: {
      Statement: [
        {
          Action: [
            'sqs:StartMessageMoveTask',
            'sqs:ListMessageMoveTasks',
            'sqs:CancelMessageMoveTask',
            'sqs:ReceiveMessage',
            'sqs:DeleteMessage',
            'sqs:GetQueueAttributes',
          ],
          Effect: 'Allow',
          Resource: { 'Fn::GetAtt': [Match.stringLikeRegexp('^WorkerDeadLetters'), 'Arn'] },
        },
        {
          Action: 'sqs:SendMessage',
          Effect: 'Allow',
          Resource: { 'Fn::GetAtt': [Match.stringLikeRegexp('^WorkerQueue'), 'Arn'] },
        },
      ],
    },
  });
});

test('all mistakes are told at once', () => {
  const app = new App();
  const stack = new Stack(app, 'Test');
  const worker = lambda.Function.fromFunctionName(stack, 'Function', 'theirs');
  new QueueWorker(stack, 'Worker', {
    handler: worker,
    batchSize: 11,
    maxConcurrency: 1,
    maxReceiveCount: 0,
    retentionPeriod: Duration.seconds(59),
    visibilityTimeout: Duration.hours(13),
  });
  for (const mistake of [
    'batchSize is 11; it must be a whole number from 1 to 10.',
    'maxConcurrency is 1; it must be a whole number from 2 to 1000.',
    'maxReceiveCount is 0; it must be a whole number from 1 to 1000.',
    'retentionPeriod is 59 seconds; it must be whole seconds, from a minute to 14 days.',
    "visibilityTimeout is 13 hours; it must be whole seconds, from the handler's time-out to 12 hours.",
  ]) {
    expect(() => app.synth()).toThrow(mistake);
  }
});
