import {
  GetSecretValueCommand,
  SecretsManagerClient as Sdk,
  type SecretsManagerClientConfig,
} from '@aws-sdk/client-secrets-manager';
import type { SecretsManager } from '../../../src/runtime/aws/secrets-manager';
import { withOurErrors } from './errors';

export class SecretsManagerClient implements SecretsManager {
  private readonly client: Sdk;

  constructor(config: SecretsManagerClientConfig = {}) {
    this.client = new Sdk(config);
  }

  getSecretValue: SecretsManager['getSecretValue'] = (input) =>
    withOurErrors(this.client.send(new GetSecretValueCommand(input)));
}
