import type { GetSecretValueCommandInput } from '@aws-sdk/client-secrets-manager';
import { JsonClient, type JsonService } from './json-protocol';
import type { ClientOptions } from './service-client';

export interface SecretsManager {
  /** A secret that is text. */
  getSecretValue(input: GetSecretValueCommandInput): Promise<{ SecretString?: string; VersionId?: string }>;
}

export const SECRETS_MANAGER: JsonService = {
  id: 'SECRETS_MANAGER',
  host: 'secretsmanager',
  signing: 'secretsmanager',
  target: 'secretsmanager',
  version: '1.1',
};

export class SecretsManagerClient implements SecretsManager {
  private readonly client: JsonClient;

  constructor(options?: ClientOptions) {
    this.client = new JsonClient(SECRETS_MANAGER, options);
  }

  getSecretValue(input: GetSecretValueCommandInput) {
    return this.client.call<{ SecretString?: string; VersionId?: string }>('GetSecretValue', input);
  }
}
