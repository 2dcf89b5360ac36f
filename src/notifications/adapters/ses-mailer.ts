import { AwsError } from '../../runtime/aws/error';
import type { Ses } from '../../runtime/aws/sesv2';
import { headerValue, type Mail, type Mailbox, type Mailer, mailRefused } from '../domain/mail';

/** What SES says of a mail that it will never take, because of what is in it. */
const REFUSED = ['BadRequestException', 'MessageRejected'];

/** It says the same of an account that is in the sandbox, or whose sender is not verified yet: those are mended. */
const NOT_VERIFIED = /not verified/i;

/** Sends through Amazon SES. */
export class SesMailer implements Mailer {
  /** @param client without attempts of its own: whoever sends decides when to try again */
  constructor(
    private readonly client: Ses,
    private readonly from: Mailbox,
    private readonly configurationSet?: string,
  ) {}

  async send({ to, subject, text, html }: Mail): Promise<void> {
    const content = (Data: string) => ({ Data, Charset: 'UTF-8' });
    try {
      await this.client.sendEmail({
        FromEmailAddress: headerValue(this.from),
        Destination: { ToAddresses: [headerValue(to)] },
        ConfigurationSetName: this.configurationSet,
        Content: { Simple: { Subject: content(subject), Body: { Text: content(text), Html: content(html) } } },
      });
    } catch (error) {
      throw isRefusal(error) ? mailRefused(`SES ${error.name}`) : error;
    }
  }
}

function isRefusal(error: unknown): error is AwsError {
  return error instanceof AwsError && REFUSED.includes(error.name) && !NOT_VERIFIED.test(error.message);
}
