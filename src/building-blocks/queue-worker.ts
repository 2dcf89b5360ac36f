import { Duration, Stack } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { propertyInjectable } from 'aws-cdk-lib/core/lib/prop-injectable';
import { Construct } from 'constructs';
import { QUEUE_ENV } from '../runtime/contract';
import type { AlarmSettings } from './alarm-settings';
import { BundledFunction } from './bundled-function';
import { acknowledgeCaller } from './callers';
import { alarmOnDeadLetters, allowEventBridge, deadLetterQueue, moveCommand, queueSecurity } from './dead-letters';
import { acknowledge, allow, allowKey } from './permissions';
import { Mistakes } from './validation';

/** Properties of a QueueWorker. */
export interface QueueWorkerProps {
  /**
   * The function that works off the queue. It must report partial batch failures
   * (`batchItemFailures`), so that one bad message does not repeat its neighbours.
   */
  readonly handler: lambda.IFunction;

  /**
   * Messages handed over in one call, 1 to 10.
   *
   * @default 10
   */
  readonly batchSize?: number;

  /**
   * Most calls of the handler at one time, 2 to 1000.
   *
   * @default - as many as the account allows
   */
  readonly maxConcurrency?: number;

  /**
   * How often a message is tried before it goes to the dead-letter queue, 1 to 1000.
   *
   * @default 5
   */
  readonly maxReceiveCount?: number;

  /**
   * Keeps the order of the messages of each message group, and takes a message of the same content only once within
   * five minutes. A message that fails holds up its group.
   *
   * It cannot be changed once the queue is deployed without making a new queue.
   *
   * @default false
   */
  readonly fifo?: boolean;

  /**
   * How long a message waits at most, 1 minute to 14 days.
   *
   * @default Duration.days(4)
   */
  readonly retentionPeriod?: Duration;

  /**
   * How long a message that is being worked on is hidden from other calls, up to 12 hours; never shorter than the
   * handler's time-out.
   *
   * @default - six times the handler's time-out; 90 minutes where that is not known, as of an imported function
   */
  readonly visibilityTimeout?: Duration;

  /**
   * Key that encrypts the queues. Amazon EventBridge is allowed to use it for `listenTo`; the policy of an imported key
   * must do so already, and for other services that send to the queue.
   *
   * @default - keys that AWS owns
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * What the messages are, such as `Orders to invoice`; alarms begin so.
   *
   * @default - messages of the queue, named by its path in the app
   */
  readonly description?: string;

  /**
   * Alarms on what failed for good.
   *
   * @default - none
   */
  readonly alarms?: AlarmSettings;
}

/**
 * A queue, the function that works it off, and a dead-letter queue for what fails for good.
 *
 * Absorbs peaks: senders are never slowed down by the handler. A message is delivered at least once.
 */
@propertyInjectable
export class QueueWorker extends Construct {
  /** What property injectors of the CDK know the construct by. */
  static readonly PROPERTY_INJECTION_ID: string = 'cdk-serverless-shop.QueueWorker';

  /** The queue to send to. */
  readonly queue: sqs.Queue;

  /** Where messages go that failed for good; kept 14 days, to be looked at and redriven. */
  readonly deadLetterQueue: sqs.Queue;

  private readonly description: string;
  private readonly alarms?: AlarmSettings;
  private undelivered?: sqs.Queue;

