/**
 * The only place where functions meet their surroundings: settings from the environment, SDK clients, the logger.
 * Clients are made once per execution environment, when first asked for.
 */
import { Logger } from '@aws-lambda-powertools/logger';
import { SageMakerRuntimeClient, type SageMakerRuntimeClientConfig } from '@aws-sdk/client-sagemaker-runtime';
import { DynamoDbClient } from './aws/dynamodb';
import { EventBridgeClient } from './aws/eventbridge';
import { LambdaClient } from './aws/lambda';
import { S3Client } from './aws/s3';
import { SecretsManagerClient } from './aws/secrets-manager';
import type { ClientOptions } from './aws/service-client';
import { SesClient } from './aws/sesv2';
import { SqsClient } from './aws/sqs';
import { systemClock } from './clock';
import type { ObjectParts, Objects } from './objects';
import { S3Objects } from './s3-objects';
import { Table } from './table';

/**
 * Reads the named environment variables.
 *
 * @throws naming every one that is missing, so that one look at the log is enough.
 */
export function settings<const Names extends readonly string[]>(names: Names): Record<Names[number], string> {
  const missing = names.filter((name) => process.env[name] === undefined);
  if (missing.length > 0) throw new Error(`Environment variables are missing: ${missing.join(', ')}`);
  return Object.fromEntries(names.map((name) => [name, process.env[name]])) as Record<Names[number], string>;
}

/** An environment variable that may be absent or empty; empty counts as absent. */
export function optionalSetting(name: string): string | undefined {
  return process.env[name] || undefined;
}

export const logger = /* @__PURE__ */ new Logger();

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

export const eventBridge = /* @__PURE__ */ once(() => new EventBridgeClient());
export const sqs = /* @__PURE__ */ once(() => new SqsClient());
export const secrets = /* @__PURE__ */ once(() => new SecretsManagerClient());

const database = /* @__PURE__ */ once(() => new DynamoDbClient());
const objectStore = /* @__PURE__ */ once(() => new S3Client());

/** A table of DynamoDB by its name. */
export function table(name: string): Table {
  return new Table(database(), name, systemClock);
}

/** The objects of a bucket of S3 by its name. */
export function bucket(name: string): Objects & ObjectParts {
  return new S3Objects(objectStore(), name);
}

/** Amazon SES; whoever sends mail decides how often it is tried. */
export function ses(options?: ClientOptions): SesClient {
  return new SesClient(options);
}

/** Functions; how long one runs, and whether it may be called again, depends on which it is. */
export function lambda(options?: ClientOptions): LambdaClient {
  return new LambdaClient(options);
}

/** A client with its own time-outs and retries, since those depend on the model that is called. */
export function sageMakerRuntime(config: SageMakerRuntimeClientConfig): SageMakerRuntimeClient {
  return new SageMakerRuntimeClient(config);
}
