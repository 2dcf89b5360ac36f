import type { SendEmailCommandInput } from '@aws-sdk/client-sesv2';
import type { Service } from './endpoint';
import { parseJson, restError } from './json-protocol';
import { type ClientOptions, ServiceClient } from './service-client';

export interface Ses {
  sendEmail(input: SendEmailCommandInput): Promise<{ MessageId?: string }>;
}

export const SES: Service = { id: 'SESV2', host: 'email', signing: 'ses' };

export class SesClient implements Ses {
  private readonly client: ServiceClient;

  constructor(options: ClientOptions = {}) {
    this.client = new ServiceClient(SES, options, restError);
  }

  sendEmail(input: SendEmailCommandInput) {
    return this.client.send(
      {
        method: 'POST',
        path: '/v2/email/outbound-emails',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(input),
      },
      (response) => parseJson(response) as { MessageId?: string },
    );
  }
}
