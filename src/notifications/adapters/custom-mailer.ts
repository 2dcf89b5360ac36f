import type { Lambda } from '../../runtime/aws/lambda';
import { MAIL_HANDLER_ERRORS } from '../contract';
import { type Mail, type Mailer, MailServiceBusy, mailRefused, safeMailbox } from '../domain/mail';

/** Calls a function of the user's with the mail. */
export class CustomMailer implements Mailer {
  /** @param client without attempts of its own: whoever sends decides when to try again */
  constructor(
    private readonly client: Lambda,
    private readonly functionName: string,
    private readonly shopName: string,
  ) {}

  async send({ to, ...mail }: Mail): Promise<void> {
    const request = { schemaVersion: 1, ...mail, fromName: this.shopName, to: safeMailbox(to) };
    const reply = await this.client.invoke({ FunctionName: this.functionName, Payload: JSON.stringify(request) });
    if (reply.FunctionError) throw failureOf(nameIn(reply.Payload));
  }
}

/** The message may repeat the mail, which is private: the function's own log tells what happened. */
function failureOf(name: string | undefined): Error {
  if (name === MAIL_HANDLER_ERRORS.BUSY) return new MailServiceBusy('The mail function says that its service is busy.');
  if (name === MAIL_HANDLER_ERRORS.REFUSED) return mailRefused('the mail function says so');
  return new Error('The mail function failed; its log tells why.');
}

/** The name of what the function threw. */
function nameIn(payload: Uint8Array): string | undefined {
  try {
    return JSON.parse(new TextDecoder().decode(payload)).errorType;
  } catch {
    return undefined;
  }
}
