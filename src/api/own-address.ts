import { Annotations, Token } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { BundledFunction } from '../building-blocks/bundled-function';
import { acknowledge } from '../building-blocks/permissions';
import type { Mistakes } from '../building-blocks/validation';
import { ORIGIN } from '../runtime/contract';

/**
 * The address that the gateway gives an API, past every distribution. Once it is closed, functions answer only who
 * knows a secret that distributions send: an HTTP API itself knows neither WAF nor resource policies.
 */
export class OwnAddress {
  private readonly handlers = new Set<lambda.IFunction>();
  private readonly names: readonly string[];
  private secrets?: readonly secretsmanager.Secret[];

  /** @param names of the secrets, as the prop `originSecrets` has them */
  constructor(
    private readonly scope: Construct,
    names: readonly string[],
    mistakes: Mistakes,
  ) {
    const areNames = names.every((name) => !Token.isUnresolved(name) && /^[A-Za-z0-9]{1,20}$/.test(name));
    const wrong = mistakes.when(
      !areNames || names.length === 0 || new Set(names).size < names.length,
      `originSecrets is ${JSON.stringify(names)}; it must have one or more different names of 1 to 20 letters or digits.`,
    );
    this.names = wrong ? [] : names;
  }

  get isClosed(): boolean {
    return this.secrets !== undefined;
  }

  /** What a distribution sends with each request; nothing while the address is open. */
  get headers(): Record<string, string> {
    return this.secrets?.length ? { [ORIGIN.HEADER]: this.secrets[0].secretValue.unsafeUnwrap() } : {};
  }

  close(): void {
    if (this.isClosed) return;
    this.secrets = this.names.map((name) => this.secret(name));
    for (const handler of this.handlers) this.tell(handler);
  }

  /** A function that answers requests at this address. */
  answeredBy(handler: lambda.IFunction): void {
    if (this.handlers.has(handler)) return;
    this.handlers.add(handler);
    if (this.isClosed) this.tell(handler);
  }

  private secret(name: string): secretsmanager.Secret {
    const secret = new secretsmanager.Secret(this.scope, `OriginSecret${name}`, {
      description: 'Tells the functions of an API that a request comes through its distribution',
      generateSecretString: { passwordLength: 64, excludePunctuation: true },
    });
    acknowledge(secret, {
      'AwsSolutions-SMG4':
        'Who sends the secret and who checks it are changed by deployments, in an order: originSecrets says how.',
    });
    return secret;
  }

  /** Resolved by CloudFormation, so that a function needs no permission and no call to know its secrets. */
  private tell(handler: lambda.IFunction): void {
    const { secrets = [] } = this;
    if (handler instanceof lambda.Function) {
      handler.addEnvironment(ORIGIN.SECRETS_ENV, secrets.map((it) => it.secretValue.unsafeUnwrap()).join(' '));
    }
    if (handler instanceof BundledFunction) return;
    Annotations.of(handler).addWarningV2(
      'cdk-serverless-shop:unguardedHandler',
      `${handler.node.path} is not ours, so calls that pass the distribution by reach it unless it refuses them: it must compare the header ${ORIGIN.HEADER} with each of the words in its environment variable ${ORIGIN.SECRETS_ENV}.`,
    );
  }
}
