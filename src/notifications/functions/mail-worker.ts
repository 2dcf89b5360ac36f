import { systemClock } from '../../runtime/clock';
import { logger, optionalSetting, settings, table } from '../../runtime/entry';
import { readEvent } from '../../runtime/events';
import { queueHandler } from '../../runtime/queue';
import { MailTable } from '../adapters/mail-table';
import { MAIL_ENV, NOTIFICATIONS_ENV } from '../contract';
import type { Mailbox, Mailer } from '../domain/mail';
import { orderMail } from '../domain/order-mail';
import { sendOnce } from '../domain/send-once';
import { events } from './mail-worker.events.generated';

const env = settings([NOTIFICATIONS_ENV.TABLE, NOTIFICATIONS_ENV.SHOP_NAME, NOTIFICATIONS_ENV.DEFAULT_LANGUAGE]);

export const shop = {
  name: env[NOTIFICATIONS_ENV.SHOP_NAME],
  url: optionalSetting(NOTIFICATIONS_ENV.SHOP_URL),
  defaultLanguage: env[NOTIFICATIONS_ENV.DEFAULT_LANGUAGE],
};

/** Whom mails come from. */
export function sender(): Mailbox {
  return { name: shop.name, email: settings([MAIL_ENV.FROM])[MAIL_ENV.FROM] };
}

/** Sends a mail for each order on the queue. */
export function mailWorker(mailer: Mailer) {
  const records = new MailTable(table(env[NOTIFICATIONS_ENV.TABLE]));
  return queueHandler({
    parse: (body) => {
      const { id, data } = readEvent(body, events);
      return { mail: orderMail(id, data, shop), order: data.number };
    },
    handle: async ({ mail, order }) => {
      const sending = await sendOnce(mail, { mailer, records, clock: systemClock });
      // Neither the event's id nor its data: an order's id opens the order, and the rest is private.
      logger.info(TOLD[sending], { order });
    },
  });
}

const TOLD = {
  sent: 'Sent an order mail',
  'sent before': 'The order mail was sent before',
  'sent, not recorded': 'Sent an order mail, which is not recorded: if its event comes once more, so does the mail',
};
