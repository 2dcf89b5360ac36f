import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { App, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as actions from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as kms from 'aws-cdk-lib/aws-kms';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sns from 'aws-cdk-lib/aws-sns';
import { QueueWorker } from '../../src';
import { CONSTRUCTS, type Common, usersFunction } from './all-constructs';
import { REGION } from './all-uses';

/** What must hold of every queue and every table that there is, in each public construct. */

const ALLOW_DATA_REMOVAL = { 'cdk-serverless-shop:allow-data-removal': true };
/** CloudWatch takes no longer description. */
const LONGEST_DESCRIPTION = 1024;

interface Resource {
  readonly Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: as Template.toJSON() has it
  readonly Properties: any;
}

const MADE: typeof CONSTRUCTS = {
  ...CONSTRUCTS,
  'QueueWorker that keeps an order and listens': (scope, id, common) => {
    const worker = new QueueWorker(scope, id, {
      handler: usersFunction(scope, `${id}Function`),
      fifo: true,
      ...common,
    });
    worker.listenTo('Placed', { eventPattern: { detailType: ['placed'] } });
    return worker;
  },
};

function resourcesOf(name: string, common: (stack: Stack) => Common = () => ({})): Map<string, Resource> {
  const stack = new Stack(new App({ context: ALLOW_DATA_REMOVAL }), 'Stack', REGION);
  MADE[name](stack, 'It', common(stack));
  return new Map(Object.entries(Template.fromStack(stack).toJSON().Resources as Record<string, Resource>));
}

const ofType = (resources: Map<string, Resource>, type: string) => [...resources].filter(([, it]) => it.Type === type);
const queuesIn = (resources: Map<string, Resource>) => ofType(resources, 'AWS::SQS::Queue');
const tablesIn = (resources: Map<string, Resource>) => ofType(resources, 'AWS::DynamoDB::GlobalTable');
/** What is not worked off: nothing redrives it but a person. */
const deadLettersIn = (resources: Map<string, Resource>) =>
  queuesIn(resources).filter(([, { Properties }]) => !Properties.RedrivePolicy);
const alarmsIn = (resources: Map<string, Resource>) => ofType(resources, 'AWS::CloudWatch::Alarm');

/** A description as long as it gets, with the longest names. */
function written(description: unknown): string {
  if (typeof description === 'string') return description;
  const [, parts] = (description as { 'Fn::Join': [string, unknown[]] })['Fn::Join'];
  return parts.map((part) => (typeof part === 'string' ? part : 'x'.repeat(150))).join('');
}

const withAlarms = (stack: Stack): Common => ({
  alarms: { actions: [new actions.SnsAction(new sns.Topic(stack, 'Topic'))] },
});

describe.each(Object.keys(MADE))('%s', (name) => {
  const plain = resourcesOf(name);
  const alarmed = resourcesOf(name, withAlarms);
  const withKey = resourcesOf(name, (stack) => ({ encryptionKey: new kms.Key(stack, 'Key'), alarms: {} }));

  test('says how each queue is encrypted, with a key where there is one', () => {
    for (const [id, { Properties }] of queuesIn(plain)) {
      expect([id, Properties.SqsManagedSseEnabled]).toEqual([id, true]);
    }
    for (const [id, { Properties }] of queuesIn(withKey)) {
      expect([id, JSON.stringify(Properties.KmsMasterKeyId)]).toEqual([id, expect.stringContaining('Key')]);
    }
  });

  test('protects each table from deletion, unless it is to go with its stack', () => {
    const protections = (resources: Map<string, Resource>) =>
      tablesIn(resources).flatMap(([, { Properties }]) =>
        Properties.Replicas.map((it: { DeletionProtectionEnabled?: boolean }) => it.DeletionProtectionEnabled ?? false),
      );
    const each = (value: boolean) => tablesIn(plain).map(() => value);
    const destroyed = { removalPolicy: RemovalPolicy.DESTROY };
    expect(protections(plain)).toEqual(each(true));
    expect(protections(resourcesOf(name, () => destroyed))).toEqual(each(false));
    expect(protections(resourcesOf(name, () => ({ deletionProtection: false })))).toEqual(each(false));
    expect(protections(resourcesOf(name, () => ({ ...destroyed, deletionProtection: true })))).toEqual(each(true));
  });

  test('has an alarm for each dead-letter queue where alarms are wanted, and none where not', () => {
    expect(alarmsIn(plain)).toEqual([]);
    const watched = alarmsIn(alarmed).map(([, { Properties }]) => {
      expect(Properties).toMatchObject({
        MetricName: 'ApproximateNumberOfMessagesVisible',
        Namespace: 'AWS/SQS',
        Threshold: 1,
        EvaluationPeriods: 1,
        ComparisonOperator: 'GreaterThanOrEqualToThreshold',
        TreatMissingData: 'notBreaching',
        AlarmActions: [{ Ref: expect.stringMatching(/^Topic/) }],
      });
      return Properties.Dimensions[0].Value['Fn::GetAtt'][0];
    });
    expect(watched.sort()).toEqual(
      deadLettersIn(alarmed)
        .map(([id]) => id)
        .sort(),
    );
  });

  test('tells in each alarm what failed, where to look and what to do', () => {
    const texts = alarmsIn(alarmed).map(([, { Properties }]) => written(Properties.AlarmDescription));
    for (const text of texts) {
      expect(text.length).toBeLessThanOrEqual(LONGEST_DESCRIPTION);
      expect(text).toMatch(
        /^[A-Z].* They are kept for 14 days in the queue x+\. Why is in .+ aws (sqs|stepfunctions) /,
      );
    }
    expect(new Set(texts).size).toBe(texts.length);
  });

  test('has each dead-letter queue in the page that tells what lands where', () => {
    const page = readFileSync(path.resolve(__dirname, '../../docs/operations.md'), 'utf8');
    for (const [, { Properties }] of alarmsIn(alarmed)) {
      const [what] = written(Properties.AlarmDescription).split('. They are kept');
      if (!/\bIt\b/.test(what)) expect(page).toContain(what.replace(/: (those|events) .*$/, ''));
    }
  });
});

test('a handler of another stack, which depends on the queue, makes no circle with the alarm', () => {
  const app = new App();
  const handler = usersFunction(new Stack(app, 'Theirs'), 'Handler') as lambda.Function;
  new QueueWorker(new Stack(app, 'Stack'), 'It', { handler, alarms: {} });
  expect(() => app.synth()).not.toThrow();
});
