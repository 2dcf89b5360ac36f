/** Names that the notifications' constructs and functions agree on. Literals only. */

export const NOTIFICATIONS_ENV = {
  TABLE: 'NOTIFICATIONS_TABLE_NAME',
  SHOP_NAME: 'SHOP_NAME',
  /** Origin of the shop's pages; empty when mails link to none. */
  SHOP_URL: 'SHOP_URL',
  DEFAULT_LANGUAGE: 'DEFAULT_LANGUAGE',
  /** Mails to one mailbox in a day; 0 for no limit. */
  MAILS_PER_RECIPIENT: 'MAILS_PER_RECIPIENT',
} as const;

export const NOTIFICATIONS_METRICS = {
  DIMENSION: 'Notifications',
  SENT: 'MailsSent',
  WITHHELD: 'MailsWithheld',
} as const;

/** Span of time in which the mails to one mailbox are counted. */
export const RECIPIENT_SECONDS = 24 * 60 * 60;

export const DEFAULT_MAILS_PER_RECIPIENT = 10;

/** What a mailbox's mails are counted in is read and written with each of them. */
export const MOST_MAILS_PER_RECIPIENT = 1000;

/** How a mail worker sends; each kind has its own bundle. */
export const MAIL_ENV = {
  FROM: 'MAIL_FROM',
  /** SES: configuration set, or empty. */
  CONFIGURATION_SET: 'MAIL_CONFIGURATION_SET',
  /** SMTP: host, port, and the ARN of the secret `{username, password}`. */
  SMTP_HOST: 'MAIL_SMTP_HOST',
  SMTP_PORT: 'MAIL_SMTP_PORT',
  SMTP_SECRET: 'MAIL_SMTP_SECRET_ARN',
  /** Custom: name or ARN of the function that is called. */
  HANDLER: 'MAIL_HANDLER_ARN',
} as const;

/** Names of errors by which a function of the user's says what became of a mail. */
export const MAIL_HANDLER_ERRORS = { BUSY: 'MailServiceBusy', REFUSED: 'MailRefused' } as const;

/** Languages that mails are written in. */
export const MAIL_LANGUAGES = ['en', 'zh'] as const;

/** Items of the notifications' table. */
export const NOTIFICATIONS_ITEMS = {
  /** `pk = MAIL#<hash of the mail's id>`, `sk = MAIL`: `{state, claim, leaseUntil, sentAt?, ttl}`. */
  MAIL_PREFIX: 'MAIL#',
  MAIL: 'MAIL',
  /** `pk = RECIPIENT#<hash of the mailbox>`, `sk = <number of the day>`: `{taken, ttl}`. */
  RECIPIENT_PREFIX: 'RECIPIENT#',
} as const;

export const MAIL_LEASE = {
  /** Longer than the worker can run, so that a lease that is over belongs to a worker that is gone. */
  SECONDS: 60,
  /** Longer than a message can wait in the queue (4 days), its dead-letter queue (14) and an archive's replay (30). */
  RECORD_DAYS: 90,
} as const;
