import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';

/** Alarms that a construct sets: one for each of its dead-letter queues, which goes off as soon as something is in it. */
export interface AlarmSettings {
  /**
   * What is done when an alarm goes off, such as `new SnsAction(topic)`.
   *
   * @default - nothing; the alarm shows in CloudWatch
   */
  readonly actions?: cloudwatch.IAlarmAction[];
}