  constructor(scope: Construct, id: string, props: QueueWorkerProps) {
    super(scope, id);
    const { handler, batchSize = 10, maxConcurrency, maxReceiveCount = 5, retentionPeriod = Duration.days(4) } = props;
    const { visibilityTimeout = sixTimes(timeoutOf(handler)), fifo = false, encryptionKey } = props;
    const mistakes = new Mistakes(this);
    const badBatch = mistakes.unlessWhole('batchSize', batchSize, 1, 10);
    const badConcurrency = mistakes.unlessWhole('maxConcurrency', maxConcurrency, 2, 1000);
    const badReceiveCount = mistakes.unlessWhole('maxReceiveCount', maxReceiveCount, 1, 1000);
    const badRetention = mistakes.unlessSeconds(
      retentionPeriod,
      Duration.minutes(1),
      Duration.days(14),
      `retentionPeriod is ${retentionPeriod.toHumanString()}; it must be whole seconds, from a minute to 14 days.`,
    );
    const badVisibility = mistakes.unlessSeconds(
      visibilityTimeout,
      timeoutOf(handler) ?? Duration.seconds(0),
      Duration.hours(12),
      `visibilityTimeout is ${visibilityTimeout.toHumanString()}; it must be whole seconds, from the handler's time-out to 12 hours.`,
    );

    this.description = props.description ?? `Messages of ${this.node.path}`;
    this.alarms = props.alarms;
    const order = fifo ? FIFO : undefined;
    const common = { ...queueSecurity(encryptionKey), ...order };
    this.deadLetterQueue = deadLetterQueue(this, 'DeadLetters', common);
    this.queue = new sqs.Queue(this, 'Queue', {
      ...common,
      visibilityTimeout: badVisibility ? undefined : visibilityTimeout,
      retentionPeriod: badRetention ? undefined : retentionPeriod,
      deadLetterQueue: { queue: this.deadLetterQueue, maxReceiveCount: badReceiveCount ? 5 : maxReceiveCount },
    });
    const before = new Set(handler.node.children);
    handler.addEventSource(
      new SqsEventSource(this.queue, {
        batchSize: badBatch ? 10 : batchSize,
        maxConcurrency: badConcurrency ? undefined : maxConcurrency,
        reportBatchItemFailures: true,
      }),
    );
    if (handler instanceof BundledFunction) {
      sendRefused(handler, this.queue, this.deadLetterQueue);
      allow(handler, ['sqs:SendMessage'], this.deadLetterQueue.queueArn);
      allowKey(handler, encryptionKey);
    }
    acknowledgeCaller(handler, 'queue');
    alarmOnDeadLetters(
      this.deadLetterQueue,
      {
        what: `${this.description}: those that failed for good`,
        remedy: `Why is in the log of ${this.nameOf(handler)}. Once that is mended: ${moveCommand(this.deadLetterQueue, this.queue)}`,
      },
      this.alarms,
    );
    // The handler may be the user's, and have other mappings.
    for (const mapping of handler.node.children.filter((child) => !before.has(child))) {
      acknowledge(mapping, {
        'Serverless-LambdaEventSourceMappingDestination':
          'A mapping of a queue takes no destination: what fails for good goes to the dead-letter queue.',
      });
    }
  }

  /**
   * Events that a rule of `listenTo` could not send to a FIFO queue; undefined where there are none to come. With a
   * standard queue they are among the dead letters; of a FIFO queue those cannot be, since EventBridge fills only
   * standard queues.
   */
  get undeliveredQueue(): sqs.Queue | undefined {
    return this.undelivered;
  }

  /**
   * Sends the events that match a rule to the queue. What cannot be sent goes to the dead-letter queue. A FIFO queue
   * works off the events of one rule in the order in which they come.
   *
   * @param id of the rule, unique in this worker
   * @param rule what to listen to; its targets are served as well
   */
  listenTo(id: string, rule: events.RuleProps): events.Rule {
    const listening = new events.Rule(this, id, rule);
    allowEventBridge(this.queue.encryptionMasterKey);
    listening.addTarget(
      new targets.SqsQueue(this.queue, {
        deadLetterQueue: this.queue.fifo ? this.queueOfUndelivered() : this.deadLetterQueue,
        messageGroupId: this.queue.fifo ? id : undefined,
      }),
    );
    return listening;
  }

  /** Allows sending to the queue. */
  grantSendMessages(grantee: iam.IGrantable): iam.Grant {
    return this.queue.grantSendMessages(grantee);
  }

