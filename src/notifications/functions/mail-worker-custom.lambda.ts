import { lambda, settings } from '../../runtime/entry';
import { CustomMailer } from '../adapters/custom-mailer';
import { MAIL_ENV } from '../contract';
import { mailWorker, shop } from './mail-worker';

/** What MailTransport.custom promises the function. */
const HANDLER_TIMEOUT_MS = 40_000;

const env = settings([MAIL_ENV.HANDLER]);

export const handler = mailWorker(
  new CustomMailer(lambda({ maxAttempts: 1, requestTimeoutMs: HANDLER_TIMEOUT_MS }), env[MAIL_ENV.HANDLER], shop.name),
);
