import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { dynamo, lambda, logger, optionalSetting, secrets, ses, settings } from '../../runtime/entry';
import { readEvent } from '../../runtime/events';
import { MAIL_ENV, MAIL_TRANSPORTS, NOTIFICATIONS_ENV } from '../contract';
import { type Mailer, oneLine } from '../domain/mail';
import { MailTable } from '../domain/mail-records';
import { CustomMailer, SesMailer, SmtpMailer } from '../domain/mailers';
import { orderMail } from '../domain/order-mail';
import { sendOnce } from '../domain/send-once';
import { events } from './mail-worker.events.generated';

const env = settings([
  NOTIFICATIONS_ENV.TABLE,
  NOTIFICATIONS_ENV.SHOP_NAME,
  NOTIFICATIONS_ENV.DEFAULT_LANGUAGE,
  MAIL_ENV.TRANSPORT,
]);
const shop = {
  name: env[NOTIFICATIONS_ENV.SHOP_NAME],
  url: optionalSetting(NOTIFICATIONS_ENV.SHOP_URL),
  defaultLanguage: env[NOTIFICATIONS_ENV.DEFAULT_LANGUAGE],
};
const records = new MailTable(dynamo(), env[NOTIFICATIONS_ENV.TABLE]);
const mailer = mailerOf(env[MAIL_ENV.TRANSPORT]);

export async function handler({ Records }: SQSEvent): Promise<SQSBatchResponse> {
  const batchItemFailures: SQSBatchResponse['batchItemFailures'] = [];
  for (const { messageId, body } of Records) {
    try {
      const { id, data } = readEvent(body, events);
      const sent = await sendOnce(orderMail(id, data, shop), mailer, records, () => new Date());
      // Neither the event's id nor its data: an order's id opens the order, and the rest is private.
      logger.info(sent ? 'Sent an order mail' : 'The order mail was sent before', { order: data.number });
    } catch (error) {
      logger.error('The order mail was not sent and is tried again', { messageId, cause: causeOf(error) });
      batchItemFailures.push({ itemIdentifier: messageId });
    }
  }
  return { batchItemFailures };
}

/** What went wrong, without addresses, which mail services like to repeat in their messages. */
function causeOf(error: unknown): { name: string; message: string } {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  return { name, message: oneLine(message).replace(/\S+@\S+/g, '<address>') };
}

function mailerOf(transport: string): Mailer {
  const from = () => ({ name: shop.name, email: settings([MAIL_ENV.FROM])[MAIL_ENV.FROM] });
  switch (transport) {
    case MAIL_TRANSPORTS.SES:
      return new SesMailer(ses(), from(), optionalSetting(MAIL_ENV.CONFIGURATION_SET));
    case MAIL_TRANSPORTS.SMTP: {
      const smtp = settings([MAIL_ENV.SMTP_HOST, MAIL_ENV.SMTP_PORT, MAIL_ENV.SMTP_SECRET]);
      return new SmtpMailer(secrets(), from(), {
        host: smtp[MAIL_ENV.SMTP_HOST],
        port: Number(smtp[MAIL_ENV.SMTP_PORT]),
        secretArn: smtp[MAIL_ENV.SMTP_SECRET],
      });
    }
    case MAIL_TRANSPORTS.CUSTOM:
      return new CustomMailer(lambda(), settings([MAIL_ENV.HANDLER])[MAIL_ENV.HANDLER], shop.name);
    default:
      throw new Error(`There is no mail transport ${transport}.`);
  }
}
