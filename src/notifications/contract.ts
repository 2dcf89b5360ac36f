/** Names that the notifications' constructs and functions agree on. Literals only. */

export const NOTIFICATIONS_ENV = {
  TABLE: 'NOTIFICATIONS_TABLE_NAME',
  SHOP_NAME: 'SHOP_NAME',
  /** Origin of the shop's pages; empty when mails link to none. */
  SHOP_URL: 'SHOP_URL',
  DEFAULT_LANGUAGE: 'DEFAULT_LANGUAGE',
} as const;

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

/** Items of the notifications' table: `pk = MAIL#<mail id>`, `sk = MAIL`, `{state, claim, leaseUntil, sentAt?, ttl}`. */
export const NOTIFICATIONS_ITEMS = { MAIL_PREFIX: 'MAIL#', MAIL: 'MAIL' } as const;

export const MAIL_LEASE = {
  /** Longer than the worker can run, so that a lease that is over belongs to a worker that is gone. */
  SECONDS: 60,
  /** Longer than a message can wait in the queue (4 days), its dead-letter queue (14) and an archive's replay (30). */
  RECORD_DAYS: 90,
} as const;
