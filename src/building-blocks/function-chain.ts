import { Duration } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as logs from 'aws-cdk-lib/aws-logs';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import * as tasks from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { Construct } from 'constructs';
import { expiringLogGroup } from './log-group';
import { acknowledgeWildcard } from './permissions';
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
   * (`{ Error, Cause }`). When it succeeds, so does the run.
   *
   * @default - the run fails
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
   * Whether runs are traced with X-Ray.
   *
   * @default true
   */
  readonly tracingEnabled?: boolean;
}

/** Name of the state that calls `onFailure`. */
const ON_FAILURE = 'OnFailure';

/**
 * Functions called one after the other by a state machine; each one's answer is the next one's input.
 */
export class FunctionChain extends Construct {
  /** The state machine that calls the functions. */
  readonly stateMachine: sfn.StateMachine;

  constructor(scope: Construct, id: string, props: FunctionChainProps) {
    super(scope, id);
    const names = props.steps.map(({ name }) => name);
    const mistakes = new Mistakes(this);
    mistakes.when(names.length === 0, 'steps is empty; a chain needs at least one step.');
    const repeated = names.filter((name, index) => names.indexOf(name) !== index);
    mistakes.when(repeated.length > 0, `steps are named twice: ${repeated.join(', ')}; each name must be unique.`);
    const unfit = names.filter((name) => !/^.{1,80}$/.test(name) || (name === ON_FAILURE && props.onFailure));
    for (const name of unfit) {
      mistakes.when(
        true,
        `a step is named "${name}"; a name has 1 to 80 characters, and ${ON_FAILURE} is taken by onFailure.`,
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
    const failure = props.onFailure
      ? new tasks.LambdaInvoke(states, ON_FAILURE, { lambdaFunction: props.onFailure, payloadResponseOnly: true })
      : undefined;
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
    for (const { handler } of props.steps) {
      acknowledgeWildcard(this.stateMachine, `${handler.functionArn}:*`, 'Versions and aliases of the function.');
    }
  }

  /** Allows starting a run. */
  grantStartExecution(grantee: iam.IGrantable): iam.Grant {
    return this.stateMachine.grantStartExecution(grantee);
  }

  /** Runs that failed. */
  metricFailed(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.stateMachine.metricFailed(options);
  }
}

function task(scope: Construct, step: FunctionChainStep, failure?: tasks.LambdaInvoke): tasks.LambdaInvoke {
  const task = new tasks.LambdaInvoke(scope, step.name, {
    lambdaFunction: step.handler,
    payloadResponseOnly: true,
    retryOnServiceExceptions: false,
  });
  if (step.finalErrors?.length) task.addRetry({ errors: step.finalErrors, maxAttempts: 0 });
  task.addRetry({
    errors: [sfn.Errors.ALL],
    maxAttempts: step.maxRetries ?? 2,
    interval: Duration.seconds(1),
    backoffRate: 2,
    jitterStrategy: sfn.JitterType.FULL,
  });
  if (failure) task.addCatch(failure, { errors: [sfn.Errors.ALL], resultPath: '$.error' });
  return task;
}
