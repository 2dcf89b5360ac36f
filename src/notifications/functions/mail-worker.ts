import { systemClock } from '../../runtime/clock';
import { logger, optionalSetting, settings, table } from '../../runtime/entry';
import { readEvent } from '../../runtime/events';
import { counter } from '../../runtime/metrics';
import { queueHandler } from '../../runtime/queue';
import { Quota } from '../../runtime/quota';
import { MailTable } from '../adapters/mail-table';
import {
  MAIL_ENV,
  NOTIFICATIONS_ENV,
  NOTIFICATIONS_ITEMS,
  NOTIFICATIONS_METRICS,
  RECIPIENT_SECONDS,
} from '../contract';
import type { Mailbox, Mailer } from '../domain/mail';
import { orderMail } from '../domain/order-mail';
import { type Sending, sendOnce } from '../domain/send-once';
import { events } from './mail-worker.events.generated';

const env = settings([
  NOTIFICATIONS_ENV.TABLE,
  NOTIFICATIONS_ENV.SHOP_NAME,
  NOTIFICATIONS_ENV.DEFAULT_LANGUAGE,
  NOTIFICATIONS_ENV.MAILS_PER_RECIPIENT,
]);
const count = counter(NOTIFICATIONS_METRICS.DIMENSION);

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
  const mails = table(env[NOTIFICATIONS_ENV.TABLE]);
  const records = new MailTable(mails);
  const most = Number(env[NOTIFICATIONS_ENV.MAILS_PER_RECIPIENT]);
  const limit = { most, seconds: RECIPIENT_SECONDS };
  const recipients = most > 0 ? new Quota(mails, NOTIFICATIONS_ITEMS.RECIPIENT_PREFIX, limit) : undefined;
  return queueHandler({
    parse: (body) => {
      const { id, data } = readEvent(body, events);
      return { mail: orderMail(id, data, shop), order: data.number };
    },
    handle: async ({ mail, order }) => {
      const sending = await sendOnce(mail, { mailer, records, recipients, clock: systemClock });
      const metric = METRIC[sending];
      if (metric) count({ [metric]: 1 });
      // Neither the event's id nor its data: an order's id opens the order, and the rest is private.
      logger.info(TOLD[sending], { order });
    },
  });
}

const METRIC: Partial<Record<Sending, string>> = {
  sent: NOTIFICATIONS_METRICS.SENT,
  'sent, not recorded': NOTIFICATIONS_METRICS.SENT,
  withheld: NOTIFICATIONS_METRICS.WITHHELD,
};

const TOLD = {
  sent: 'Sent an order mail',
  'sent before': 'The order mail was sent before',
  withheld: 'Withheld an order mail: its mailbox got as many today as it may',
  'sent, not recorded': 'Sent an order mail, which is not recorded: if its event comes once more, so does the mail',
};
