import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { AlarmSettings } from './alarm-settings';
import { acknowledge, allowKey } from './permissions';

/** What who is woken by an alarm needs to know. */
export interface DeadLetters {
  /** What is in the queue, such as `Runs of the sweeper that failed`. */
  readonly what: string;
  /** Where to look, and what to do once the cause is mended; whole sentences. */
  readonly remedy: string;
}

/** As long as SQS keeps anything: over a holiday and a weekend. */
const KEPT = Duration.days(14);

/** A queue for what failed for good. */
export function deadLetterQueue(scope: Construct, id: string, props: sqs.QueueProps): sqs.Queue {
  const queue = new sqs.Queue(scope, id, { ...props, retentionPeriod: KEPT });
  acknowledge(queue, { 'Serverless-SQSRedrivePolicy': 'It is itself where messages are redriven from.' });
  return queue;
}

/** An alarm for each dead letter, if alarms are wanted. */
export function alarmOnDeadLetters(queue: sqs.Queue, { what, remedy }: DeadLetters, alarms?: AlarmSettings): void {
  if (!alarms) return;
  const alarm = new cloudwatch.Alarm(queue, 'Alarm', {
    alarmDescription: `${what}. They are kept for ${KEPT.toDays()} days in the queue ${queue.queueName}. ${remedy}`,
    metric: queue.metricApproximateNumberOfMessagesVisible(),
    threshold: 1,
    evaluationPeriods: 1,
    comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    // SQS measures nothing of a queue that has not been used for hours.
    treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
  });
  alarm.addAlarmAction(...(alarms.actions ?? []));
}

/** How dead letters are moved on with the AWS CLI. */
export function moveCommand(from: sqs.Queue, to: sqs.Queue): string {
  return `aws sqs start-message-move-task --source-arn ${from.queueArn} --destination-arn ${to.queueArn}`;
}

/** Encrypted at rest, and reached over TLS only. */
export function queueSecurity(encryptionKey?: kms.IKey): sqs.QueueProps {
  return {
    ...(encryptionKey
      ? { encryption: sqs.QueueEncryption.KMS, encryptionMasterKey: encryptionKey }
      : { encryption: sqs.QueueEncryption.SQS_MANAGED }),
    enforceSSL: true,
  };
}

/** EventBridge gives events to an encrypted queue with a key that it may use. */
export function allowEventBridge(encryptionKey?: kms.IKey): void {
  allowKey(new iam.ServicePrincipal('events.amazonaws.com'), encryptionKey);
}
