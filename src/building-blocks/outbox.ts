import { Duration, type RemovalPolicy } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { OUTBOX } from '../runtime/contract';
import type { AlarmSettings } from './alarm-settings';
import { BundledFunction } from './bundled-function';
import { acknowledgeCaller } from './callers';
import { EVENT_SOURCE_PREFIX, OUTBOX_ENV } from './contract';
import { alarmOnDeadLetters, allowEventBridge, deadLetterQueue, queueSecurity } from './dead-letters';
import type { FunctionSettings } from './function-settings';
import { allow, allowKey, allowOnItems } from './permissions';
import { privateBucket } from './private-bucket';
import { Mistakes } from './validation';

export interface OutboxProps {
  /** The context's table; its stream must carry new images. */
  readonly table: dynamodb.ITableV2;
  readonly bus: events.IEventBus;
  /** What tells these events from those of others on the bus. */
  readonly eventResource: string;
  /** Name of the context, the last part of its events' source. */
  readonly context: string;
  readonly encryptionKey?: kms.IKey;
  readonly removalPolicy?: RemovalPolicy;
  readonly alarms?: AlarmSettings;
  readonly functions?: FunctionSettings;
}

/**
 * Publishes a context's events to the bus: each event is an item written in the same transaction as the change,
 * so no change goes untold and nothing is told that did not happen.
 */
export class Outbox extends Construct {
  /** Reads the table's stream and publishes. */
  readonly publisher: lambda.Function;
  /** Looks every few minutes for events that were not published, and publishes them. */
  readonly sweeper: lambda.Function;
  /** Stream records whose events could not be published; the sweeper goes on trying while their items exist. */
  readonly failures: s3.Bucket;
  /** Runs of the sweeper that failed, or that could not be started. */
  readonly failedSweeps: sqs.Queue;

  constructor(scope: Construct, id: string, props: OutboxProps) {
    super(scope, id);
    const { table, bus, functions } = props;
    const environment = {
      [OUTBOX_ENV.TABLE]: table.tableName,
      [OUTBOX_ENV.RESOURCE]: props.eventResource,
      [OUTBOX_ENV.BUS]: bus.eventBusName,
      [OUTBOX_ENV.SOURCE]: `${EVENT_SOURCE_PREFIX}.${props.context}`,
    };
    this.failures = privateBucket(this, 'Failures', {
      encryptionKey: props.encryptionKey,
      removalPolicy: props.removalPolicy,
      lifecycleRules: [{ expiration: Duration.days(90) }],
    });

    this.publisher = new BundledFunction(this, 'Publisher', {
      bundle: 'outbox-publisher',
      description: `Publishes the events of ${props.context} to the bus`,
      environment,
      timeout: Duration.seconds(30),
      settings: functions,
    });
    allowOnItems(this.publisher, table, [OUTBOX.PREFIX], 'DeleteItem');
    bus.grantPutEventsTo(this.publisher);
    new Mistakes(this).when(
      !table.tableStreamArn,
      'The table has no stream, through which its events are published. Turn on a stream of NEW_IMAGE and import the table with TableV2.fromTableAttributes({ tableName, tableStreamArn }).',
    );
    if (table.tableStreamArn) {
      allow(
        this.publisher,
        ['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams'].map((action) => `dynamodb:${action}`),
        table.tableStreamArn,
      );
      this.publisher.addEventSourceMapping('Stream', {
        eventSourceArn: table.tableStreamArn,
        startingPosition: lambda.StartingPosition.TRIM_HORIZON,
        batchSize: 100,
        retryAttempts: 10,
        bisectBatchOnError: true,
        reportBatchItemFailures: true,
        // Metadata alone would be lost with the stream after 24 hours; S3 keeps the records themselves.
        onFailure: failureBucket(this.failures),
        filters: [
          lambda.FilterCriteria.filter({
            eventName: lambda.FilterRule.isEqual('INSERT'),
            dynamodb: { Keys: { pk: { S: lambda.FilterRule.beginsWith(OUTBOX.PREFIX) } } },
          }),
        ],
      });
      acknowledgeCaller(this.publisher, 'stream');
    }

    this.failedSweeps = deadLetterQueue(this, 'FailedSweeps', queueSecurity(props.encryptionKey));
    this.sweeper = new BundledFunction(this, 'Sweeper', {
      bundle: 'outbox-sweeper',
      description: `Publishes events of ${props.context} that were missed`,
      environment,
      // Ends before the next one begins.
      timeout: Duration.minutes(4),
      deadLetterQueue: this.failedSweeps,
      settings: functions,
    });
    allowOnItems(this.sweeper, table, [OUTBOX.PREFIX], 'Query', 'DeleteItem');
    bus.grantPutEventsTo(this.sweeper);
    allowEventBridge(props.encryptionKey);
    new events.Rule(this, 'Sweep', {
      description: `Looks for unpublished events of ${props.context}`,
      schedule: events.Schedule.rate(Duration.minutes(5)),
      targets: [new targets.LambdaFunction(this.sweeper, { deadLetterQueue: this.failedSweeps })],
    });
    alarmOnDeadLetters(
      this.failedSweeps,
      {
        what: `Searches for unpublished events of ${props.context} that failed`,
        remedy: `Why is in the log of ${this.sweeper.functionName}. Nothing is to be moved on, the next search finds the same events; once one succeeds: aws sqs purge-queue --queue-url ${this.failedSweeps.queueUrl}`,
      },
      props.alarms,
    );
  }

  /** Age of the last record of a batch when it was read, in milliseconds; records are lost after 24 hours. */
  metricIteratorAge(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.publisher.metric('IteratorAge', { statistic: 'Maximum', ...options });
  }

  /** Runs of the sweeper that failed and wait in their dead-letter queue. */
  metricFailedSweeps(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.failedSweeps.metricApproximateNumberOfMessagesVisible(options);
  }
}

/** The bucket as the place for a stream's failed batches, with no more permissions than that takes. */
function failureBucket(bucket: s3.Bucket): lambda.IEventSourceDlq {
  return {
    bind: (_mapping, handler) => {
      allow(handler, ['s3:PutObject'], bucket.arnForObjects('aws/lambda/*'));
      allow(handler, ['s3:ListBucket'], bucket.bucketArn);
      allowKey(handler, bucket.encryptionKey);
      return { destination: bucket.bucketArn };
    },
  };
}
