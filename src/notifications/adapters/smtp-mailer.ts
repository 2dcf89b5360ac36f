import { createHash } from 'node:crypto';
import { createTransport } from 'nodemailer';
import type { SecretsManager } from '../../runtime/aws/secrets-manager';
import { remainingMs } from '../../runtime/budget';
import { type Mail, type Mailbox, type Mailer, MailServiceBusy, mailRefused, safeMailbox } from '../domain/mail';

export interface SmtpServer {
  readonly host: string;
  readonly port: number;
  readonly secretArn: string;
}

interface Credentials {
  readonly user: string;
  readonly pass: string;
}

/** What nodemailer adds to its errors. */
interface SmtpError extends Error {
  readonly code?: string;
  /** The server's reply code. */
  readonly responseCode?: number;
  /** What it replied to. */
  readonly command?: string;
  /** The system's own code, where there is no connection. */
  readonly originalCode?: string;
  /** What took too long. */
  readonly timeoutType?: string;
}

/** Port on which a server speaks TLS from the first byte; on the others it must offer STARTTLS. */
const IMPLICIT_TLS_PORT = 465;
const CONNECTION_TIMEOUT_MS = 5000;
/** A server may take its time to look at a mail; whoever gives up then does not know whether it was taken. */
const REPLY_TIMEOUT_MS = 30_000;
const SHORTEST_TIMEOUT_MS = 1000;

/** Sends through a mail server, never unencrypted. */
export class SmtpMailer implements Mailer {
  private credentials?: Promise<Credentials>;

  constructor(
    private readonly secrets: SecretsManager,
    private readonly from: Mailbox,
    private readonly server: SmtpServer,
  ) {}

  async send({ id, to, subject, text, html }: Mail): Promise<void> {
    const { name, email } = safeMailbox(to);
    const auth = await this.signIn();
    try {
      await this.transport(auth).sendMail({
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
      this.credentials = undefined;
      throw failureOf(error as SmtpError);
    }
  }

  private async signIn(): Promise<Credentials> {
    this.credentials ??= this.readCredentials();
    try {
      return await this.credentials;
    } catch (error) {
      this.credentials = undefined;
      throw error;
    }
  }

  private async readCredentials(): Promise<Credentials> {
    const { SecretString = '' } = await this.secrets.getSecretValue({ SecretId: this.server.secretArn });
    return credentialsOf(SecretString);
  }

  private transport(auth: Credentials) {
    const { host, port } = this.server;
    const atMost = (milliseconds: number) => Math.max(SHORTEST_TIMEOUT_MS, Math.min(milliseconds, remainingMs()));
    return createTransport({
      host,
      port,
      secure: port === IMPLICIT_TLS_PORT,
      requireTLS: true,
      auth,
      connectionTimeout: atMost(CONNECTION_TIMEOUT_MS),
      greetingTimeout: atMost(CONNECTION_TIMEOUT_MS),
      socketTimeout: atMost(REPLY_TIMEOUT_MS),
      disableFileAccess: true,
      disableUrlAccess: true,
    });
  }
}

/** Failures before anything of a mail was sent; after that a lost connection does not tell whether it was taken. */
const NOT_CONNECTED = [
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'CONNECT_TIMEOUT',
  'GREETING_TIMEOUT',
  'UPGRADE_TIMEOUT',
];

/** Replies to these are about the mail; what a server says to others is about the shop and its server. */
const COMMANDS_ABOUT_THE_MAIL = ['RCPT TO', 'DATA'];

/** A server's words may repeat the address, so that only their code is told. */
function failureOf(error: SmtpError): Error {
  const { responseCode = 0, command = '', originalCode = '', timeoutType = '' } = error;
  if (responseCode >= 400 && responseCode < 500) return new MailServiceBusy(`SMTP ${responseCode} to ${command}`);
  if (responseCode >= 500 && COMMANDS_ABOUT_THE_MAIL.includes(command)) {
    return mailRefused(`SMTP ${responseCode} to ${command}`);
  }
  if (responseCode > 0) return new Error(`The mail server answers SMTP ${responseCode} to ${command}.`);
  const why = [originalCode, timeoutType].find((name) => NOT_CONNECTED.includes(name));
  return why ? new MailServiceBusy(`The mail server cannot be reached: ${why}`) : error;
}

function credentialsOf(secret: string): Credentials {
  const { username, password } = parsed(secret);
  if (typeof username !== 'string' || typeof password !== 'string') {
    throw new Error('The secret of the mail server must be JSON with "username" and "password".');
  }
  return { user: username, pass: password };
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
