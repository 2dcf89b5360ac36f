import { Tokenization } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type { BundleName } from '../building-blocks/bundles.generated';
import { acknowledgeWildcard, allow } from '../building-blocks/permissions';
import { Mistakes } from '../building-blocks/validation';
import { MAIL_ENV } from './contract';

/** Options of MailTransport.ses. */
export interface SesMailTransportOptions {
  /** Address that mails come from. It, or its domain, must be a verified identity of SES in the stack's region. */
  readonly from: string;

  /**
   * Name of the configuration set to send with.
   *
   * @default - the identity's own, if it has one
   */
  readonly configurationSet?: string;
}

/** Options of MailTransport.smtp. */
export interface SmtpMailTransportOptions {
  /** Host name of the mail server. Its certificate must be valid for it. */
  readonly host: string;

  /**
   * Port of the mail server: 465 for TLS from the first byte, any other for STARTTLS, which is required.
   *
   * @default 587
   */
  readonly port?: number;

  /** Secret with the JSON object `{"username": "…", "password": "…"}`. */
  readonly secret: secretsmanager.ISecret;

  /** Address that mails come from. */
  readonly from: string;
}

/** Options of MailTransport.custom. */
export interface CustomMailTransportOptions {
  /** The function that sends. */
  readonly handler: lambda.IFunction;
}

const ADDRESS = /^[^\s@<>",;]+@[^\s@<>",;]+$/;

/**
 * How mail is sent.
 */
export class MailTransport {
  /**
   * Amazon SES. A new account is in SES's sandbox and may send to verified addresses only: ask for production access in
   * the SES console.
   */
  static ses(options: SesMailTransportOptions): MailTransport {
    const { from, configurationSet } = options;
    return new MailTransport('mail-worker-ses', (worker) => {
      checkFrom(worker, from);
      worker.addEnvironment(MAIL_ENV.FROM, from);
      worker.addEnvironment(MAIL_ENV.CONFIGURATION_SET, configurationSet ?? '');
      // SES asks for the sender's identity, for those of recipients that it knows (in its sandbox, all of them), and for
      // the configuration set that an identity has by default. The condition keeps it to one sender.
      const actions = ['ses:SendEmail'];
      const sending = new iam.PolicyStatement({
        actions,
        resources: ['*'],
        conditions: { StringEquals: { 'ses:FromAddress': from } },
      });
      // A policy of its own, which no reason covers that is given for another statement.
      const policy = new iam.Policy(worker.node.scope ?? worker, `${worker.node.id}Sending`, { statements: [sending] });
      worker.role?.attachInlinePolicy(policy);
      worker.node.addDependency(policy);
      acknowledgeWildcard(
        policy,
        '*',
        actions,
        'SES asks for identities of recipients too; a condition fixes the sender.',
      );
    });
  }

  /** A mail server (SendGrid, Mailgun, one's own), over TLS. */
  static smtp(options: SmtpMailTransportOptions): MailTransport {
    const { host, port = 587, secret, from } = options;
    return new MailTransport('mail-worker-smtp', (worker) => {
      checkFrom(worker, from);
      const mistakes = new Mistakes(worker);
      mistakes.when(host.trim() === '', 'host is empty; it must be the host name of a mail server.');
      mistakes.unlessWhole('port', port, 1, 65535);
      worker.addEnvironment(MAIL_ENV.FROM, from);
      worker.addEnvironment(MAIL_ENV.SMTP_HOST, host);
      worker.addEnvironment(MAIL_ENV.SMTP_PORT, Tokenization.stringifyNumber(port));
      worker.addEnvironment(MAIL_ENV.SMTP_SECRET, secret.secretArn);
      secret.encryptionKey?.grantDecrypt(worker);
      // An imported secret's ARN may lack the six characters that Secrets Manager adds to its name.
      allow(worker, ['secretsmanager:GetSecretValue'], secret.secretFullArn ?? `${secret.secretArn}-??????`);
    });
  }

  /**
   * A function of one's own.
   *
   * It is called once for each mail with `{schemaVersion: 1, id, fromName, to: {name, email}, language, subject, text,
   * html}` and has 40 seconds. What it returns is ignored. When it throws an error whose name is `MailServiceBusy`, the
   * mail waits until its service has time; `MailRefused` sends it to the dead-letter queue at once; after any other error
   * it is tried again with the same `id`.
   */
  static custom(options: CustomMailTransportOptions): MailTransport {
    const { handler } = options;
    return new MailTransport('mail-worker-custom', (worker) => {
      worker.addEnvironment(MAIL_ENV.HANDLER, handler.functionArn);
      allow(worker, ['lambda:InvokeFunction'], handler.functionArn);
    });
  }

  /**
   * The worker that sends so.
   *
   * @internal
   */
  readonly _bundle: BundleName;

  /**
   * Gives the worker what it needs to send.
   *
   * @internal
   */
  readonly _bind: (worker: lambda.Function) => void;

  private constructor(bundle: BundleName, bind: (worker: lambda.Function) => void) {
    this._bundle = bundle;
    this._bind = bind;
  }
}

function checkFrom(worker: lambda.Function, from: string): void {
  new Mistakes(worker).unlessMatching(
    from,
    ADDRESS,
    `from is "${from}"; it must be an address alone, such as shop@example.com. The shop's name is put before it.`,
  );
}
