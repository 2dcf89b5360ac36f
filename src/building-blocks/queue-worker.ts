import { Duration } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { acknowledge } from './permissions';
import { Mistakes } from './validation';

/** Properties of a QueueWorker. */
export interface QueueWorkerProps {
  /**
   * The function that works off the queue. It must report partial batch failures
   * (`batchItemFailures`), so that one bad message does not repeat its neighbours.
   */
  readonly worker: lambda.Function;

  /**
   * Messages handed over in one call, 1 to 10.
   *
   * @default 10
   */
  readonly batchSize?: number;

  /**
   * Most calls of the worker at one time, 2 to 1000.
   *
   * @default - as many as the account allows
   */
  readonly maxConcurrency?: number;

  /**
   * How often a message is tried before it goes to the dead-letter queue.
   *
   * @default 5
   */
  readonly maxReceiveCount?: number;

  /**
   * How long a message waits at most.
   *
   * @default Duration.days(4)
   */
  readonly retention?: Duration;

  /**
   * Key that encrypts both queues. A service that sends to the queue must be allowed to use it.
   *
   * @default - encrypted by SQS with a key of its own
   */
  readonly encryptionKey?: kms.IKey;
}

/**
 * A queue, the function that works it off, and a dead-letter queue for what fails for good.
 *
 * Absorbs peaks: senders are never slowed down by the worker. A message is delivered at least once.
 */
export class QueueWorker extends Construct {
  /** The queue to send to. */
  readonly queue: sqs.Queue;

  /** Where messages go that failed for good; kept 14 days, to be looked at and redriven. */
  readonly deadLetterQueue: sqs.Queue;

  constructor(scope: Construct, id: string, props: QueueWorkerProps) {
    super(scope, id);
    const { worker, batchSize = 10, maxConcurrency, maxReceiveCount = 5 } = props;
    const mistakes = new Mistakes(this);
    const badBatch = mistakes.when(
      !Number.isInteger(batchSize) || batchSize < 1 || batchSize > 10,
      `batchSize is ${batchSize}; it must be a whole number from 1 to 10.`,
    );
    const badConcurrency = mistakes.when(
      maxConcurrency !== undefined && (maxConcurrency < 2 || maxConcurrency > 1000),
      `maxConcurrency is ${maxConcurrency}; SQS allows 2 to 1000.`,
    );
    mistakes.when(maxReceiveCount < 1, `maxReceiveCount is ${maxReceiveCount}; it must be 1 or more.`);

    const encryption = props.encryptionKey
      ? { encryption: sqs.QueueEncryption.KMS, encryptionMasterKey: props.encryptionKey }
      : { encryption: sqs.QueueEncryption.SQS_MANAGED };
    this.deadLetterQueue = new sqs.Queue(this, 'DeadLetters', {
      ...encryption,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    // Six times the worker's time-out, as AWS advises for event source mappings: a batch that is
    // throttled and retried must not become visible to a second worker meanwhile.
    const timeout = worker.timeout ?? Duration.seconds(3);
    this.queue = new sqs.Queue(this, 'Queue', {
      ...encryption,
      enforceSSL: true,
      visibilityTimeout: Duration.seconds(timeout.toSeconds() * 6),
      retentionPeriod: props.retention ?? Duration.days(4),
      deadLetterQueue: { queue: this.deadLetterQueue, maxReceiveCount: Math.max(1, maxReceiveCount) },
    });
    worker.addEventSource(
      new SqsEventSource(this.queue, {
        batchSize: badBatch ? 10 : batchSize,
        maxConcurrency: badConcurrency ? undefined : maxConcurrency,
        reportBatchItemFailures: true,
      }),
    );
    acknowledge(this.deadLetterQueue, {
      'Serverless::Serverless-SQSRedrivePolicy': 'It is itself where messages are redriven from.',
    });
    acknowledge(worker, {
      'Serverless::Serverless-LambdaEventSourceMappingDestination':
        'A mapping of a queue takes no destination: what fails for good goes to the dead-letter queue.',
    });
  }

  /**
   * Sends the events that match a rule to the queue. What cannot be sent goes to the dead-letter queue.
   *
   * @param id of the rule, unique in this worker
   * @param rule what to listen to; its targets are served as well
   */
  listenTo(id: string, rule: events.RuleProps): events.Rule {
    const listening = new events.Rule(this, id, rule);
    listening.addTarget(new targets.SqsQueue(this.queue, { deadLetterQueue: this.deadLetterQueue }));
    return listening;
  }

  /** Allows sending to the queue. */
  grantSendMessages(grantee: iam.IGrantable): iam.Grant {
    return this.queue.grantSendMessages(grantee);
  }

  /** Age of the oldest message that waits, in seconds: the best sign of a worker that cannot keep up. */
  metricAge(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.queue.metricApproximateAgeOfOldestMessage(options);
  }

  /** Messages that failed for good and wait in the dead-letter queue. */
  metricDeadLetters(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.deadLetterQueue.metricApproximateNumberOfMessagesVisible(options);
  }
}
