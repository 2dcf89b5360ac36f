import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import * as tasks from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { Construct } from 'constructs';
import { acknowledgeWildcard } from './permissions';
import { Mistakes } from './validation';

/** One step of a FunctionChain. */
export interface FunctionChainStep {
  /** What the step is called in the console; unique in its chain. */
  readonly name: string;

  /** The function that does it. Its answer is the input of the next step. */
  readonly handler: lambda.IFunction;

  /**
   * How often the step is tried again after an error that may pass
   * (throttling, time-outs and faults of the Lambda service, and any error of the function itself).
   *
   * @default 2
   */
  readonly retries?: number;

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
   * Longest time of a run. Express state machines allow five minutes.
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
   * @default - three months
   */
  readonly logRetention?: logs.RetentionDays;

  /**
   * Key that encrypts the logs.
   *
   * @default - encrypted by CloudWatch Logs with a key of its own
   */
  readonly logEncryptionKey?: kms.IKey;
}

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
    const type = props.stateMachineType ?? sfn.StateMachineType.EXPRESS;
    const timeout = props.timeout ?? Duration.minutes(5);
    mistakes.when(
      type === sfn.StateMachineType.EXPRESS && timeout.toSeconds() > 300,
      `timeout is ${timeout.toHumanString()}; express state machines allow 5 minutes. Use StateMachineType.STANDARD for longer runs.`,
    );

    const failure = props.onFailure
      ? new tasks.LambdaInvoke(this, 'OnFailure', { lambdaFunction: props.onFailure, payloadResponseOnly: true })
      : undefined;
    const steps = props.steps
      .filter(({ name }, index) => names.indexOf(name) === index)
      .map((step) => this.task(step, failure));
    const definition: sfn.IChainable =
      steps.length > 0
        ? steps.slice(1).reduce<sfn.Chain>((chain, step) => chain.next(step), sfn.Chain.start(steps[0]))
        : new sfn.Pass(this, 'Nothing');

    this.stateMachine = new sfn.StateMachine(this, 'StateMachine', {
      definitionBody: sfn.DefinitionBody.fromChainable(definition),
      stateMachineType: type,
      timeout,
      tracingEnabled: true,
      logs: {
        // Input and output may hold private data, so they stay out of the log.
        includeExecutionData: false,
        level: sfn.LogLevel.ALL,
        destination: new logs.LogGroup(this, 'Logs', {
          retention: props.logRetention ?? logs.RetentionDays.THREE_MONTHS,
          encryptionKey: props.logEncryptionKey,
          removalPolicy: RemovalPolicy.DESTROY,
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

  private task(step: FunctionChainStep, failure?: tasks.LambdaInvoke): tasks.LambdaInvoke {
    const task = new tasks.LambdaInvoke(this, step.name, {
      lambdaFunction: step.handler,
      payloadResponseOnly: true,
      retryOnServiceExceptions: false,
    });
    if (step.finalErrors?.length) task.addRetry({ errors: step.finalErrors, maxAttempts: 0 });
    task.addRetry({
      errors: [sfn.Errors.ALL],
      maxAttempts: step.retries ?? 2,
      interval: Duration.seconds(1),
      backoffRate: 2,
      jitterStrategy: sfn.JitterType.FULL,
    });
    if (failure) task.addCatch(failure, { errors: [sfn.Errors.ALL], resultPath: '$.error' });
    return task;
  }
}
