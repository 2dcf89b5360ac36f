import { createHash } from 'node:crypto';
import { createTransport, type Transporter } from 'nodemailer';
import type { Lambda } from '../../runtime/aws/lambda';
import type { SecretsManager } from '../../runtime/aws/secrets-manager';
import type { Ses } from '../../runtime/aws/sesv2';
import { headerValue, type Mail, type Mailbox, type Mailer, safeMailbox } from './mail';

/** Sends through Amazon SES. */
export class SesMailer implements Mailer {
  constructor(
    private readonly client: Ses,
    private readonly from: Mailbox,
    private readonly configurationSet?: string,
  ) {}

  async send({ to, subject, text, html }: Mail): Promise<void> {
    const content = (Data: string) => ({ Data, Charset: 'UTF-8' });
    await this.client.sendEmail({
      FromEmailAddress: headerValue(this.from),
      Destination: { ToAddresses: [headerValue(to)] },
      ConfigurationSetName: this.configurationSet,
      Content: { Simple: { Subject: content(subject), Body: { Text: content(text), Html: content(html) } } },
    });
  }
}

/** Port on which a server speaks TLS from the first byte; on the others it must offer STARTTLS. */
const IMPLICIT_TLS_PORT = 465;

/** Sends through a mail server, never unencrypted. */
export class SmtpMailer implements Mailer {
  private transporter?: Promise<Transporter>;

  constructor(
    private readonly secrets: SecretsManager,
    private readonly from: Mailbox,
    private readonly server: { readonly host: string; readonly port: number; readonly secretArn: string },
  ) {}

  async send({ id, to, subject, text, html }: Mail): Promise<void> {
    this.transporter ??= this.connect();
    try {
      const transporter = await this.transporter;
      const { name, email } = safeMailbox(to);
      await transporter.sendMail({
        from: { name: this.from.name, address: this.from.email },
        to: { name, address: email },
        subject,
        text,
        html,
        headers: { 'Auto-Submitted': 'auto-generated' },
        messageId: messageId(id, this.from.email),
      });
    } catch (error) {
      // The password may have been rotated: the next attempt reads it again.
      this.transporter = undefined;
      throw error;
    }
  }

  private async connect(): Promise<Transporter> {
    const { host, port, secretArn } = this.server;
    const { SecretString = '' } = await this.secrets.getSecretValue({ SecretId: secretArn });
    const { username, password } = credentialsOf(SecretString);
    return createTransport({
      host,
      port,
      secure: port === IMPLICIT_TLS_PORT,
      requireTLS: true,
      auth: { user: username, pass: password },
      connectionTimeout: 5000,
      greetingTimeout: 5000,
      socketTimeout: 10_000,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
  }
}

/** Calls a function of the user's with the mail. */
export class CustomMailer implements Mailer {
  constructor(
    private readonly client: Lambda,
    private readonly functionName: string,
    private readonly shopName: string,
  ) {}

  async send(mail: Mail): Promise<void> {
    const { id, language, subject, text, html } = mail;
    const request = {
      schemaVersion: 1,
      id,
      fromName: this.shopName,
      to: safeMailbox(mail.to),
      language,
      subject,
      text,
      html,
    };
    const reply = await this.client.invoke({ FunctionName: this.functionName, Payload: JSON.stringify(request) });
    // Its payload may repeat the mail, which is private: the function's own log tells what happened.
    if (reply.FunctionError) throw new Error(`The mail function failed: ${reply.FunctionError}.`);
  }
}

function credentialsOf(secret: string): { username: string; password: string } {
  const { username, password } = parsed(secret);
  if (typeof username !== 'string' || typeof password !== 'string') {
    throw new Error('The secret of the mail server must be JSON with "username" and "password".');
  }
  return { username, password };
}

function parsed(secret: string): { username?: unknown; password?: unknown } {
  try {
    return JSON.parse(secret) ?? {};
  } catch {
    return {};
  }
}

/**
 * The same for every attempt, so that mail programs can recognise a repetition. Mail servers log it and answers repeat
 * it, so the mail's id stands there as a hash: it holds an order's, by which the order is opened.
 */
function messageId(id: string, from: string): string {
  return `<${createHash('sha256').update(id).digest('base64url')}@${from.split('@')[1]}>`;
}
