import { SESv2Client, type SESv2ClientConfig, SendEmailCommand } from '@aws-sdk/client-sesv2';
import type { Ses } from '../../../src/runtime/aws/sesv2';
import { withOurErrors } from './errors';

export class SesClient implements Ses {
  private readonly client: SESv2Client;

  constructor(config: SESv2ClientConfig = {}) {
    this.client = new SESv2Client(config);
  }

  sendEmail: Ses['sendEmail'] = (input) => withOurErrors(this.client.send(new SendEmailCommand(input)));
}
