import { AwsError } from '../../runtime/aws/error';
import type { Ses } from '../../runtime/aws/sesv2';
import { headerValue, type Mail, type Mailbox, type Mailer, mailRefused } from '../domain/mail';

/** What SES says of a mail that it will never take: malformed, or from or to whom it must not be. */
const REFUSED = ['BadRequestException', 'MessageRejected'];

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
      throw error instanceof AwsError && REFUSED.includes(error.name) ? mailRefused(`SES ${error.name}`) : error;
    }
  }
}
