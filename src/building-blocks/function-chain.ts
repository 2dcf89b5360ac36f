import { Duration } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import * as tasks from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { propertyInjectable } from 'aws-cdk-lib/core/lib/prop-injectable';
import { Construct } from 'constructs';
import type { AlarmSettings } from './alarm-settings';
import { alarmOnDeadLetters, deadLetterQueue, queueSecurity } from './dead-letters';
import { expiringLogGroup } from './log-group';
import { acknowledge, acknowledgeKeyActions, acknowledgeWildcard } from './permissions';
import { Mistakes } from './validation';

/** One step of a FunctionChain. */
export interface FunctionChainStep {
  /** What the step is called in the console, 1 to 80 characters; unique in its chain. */
  readonly name: string;

  /** The function that does it. Its answer is the input of the next step. */
  readonly handler: lambda.IFunction;

  /**
   * How often the step is tried again after an error that may pass
   * (throttling, time-outs and faults of the Lambda service, and any error of the function itself), 0 to 100.
   *
   * @default 2
   */
  readonly maxRetries?: number;

  /**
   * Names of errors that trying again cannot mend, such as `InvalidImage`.
   *
   * @default - none
   */
  readonly finalErrors?: string[];
}

/** Properties of a FunctionChain. */
export interface FunctionChainProps {
  /** The steps, in order; at least one. */
  readonly steps: FunctionChainStep[];

  /**
   * Called when a step failed for good, with the failed step's input and the error under `error`
   * (`{ Error, Cause }`). When it succeeds, so does the run. Steps must then answer objects: an error cannot be added to
   * anything else.
   *
   * @default - the run fails, and its input goes to the dead-letter queue
   */
  readonly onFailure?: lambda.IFunction;

  /**
   * Longest time of a run, in whole seconds. Express state machines allow five minutes, standard ones a year.
   *
   * @default Duration.minutes(5)
   */
  readonly timeout?: Duration;

  /**
   * Standard machines run for up to a year and keep a history of every run; express ones cost a fraction.
   *
   * @default sfn.StateMachineType.EXPRESS
   */
  readonly stateMachineType?: sfn.StateMachineType;

  /**
   * How long the runs' logs are kept.
   *
   * @default logs.RetentionDays.THREE_MONTHS
   */
  readonly logRetention?: logs.RetentionDays;

  /**
   * Key that encrypts the logs. CloudWatch Logs is allowed to use it; the policy of an imported key must do so already.
   *
   * @default - encrypted by CloudWatch Logs with a key of its own
   */
  readonly logEncryptionKey?: kms.IKey;

  /**
   * Key that encrypts the dead-letter queue.
   *
   * @default - keys that AWS owns
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * Alarms on what failed for good.
   *
   * @default - none
   */
  readonly alarms?: AlarmSettings;

  /**
   * Whether runs are traced with X-Ray.
   *
   * @default true
   */
  readonly tracingEnabled?: boolean;
}

/** Names of the states beside the steps. */
const OWN_STATES = { ON_FAILURE: 'OnFailure', KEEP: 'KeepForLater', FAIL: 'Failed' };

/** What the CDK allows a state machine that logs, and one that is traced. */
const LOGGING_ACTIONS = [
  'CreateLogDelivery',
  'GetLogDelivery',
  'UpdateLogDelivery',
  'DeleteLogDelivery',
  'ListLogDeliveries',
  'PutResourcePolicy',
  'DescribeResourcePolicies',
  'DescribeLogGroups',
].map((action) => `logs:${action}`);
const TRACING_ACTIONS = ['PutTraceSegments', 'PutTelemetryRecords', 'GetSamplingRules', 'GetSamplingTargets'].map(
  (action) => `xray:${action}`,
);

/**
 * Functions called one after the other by a state machine; each one's answer is the next one's input.
 *
 * Of a run that fails, the dead-letter queue keeps `{ execution, input, error }`, with which it can be started again. Of
 * one that is stopped, or that takes longer than its time-out, the log alone tells.
 */
@propertyInjectable
export class FunctionChain extends Construct {
  /** What property injectors of the CDK know the construct by. */
  static readonly PROPERTY_INJECTION_ID: string = 'cdk-serverless-shop.FunctionChain';

  /** The state machine that calls the functions. */
  readonly stateMachine: sfn.StateMachine;

  /** What runs that failed were started with, and why they failed; kept 14 days. */
  readonly deadLetterQueue: sqs.Queue;

