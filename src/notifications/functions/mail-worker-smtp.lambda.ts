import { secrets, settings } from '../../runtime/entry';
import { SmtpMailer } from '../adapters/smtp-mailer';
import { MAIL_ENV } from '../contract';
import { mailWorker, sender } from './mail-worker';

const env = settings([MAIL_ENV.SMTP_HOST, MAIL_ENV.SMTP_PORT, MAIL_ENV.SMTP_SECRET]);

export const handler = mailWorker(
  new SmtpMailer(secrets(), sender(), {
    host: env[MAIL_ENV.SMTP_HOST],
    port: Number(env[MAIL_ENV.SMTP_PORT]),
    secretArn: env[MAIL_ENV.SMTP_SECRET],
  }),
);
