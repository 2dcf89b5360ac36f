import * as sdkDynamo from '../../../bench/first-call/sdk-clients/dynamodb';
import * as sdkEvents from '../../../bench/first-call/sdk-clients/eventbridge';
import * as sdkLambda from '../../../bench/first-call/sdk-clients/lambda';
import * as sdkS3 from '../../../bench/first-call/sdk-clients/s3';
import * as sdkSecrets from '../../../bench/first-call/sdk-clients/secrets-manager';
import * as sdkSes from '../../../bench/first-call/sdk-clients/sesv2';
import * as sdkStates from '../../../bench/first-call/sdk-clients/sfn';
import * as sdkSqs from '../../../bench/first-call/sdk-clients/sqs';
import { DynamoDbClient } from '../../../src/runtime/aws/dynamodb';
import { AwsError } from '../../../src/runtime/aws/error';
import { EventBridgeClient } from '../../../src/runtime/aws/eventbridge';
import { LambdaClient } from '../../../src/runtime/aws/lambda';
import { S3Client } from '../../../src/runtime/aws/s3';
import { SecretsManagerClient } from '../../../src/runtime/aws/secrets-manager';
import type { ClientOptions } from '../../../src/runtime/aws/service-client';
import { SesClient } from '../../../src/runtime/aws/sesv2';
import { StepFunctionsClient } from '../../../src/runtime/aws/sfn';
import { SqsClient } from '../../../src/runtime/aws/sqs';
import type { Clock } from '../../../src/runtime/clock';

/** Runs with waits of no length. */
export const IMPATIENT: Clock = { now: () => new Date(), sleep: async () => undefined, random: () => 0 };

/** Longer than any answer takes, however busy the machine is: only who gets none is to ask again for that reason. */
const PATIENT_MS = 10_000;

/** Every client of one side, by the environment's settings. */
export interface Side {
  readonly name: 'ours' | 'the SDK';
  readonly dynamoDb: () => DynamoDbClient | sdkDynamo.DynamoDbClient;
  readonly eventBridge: () => EventBridgeClient | sdkEvents.EventBridgeClient;
  readonly lambda: () => LambdaClient | sdkLambda.LambdaClient;
  readonly s3: () => S3Client | sdkS3.S3Client;
  readonly secrets: () => SecretsManagerClient | sdkSecrets.SecretsManagerClient;
  readonly ses: () => SesClient | sdkSes.SesClient;
  readonly sqs: () => SqsClient | sdkSqs.SqsClient;
  readonly stepFunctions: () => StepFunctionsClient | sdkStates.StepFunctionsClient;
}

export function ours(options: ClientOptions = within(PATIENT_MS)): Side {
  return {
    name: 'ours',
    dynamoDb: () => new DynamoDbClient(options),
    eventBridge: () => new EventBridgeClient(options),
    lambda: () => new LambdaClient(options),
    s3: () => new S3Client(options),
    secrets: () => new SecretsManagerClient(options),
    ses: () => new SesClient(options),
    sqs: () => new SqsClient(options),
    stepFunctions: () => new StepFunctionsClient(options),
  };
}

/** Settings of ours with which an attempt takes no longer, and waits between attempts are of no length. */
export function within(milliseconds: number): ClientOptions {
  return { clock: IMPATIENT, requestTimeoutMs: milliseconds, connectTimeoutMs: milliseconds };
}

/** The SDK's waits are of no length while `Math.random` gives 0. */
export function sdk(requestTimeout = PATIENT_MS): Side {
  const requestHandler = { requestTimeout, throwOnRequestTimeout: true };
  return {
    name: 'the SDK',
    dynamoDb: () => new sdkDynamo.DynamoDbClient({ requestHandler }),
    eventBridge: () => new sdkEvents.EventBridgeClient({ requestHandler }),
    lambda: () => new sdkLambda.LambdaClient({ requestHandler }),
    s3: () => new sdkS3.S3Client({ requestHandler }),
    secrets: () => new sdkSecrets.SecretsManagerClient({ requestHandler }),
    ses: () => new sdkSes.SesClient({ requestHandler }),
    sqs: () => new sdkSqs.SqsClient({ requestHandler }),
    stepFunctions: () => new sdkStates.StepFunctionsClient({ requestHandler }),
  };
}

/** What came of a call, comparable between the sides. */
export async function outcomeOf(call: () => Promise<unknown>): Promise<unknown> {
  try {
    const { $metadata, ...result } = ((await call()) ?? {}) as Record<string, unknown>;
    return { result };
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    const { name, message, status, item, cancellationReasons } = error;
    // Jest's errors of the network are not those that the SDK knows, and messages of no service are our own.
    if (status === 0) return 'no answer';
    return { name, status, ...(name !== 'SyntaxError' && { message }), item, cancellationReasons };
  }
}