  /** Allows moving the dead letters back into the queue (`sqs:StartMessageMoveTask`). */
  grantRedrive(grantee: iam.IGrantable): iam.Grant {
    const taking = ['StartMessageMoveTask', 'ListMessageMoveTasks', 'CancelMessageMoveTask', 'ReceiveMessage'];
    const actions = [...taking, 'DeleteMessage', 'GetQueueAttributes'].map((action) => `sqs:${action}`);
    allowKey(grantee, this.queue.encryptionMasterKey);
    return allow(grantee, actions, this.deadLetterQueue.queueArn).combine(
      allow(grantee, ['sqs:SendMessage'], this.queue.queueArn),
    );
  }

  /** Age of the oldest message that waits, in seconds: the best sign of a worker that cannot keep up. */
  metricAge(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.queue.metricApproximateAgeOfOldestMessage(options);
  }

  /** Messages that failed for good and wait in the dead-letter queue. */
  metricDeadLetters(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.deadLetterQueue.metricApproximateNumberOfMessagesVisible(options);
  }

  /** Events that a rule could not send to the queue: with a standard queue they are among the dead letters. */
  metricUndelivered(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return (this.undelivered ?? this.deadLetterQueue).metricApproximateNumberOfMessagesVisible(options);
  }

  /** A function of another stack is named by its path: that stack depends on this one already. */
  private nameOf({ functionName, node, stack }: lambda.IFunction): string {
    return stack === Stack.of(this) ? functionName : node.path;
  }

  private queueOfUndelivered(): sqs.Queue {
    if (!this.undelivered) {
      this.undelivered = deadLetterQueue(this, 'Undelivered', queueSecurity(this.queue.encryptionMasterKey));
      alarmOnDeadLetters(
        this.undelivered,
        {
          what: `${this.description}: events that EventBridge could not send to the queue`,
          remedy: `Why is in the attributes ERROR_CODE and ERROR_MESSAGE of each message, mostly a policy of the queue or its key. Once that is mended: aws sqs send-message --queue-url ${this.queue.queueUrl} --message-group-id again --message-body BODY, for the body of each, and delete it here.`,
        },
        this.alarms,
      );
      acknowledge(this.undelivered, {
        'AwsSolutions-SQS3': 'It is itself the dead-letter queue of rules, which the checker does not look at.',
      });
    }
    return this.undelivered;
  }
}

/** Groups neither wait for one another nor share a limit; EventBridge asks for deduplication by content. */
const FIFO: sqs.QueueProps = {
  fifo: true,
  contentBasedDeduplication: true,
  deduplicationScope: sqs.DeduplicationScope.MESSAGE_GROUP,
  fifoThroughputLimit: sqs.FifoThroughputLimit.PER_MESSAGE_GROUP_ID,
};

/** Of each function of ours, the settings of the queues that it works off. */
const REFUSED = new WeakMap<BundledFunction, string[]>();

/** A function that works off several queues refuses each message to the dead-letter queue of its own. */
function sendRefused(handler: BundledFunction, queue: sqs.IQueue, deadLetters: sqs.IQueue): void {
  const queues = [...(REFUSED.get(handler) ?? []), `${queue.queueArn}=${deadLetters.queueUrl}`];
  REFUSED.set(handler, queues);
  handler.addEnvironment(QUEUE_ENV.DEAD_LETTERS, queues.join(' '));
}

/** Time-out of a function, if it is known: of one that this app makes. */
function timeoutOf(handler: lambda.IFunction): Duration | undefined {
  const timeout = handler instanceof lambda.Function ? (handler.timeout ?? Duration.seconds(3)) : undefined;
  return timeout?.isUnresolved() ? undefined : timeout;
}

/**
 * Six times the handler's time-out, as AWS advises for event source mappings: a batch that is throttled and retried
 * must not become visible to a second call meanwhile.
 */
function sixTimes(timeout = Duration.minutes(15)): Duration {
  return Duration.seconds(timeout.toSeconds() * 6);
}