  constructor(scope: Construct, id: string, props: FunctionChainProps) {
    super(scope, id);
    const names = props.steps.map(({ name }) => name);
    const mistakes = new Mistakes(this);
    mistakes.when(names.length === 0, 'steps is empty; a chain needs at least one step.');
    const repeated = names.filter((name, index) => names.indexOf(name) !== index);
    mistakes.when(repeated.length > 0, `steps are named twice: ${repeated.join(', ')}; each name must be unique.`);
    const taken = Object.values(OWN_STATES);
    const unfit = names.filter((name) => !/^.{1,80}$/.test(name) || taken.includes(name));
    for (const name of unfit) {
      mistakes.when(
        true,
        `a step is named "${name}"; a name has 1 to 80 characters, and is none of ${taken.join(', ')}, which the chain itself uses.`,
      );
    }
    for (const { name, maxRetries } of props.steps)
      mistakes.unlessWhole(`maxRetries of step "${name}"`, maxRetries, 0, 100);
    const type = props.stateMachineType ?? sfn.StateMachineType.EXPRESS;
    const timeout = props.timeout ?? Duration.minutes(5);
    const [longest, allowed] =
      type === sfn.StateMachineType.EXPRESS
        ? [
            Duration.minutes(5),
            'express state machines allow 5 minutes. Use StateMachineType.STANDARD for longer runs.',
          ]
        : [Duration.days(365), 'standard state machines allow a year.'];
    mistakes.unlessSeconds(
      timeout,
      Duration.seconds(1),
      longest,
      `timeout is ${timeout.toHumanString()}; it must be whole seconds, and ${allowed}`,
    );

    // Their own scope, so that a step may be called whatever its user likes.
    const states = new Construct(this, 'Steps');
    this.deadLetterQueue = deadLetterQueue(this, 'DeadLetters', queueSecurity(props.encryptionKey));
    const failure = failureOf(states, this.deadLetterQueue, props.onFailure);
    const steps = props.steps
      .filter(({ name }, index) => names.indexOf(name) === index && !unfit.includes(name))
      .map((step) => task(states, step, failure));
    const definition: sfn.IChainable =
      steps.length > 0
        ? steps.slice(1).reduce<sfn.Chain>((chain, step) => chain.next(step), sfn.Chain.start(steps[0]))
        : new sfn.Pass(states, 'Nothing');

    this.stateMachine = new sfn.StateMachine(this, 'StateMachine', {
      definitionBody: sfn.DefinitionBody.fromChainable(definition),
      stateMachineType: type,
      timeout,
      tracingEnabled: props.tracingEnabled ?? true,
      logs: {
        // Input and output may hold private data, so they stay out of the log.
        includeExecutionData: false,
        level: sfn.LogLevel.ALL,
        destination: expiringLogGroup(this, 'Logs', {
          retention: props.logRetention,
          encryptionKey: props.logEncryptionKey,
        }),
      },
    });
    const tracing = props.tracingEnabled ?? true;
    acknowledgeWildcard(
      this.stateMachine,
      '*',
      [...LOGGING_ACTIONS, ...(tracing ? TRACING_ACTIONS : [])],
      `the delivery of logs${tracing ? ' and X-Ray know' : ' knows'} no resources that they could be limited to.`,
    );
    if (props.encryptionKey) acknowledgeKeyActions(this.stateMachine, 'kms:GenerateDataKey*');
    acknowledge(this.deadLetterQueue, {
      'AwsSolutions-SQS3': 'It is itself the dead-letter queue of a state machine, which the checker does not look at.',
    });
    alarmOnDeadLetters(
      this.deadLetterQueue,
      {
        what: `Runs of ${this.node.path} that failed`,
        remedy: `Why is in each message, under "error". Once that is mended: aws stepfunctions start-execution --state-machine-arn ${this.stateMachine.stateMachineArn} --input INPUT, with what each message has under "input", and delete it.`,
      },
      props.alarms,
    );
    for (const { handler } of props.steps) {
      acknowledgeWildcard(
        this.stateMachine,
        `${handler.functionArn}:*`,
        ['lambda:InvokeFunction'],
        'its versions and aliases, one of which a step may name.',
      );
    }
  }

  /** Allows starting a run. */
  grantStartExecution(grantee: iam.IGrantable): iam.Grant {
    return this.stateMachine.grantStartExecution(grantee);
  }

  /** Runs that failed, and wait in the dead-letter queue. */
  metricDeadLetters(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.deadLetterQueue.metricApproximateNumberOfMessagesVisible(options);
  }

  /** Runs that failed. */
  metricFailed(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.stateMachine.metricFailed(options);
  }
}

/** Where a step goes that failed for good. */
interface Failure {
  readonly next: sfn.IChainable;
  /** Where the next one finds the error. */
  readonly resultPath?: string;
}

/** A run's input and error are kept before it fails; `onFailure` may save it from that. */
function failureOf(states: Construct, queue: sqs.IQueue, onFailure?: lambda.IFunction): Failure {
  const keep = new tasks.SqsSendMessage(states, OWN_STATES.KEEP, {
    queue,
    // Of the run, not of the step: what starts it again. And an error can be put beside an object only.
    messageBody: sfn.TaskInput.fromObject({
      execution: sfn.JsonPath.executionId,
      input: sfn.JsonPath.executionInput,
      error: sfn.JsonPath.entirePayload,
    }),
    resultPath: sfn.JsonPath.DISCARD,
  });
  retryAll(keep, 3);
  keep.next(new sfn.Fail(states, OWN_STATES.FAIL, { errorPath: '$.Error', causePath: '$.Cause' }));
  if (!onFailure) return { next: keep };

  const mend = new tasks.LambdaInvoke(states, OWN_STATES.ON_FAILURE, {
    lambdaFunction: onFailure,
    payloadResponseOnly: true,
  });
  mend.addCatch(keep, { errors: [sfn.Errors.ALL] });
  return { next: mend, resultPath: '$.error' };
}

function retryAll(task: sfn.TaskStateBase, maxAttempts: number): void {
  task.addRetry({
    errors: [sfn.Errors.ALL],
    maxAttempts,
    interval: Duration.seconds(1),
    backoffRate: 2,
    jitterStrategy: sfn.JitterType.FULL,
  });
}

function task(scope: Construct, step: FunctionChainStep, failure: Failure): tasks.LambdaInvoke {
  const task = new tasks.LambdaInvoke(scope, step.name, {
    lambdaFunction: step.handler,
    payloadResponseOnly: true,
    retryOnServiceExceptions: false,
  });
  if (step.finalErrors?.length) task.addRetry({ errors: step.finalErrors, maxAttempts: 0 });
  retryAll(task, step.maxRetries ?? 2);
  task.addCatch(failure.next, { errors: [sfn.Errors.ALL], resultPath: failure.resultPath });
  return task;
}
